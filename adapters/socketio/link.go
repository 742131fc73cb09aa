package socketio

import (
	"encoding/json"
	"io"
	"sync"

	"github.com/rs/zerolog"
	enginepacket "github.com/zishang520/engine.io-go-parser/packet"
	"github.com/zishang520/engine.io/v2/engine"
	"github.com/zishang520/engine.io/v2/events"
	"github.com/zishang520/engine.io/v2/transports"
	"github.com/zishang520/engine.io/v2/types"
	"github.com/zishang520/socket.io-go-parser/v2/parser"
	"github.com/zishang520/socket.io/v2/socket"

	"github.com/skygate-io/skygate/pkg/engineio"
)

// Why a connection was closed by this layer.
const (
	reasonParse   engineio.Reason = "parse error"
	reasonSlow    engineio.Reason = "too slow"
	reasonHandler engineio.Reason = "handler panic"
	reasonServer  engineio.Reason = "forced server close"
)

// link is a client's connection. To the library's Socket.IO layer it is the
// engine's socket; to our engine it is the handler of the connection.
//
// What a client sends is handled in the order sent, one at a time: Message
// returns when the handlers are done, and the engine reads no further until
// then. The library starts a goroutine for each packet that it gets, so it gets
// only those by which a client enters and leaves a namespace, and Message waits
// for what comes of them; events and acknowledgements go to their handlers from here.
type link struct {
	events.EventEmitter

	// Static.
	conn   *engineio.Conn
	spaces *roomsBuilder
	logger zerolog.Logger
	gone   chan struct{} // closed when the connection is

	in inbound // owned by the reading goroutine

	mu      sync.Mutex // guards all below
	state   string     // as the library knows it: open, closing, closed
	sockets map[string]*socket.Socket
	waiting *wait
	held    []*engineio.Frame // a packet of the library's whose attachments are to come
	missing int               // how many
	byes    []*engineio.Frame // DISCONNECTs since the last CONNECT
}

// wait is what Message waits for: a client's way into or out of a namespace.
type wait struct {
	namespace string
	done      chan struct{}
}

var (
	_ engine.Socket    = (*link)(nil)
	_ engineio.Handler = (*link)(nil)
)

func newLink(c *engineio.Conn, spaces *roomsBuilder, maxBytes int, logger zerolog.Logger) *link {
	return &link{
		EventEmitter: events.New(), conn: c, spaces: spaces, logger: logger,
		gone: make(chan struct{}), in: inbound{maxBytes: maxBytes},
		state: "open", sockets: map[string]*socket.Socket{},
	}
}

// Message implements [engineio.Handler].
func (l *link) Message(data []byte, binary bool) {
	m, err := l.in.add(data, binary)
	if err != nil {
		l.logger.Debug().Err(err).Str("connection", l.conn.ID()).Msg("a client sent what is no packet")
		l.conn.Close(reasonParse)
		return
	}
	if m == nil {
		return
	}
	l.mu.Lock()
	client := l.sockets[m.namespace]
	l.mu.Unlock()
	switch {
	case m.kind == typeConnect && client == nil:
		l.enter(m)
	case m.kind == typeConnect, m.kind == typeConnectError, client == nil:
		l.conn.Close(reasonParse) // as the reference server does
	case m.kind == typeDisconnect:
		l.leave(m, client)
	case m.empty():
	case m.kind == typeAck || m.kind == typeBinaryAck:
		l.acknowledge(m, client)
	default:
		l.event(m, client)
	}
}

// enter hands a CONNECT to the library and waits until the client was let in,
// and the handlers of that are done, or it was refused.
func (l *link) enter(m *message) {
	auth := map[string]any{}
	if m.auth != nil {
		if err := json.Unmarshal(m.auth, &auth); err != nil {
			l.conn.Close(reasonParse)
			return
		}
	}
	l.spaces.enter(m.namespace, func() {
		l.await(m.namespace, func() {
			l.Emit("data", &parser.Packet{Type: parser.CONNECT, Nsp: m.namespace, Data: auth})
		})
	})
}

