package socketio

import (
	"encoding/json"
	"maps"
	"sync"

	"github.com/zishang520/socket.io/v2/socket"

	"github.com/skygate-io/skygate/pkg/engineio"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/wire"
)

// conn is a client's connection to one namespace, as the gateway sees it.
type conn struct {
	// Static.
	client    *socket.Socket
	link      *link
	out       *engineio.Conn // of link
	namespace string
	enter     func() *gateway.Session
	seats     *rooms // of the namespace; nil when nobody sends to rooms but this process

	rooming sync.Mutex // guards all until mu; taken with no other
	rooms   []string   // see Rooms
	gone    bool

	mu      sync.Mutex // guards all below
	session *gateway.Session
	closed  bool
	lost    map[string]uint64 // topics of which something found no room, and in one of events after which seq; nil when there are none
}

var (
	_ gateway.Conn   = (*conn)(nil)
	_ gateway.Roomer = (*conn)(nil)
)

// ID implements [gateway.Conn].
func (c *conn) ID() string { return string(c.client.Id()) }

// Send implements [gateway.Conn].
func (c *conn) Send(messages ...*wire.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := run(messages)
	if n < len(messages) {
		c.out.Hold()
		defer c.out.Release()
	}
	for ; len(messages) > 0; n = run(messages) {
		c.sendLocked(messages[:n])
		messages = messages[n:]
	}
}

// run is how many of the first messages go the same way.
func run(messages []*wire.Message) (n int) {
	for n < len(messages) && messages[n].Class == messages[0].Class && messages[n].Topic == messages[0].Topic {
		n++
	}
	return n
}

// sendLocked sends messages of one class and topic.
func (c *conn) sendLocked(messages []*wire.Message) {
	class := messages[0].Class
	var buffer [4]*engineio.Frame // a flush rarely has more: no allocation for a recipient
	frames := buffer[:0]
	for _, m := range messages {
		if c.skipsLocked(m) {
			continue
		}
		frames = append(frames, frameOf(m, c.namespace))
	}
	if len(frames) == 0 {
		return
	}
	switch class {
	case wire.Reply:
		c.out.Send(engineio.Priority, frames...)
	case wire.Ordered:
		if c.out.Send(engineio.Event, frames...) < len(frames) {
			c.out.Close(reasonSlow)
		}
		c.beginLocked(messages)
	case wire.State, wire.Whole:
		taken := c.out.Send(engineio.State, frames...) == len(frames)
		for _, m := range messages {
			c.noteLocked(m, taken)
		}
	case wire.Happened:
		c.happenedLocked(messages[len(messages)-len(frames):], frames)
	}
}

// skipsLocked says whether a message is of no use to the client: one of a topic of
// which it lost something. What it gets when it has drained makes up for it.
func (c *conn) skipsLocked(m *wire.Message) bool {
	_, lost := c.lost[m.Topic]
	return lost && (m.Class == wire.State || m.Class == wire.Happened)
}

// noteLocked keeps what is lost: a snapshot that was taken makes up for it.
func (c *conn) noteLocked(m *wire.Message, taken bool) {
	switch {
	case !taken:
		c.loseLocked(m.Topic, 0)
	case m.Class == wire.Whole:
		delete(c.lost, m.Topic)
	}
	if taken && m.More {
		c.out.TellDrained()
	}
}

func (c *conn) loseLocked(topic string, base uint64) {
	if c.lost == nil {
		c.lost = map[string]uint64{}
	}
	c.lost[topic] = base
}

// happenedLocked sends events of one topic. Those that find no room are handed
// back when there is some.
func (c *conn) happenedLocked(messages []*wire.Message, frames []*engineio.Frame) {
	lane := engineio.Event
	if messages[0].Bypass {
		lane = engineio.Urgent
	}
	if taken := c.out.Send(lane, frames...); taken < len(messages) {
		c.loseLocked(messages[taken].Topic, messages[taken].Base)
	}
}

// beginLocked: a topic that goes ahead of what waits must not go ahead of the
// reply that it begins with. While that waits its events are handed back.
func (c *conn) beginLocked(messages []*wire.Message) {
	if last := messages[len(messages)-1]; last.Bypass && !c.out.Writable() {
		c.loseLocked(last.Topic, last.Seq)
		c.out.TellDrained()
	}
}

// Hold implements [gateway.Conn].
func (c *conn) Hold() { c.out.Hold() }

// Release implements [gateway.Conn].
func (c *conn) Release() { c.out.Release() }

// Close implements [gateway.Conn].
func (c *conn) Close(reason string) { c.out.Close(engineio.Reason(reason)) }

// Purge implements [gateway.Conn].
func (c *conn) Purge(topic string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.lost, topic)
	c.out.Purge(tag(c.namespace, topic))
}

// frameOf gives a message's frame, made once for all who get it.
func frameOf(m *wire.Message, namespace string) *engineio.Frame {
	frame, _ := m.Encoded(namespace, func(text []byte) any {
		return engineio.NewFrameIn(text, wire.Room).WithTopic(tag(namespace, m.Topic))
	}).(*engineio.Frame)
	return frame
}

// tag names a topic within a connection, which has one for each namespace.
func tag(namespace, topic string) string {
	if topic == "" {
		return ""
	}
	return namespace + " " + topic
}

// open begins the session. The library calls it in a goroutine of its own.
func (c *conn) open() {
	defer func() {
		if r := recover(); r != nil {
			c.link.logger.Error().Interface("panic", r).Stack().Msg("a session could not begin")
			c.out.Close(reasonHandler)
		}
	}()
	session := c.enter()
	c.mu.Lock()
	c.session = session
	closed := c.closed
	c.mu.Unlock()
	if closed {
		session.Close()
	}
}

// close ends the session.
func (c *conn) close() {
	c.vacate()
	c.mu.Lock()
	c.closed = true
	session := c.session
	c.mu.Unlock()
	if session != nil {
		session.Close()
	}
}

// receive hands an event to the session.
func (c *conn) receive(m *message, answer func([]any)) {
	c.mu.Lock()
	session := c.session
	c.mu.Unlock()
	if session == nil {
		return
	}
	var ack gateway.Ack
	if answer != nil {
		ack = func(payload []byte) { answer([]any{json.RawMessage(payload)}) }
	}
	if m.deep {
		session.Refuse(m.event, gateway.Errorf(gateway.CodeInvalidPayload, "Invalid payload: it is nested more than %d deep", maxNesting), ack)
		return
	}
	session.Receive(m.event, m.args, ack)
}

// drained has the session go on with what it lost.
func (c *conn) drained() {
	c.mu.Lock()
	session := c.session
	lost := maps.Clone(c.lost)
	c.mu.Unlock()
	if session != nil {
		session.Drained(lost)
	}
}
