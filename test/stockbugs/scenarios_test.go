package stockbugs

var scenarios = []scenario{
	{bug: "B1", name: "a broadcast burst arrives whole", run: burstArrives, met: "42/custom", tries: 20, node: true},
	{bug: "B2", name: "an early pong", run: earlyPong, met: "the server has died", tries: 300, node: true},
	{bug: "B3", name: "an event without payload", run: emptyEvent, met: "the server has died", node: true},
	{bug: "B5", name: "events keep their order", run: inOrder, met: "want 42", tries: 20, node: true},
	{bug: "B7", name: "a disconnect is told before it happens", run: disconnectIsTold, met: "waiting for 41", tries: 40, node: true},
	{bug: "B8", name: "a large packet by polling", run: largePost, met: "dropped", node: true},
	{bug: "B8", name: "a chunked body over the limit", run: chunkedPost, met: "answered 200", node: true},
	{bug: "B9", name: "events right after CONNECT", run: rightAfterConnect, met: "waiting for 4", env: []string{"CONN_DELAY_US=2000"}, tries: 50, node: true},
	{bug: "B10", name: "joining a room that empties", run: joinWhileEmptying, met: "has joined gets nothing", tries: 60, node: true},
	{bug: "B11", name: "clients that do not read", run: stalled, met: "the heap has grown"},
	{bug: "B12", name: "too many attachments", run: manyAttachments, met: "has not closed", node: true},
	{bug: "B12", name: "garbage after the payload", run: trailingGarbage, met: "has not closed", node: true},
	{bug: "B13", name: "the price of an idle connection", run: idlePrice, met: "an idle connection costs", env: []string{"PING_INTERVAL=60000"}},
	{bug: "B14", name: "a handler panics", run: handlerPanics, met: "the server has died"},
	{bug: "B15", name: "first clients of a dynamic namespace", run: dynamicNamespace, met: "not all clients", tries: 300, node: true},
	{bug: "B16", name: "TCP ends with the WebSocket", run: closesWithPeer, met: "has not closed", node: true},
	{bug: "B18", name: "CONNECT without auth", run: noAuth, met: "null", node: true},
	{bug: "B18", name: "one attachment in two places", run: sharedAttachment, met: "an attachment is", node: true},
	{bug: "B18", name: "invalid UTF-8", run: invalidUTF8, met: "has not closed", node: true},
	{bug: "B18", name: "polling's errors have their status", run: pollingErrors, met: "a post of bytes", node: true},
}