// leave hands a DISCONNECT to the library and waits until its handlers are done.
func (l *link) leave(m *message, client *socket.Socket) {
	l.await(m.namespace, func() {
		_ = client.Once("disconnect", func(...any) { l.settled(m.namespace) })
		l.Emit("data", &parser.Packet{Type: parser.DISCONNECT, Nsp: m.namespace})
	})
}

func (l *link) await(namespace string, begin func()) {
	w := &wait{namespace: namespace, done: make(chan struct{})}
	l.mu.Lock()
	l.waiting = w
	l.mu.Unlock()
	begin()
	select {
	case <-w.done:
	case <-l.gone:
	}
}

// settled ends the wait for a namespace.
func (l *link) settled(namespace string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting != nil && l.waiting.namespace == namespace {
		close(l.waiting.done)
		l.waiting = nil
	}
}

// entered takes note of the client's socket in a namespace; left, that it has gone.
func (l *link) entered(namespace string, client *socket.Socket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sockets[namespace] = client
}

func (l *link) left(namespace string, client *socket.Socket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sockets[namespace] == client {
		delete(l.sockets, namespace)
	}
}

// event calls the handlers of an event.
func (l *link) event(m *message, client *socket.Socket) {
	if c, ok := client.Data().(*conn); ok {
		c.receive(m, l.answer(m))
		return
	}
	if m.deep {
		l.conn.Close(reasonParse)
		return
	}
	args, err := m.values()
	if err != nil {
		l.conn.Close(reasonParse)
		return
	}
	args = append([]any{m.event}, args...)
	if answer := l.answer(m); answer != nil {
		args = append(args, func(values []any, _ error) { answer(values) })
	}
	for _, listener := range client.ListenersAny() {
		listener(args...)
	}
	client.EmitUntyped(m.event, args[1:]...)
}

// answer gives what acknowledges an event, once; nil when the client asked for
// no acknowledgement.
func (l *link) answer(m *message) func(values []any) {
	if !m.hasID {
		return nil
	}
	var once sync.Once
	id := m.id
	return func(values []any) {
		once.Do(func() {
			if values == nil {
				values = []any{}
			}
			p := &parser.Packet{Type: parser.ACK, Nsp: m.namespace, Id: &id, Data: values}
			l.conn.Send(engineio.Priority, encode(p))
		})
	}
}

// acknowledge calls what waits for an acknowledgement.
func (l *link) acknowledge(m *message, client *socket.Socket) {
	if !m.hasID {
		return
	}
	ack, ok := client.Acks().LoadAndDelete(m.id)
	if !ok {
		return
	}
	values, err := m.values()
	if err != nil {
		l.conn.Close(reasonParse)
		return
	}
	ack(values, nil)
}

// Drained implements [engineio.Handler].
func (l *link) Drained() {
	l.mu.Lock()
	clients := make([]*socket.Socket, 0, len(l.sockets))
	for _, client := range l.sockets {
		clients = append(clients, client)
	}
	l.mu.Unlock()
	for _, client := range clients {
		if c, ok := client.Data().(*conn); ok {
			c.drained()
		}
	}
}

// Closed implements [engineio.Handler].
func (l *link) Closed(reason engineio.Reason) {
	l.mu.Lock()
	l.state = "closed"
	l.mu.Unlock()
	close(l.gone)
	l.Emit("close", string(reason), nil)
}

// deliver sends what must not be lost, or not at all when it may be lost and
// the client is not ready. A client that has no room for it is closed: there is
// nothing to go on from.
func (l *link) deliver(frame *engineio.Frame, volatile bool) {
	if volatile && !l.conn.Writable() {
		return
	}
	if l.conn.Send(engineio.Event, frame) == 0 {
		l.conn.Close(reasonSlow)
	}
}

// Write implements engine.Socket: what the library itself sends.
func (l *link) Write(data io.Reader, _ *enginepacket.Options, _ engine.SendCallback) engine.Socket {
	part, ok := data.(types.BufferInterface)
	if !ok {
		return l
	}
	_, isText := part.(*types.StringBuffer)
	bytes := append([]byte(nil), part.Bytes()...)
	frame := engineio.NewFrame(bytes, !isText)
	if isText && len(bytes) > 0 {
		l.observe(bytes)
	}
	switch frame = l.hold(frame, bytes, isText); {
	case frame == nil:
	case isText && bytes[0] == typeConnect: // ahead of everything that follows it
		l.conn.Send(engineio.Priority, frame)
	default:
		l.deliver(frame, false)
	}
	return l
}

// Send implements engine.Socket.
func (l *link) Send(data io.Reader, o *enginepacket.Options, cb engine.SendCallback) engine.Socket {
	return l.Write(data, o, cb)
}

// observe ends the wait for a namespace that refuses the client.
func (l *link) observe(text []byte) {
	if text[0] != typeConnectError {
		return
	}
	p := &packet{namespace: "/"}
	if rest := text[1:]; len(rest) > 0 && rest[0] == '/' {
		_, _ = p.readNamespace(rest)
	}
	l.settled(p.namespace)
}

// hold keeps a packet until its attachments are there: they go out together.
func (l *link) hold(frame *engineio.Frame, bytes []byte, isText bool) *engineio.Frame {
	l.mu.Lock()
	defer l.mu.Unlock()
	if isText {
		switch bytes[0] {
		case typeConnect:
			l.byes = nil
		case typeDisconnect:
			l.byes = append(l.byes, frame)
		}
		if bytes[0] != typeBinaryEvent && bytes[0] != typeBinaryAck {
			return frame
		}
		p := &packet{}
		if _, err := p.readAttachments(bytes[1:]); err != nil || p.attachments == 0 {
			return frame
		}
		l.held, l.missing = []*engineio.Frame{frame}, p.attachments
		return nil
	}
	if l.missing == 0 {
		return frame
	}
	l.held = append(l.held, frame)
	if l.missing--; l.missing > 0 {
		return nil
	}
	group := engineio.NewGroup(l.held...)
	l.held = nil
	return group
}

// Close implements engine.Socket: what was sent goes out first.
func (l *link) Close(discard bool) {
	l.mu.Lock()
	if l.state == "open" {
		l.state = "closing"
	}
	byes := l.byes
	l.mu.Unlock()
	if discard {
		l.conn.Discard(reasonServer)
		return
	}
	if len(byes) > 0 && !l.conn.Writable() {
		// They wait behind what is dropped now; told twice does no harm.
		l.conn.Send(engineio.Priority, byes...)
	}
	l.conn.Close(reasonServer)
}

// ReadyState implements engine.Socket.
func (l *link) ReadyState() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

// The rest of engine.Socket, which the Socket.IO layer asks little of.

// SetReadyState implements engine.Socket.
func (l *link) SetReadyState(string) {}

// Protocol implements engine.Socket.
func (l *link) Protocol() int { return 4 }

// Id implements engine.Socket.
func (l *link) Id() string { return l.conn.ID() } //nolint:revive // the library's name

// RemoteAddress implements engine.Socket.
func (l *link) RemoteAddress() string { return l.conn.RemoteAddr() }

// Request implements engine.Socket. It is made anew for each caller: the layer
// reads the handshake from it and forgets it.
func (l *link) Request() *types.HttpContext {
	return types.NewHttpContext(nowhere{}, l.conn.Request().WithContext(over))
}

// Transport implements engine.Socket.
func (l *link) Transport() transports.Transport { return transport{link: l} }

// Upgraded implements engine.Socket.
func (l *link) Upgraded() bool { return l.conn.Transport() == "websocket" }

// Upgrading implements engine.Socket.
func (l *link) Upgrading() bool { return false }

// Construct implements engine.Socket.
func (l *link) Construct(string, engine.BaseServer, transports.Transport, *types.HttpContext, int) {}

// MaybeUpgrade implements engine.Socket.
func (l *link) MaybeUpgrade(transports.Transport) {}
