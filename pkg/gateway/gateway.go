// Package gateway is what a client's connection is to the rest of the program:
// namespaces, sessions, their events and their requests.
//
// A transport (a Socket.IO server) connects a client to a [Namespace] and gets
// a [Session], to which it hands what the client sends. What the session sends
// goes to the transport's [Conn].
//
// Whatever a client sends, the connection stays open: what is wrong with it is
// answered by an "error" event with a stable code.
package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/wire"
)

// Conn is a client's connection to one namespace.
type Conn interface {
	hub.Receiver
	// ID names the connection, for logs.
	ID() string
}

// Identity is who a session belongs to.
type Identity interface {
	// ID names who it is, the same in each session; "" for who did not say.
	ID() string
	// May says whether it has a permission; "" is one that everybody has.
	May(permission string) bool
}

// Auth decides on a client that connects: auth is what it sent with CONNECT (a
// JSON object, or nil). An error refuses it; an [*Error] is told to the client.
type Auth func(ctx context.Context, auth json.RawMessage) (Identity, error)

// Everyone lets in everybody, with every permission.
func Everyone(context.Context, json.RawMessage) (Identity, error) { return everyone{}, nil }

type everyone struct{}

func (everyone) ID() string      { return "" }
func (everyone) May(string) bool { return true }

// Namespace is one Socket.IO namespace: its events and its requests. It is built
// once, with [On] and [Handle], and safe for concurrent use after that.
type Namespace struct {
	name     string
	hub      *hub.Hub
	auth     Auth
	logger   zerolog.Logger
	connect  func(*Session, json.RawMessage) error
	words    func(*Session, *wire.Message) *wire.Message // see Reword; nil for none
	roomOf   func(topicName string) string               // see RoomOf; nil for none
	events   map[string]eventHandler
	requests map[string]request
	limits   Limits
	// asRequest are the events that count with the requests.
	asRequest map[string]bool

	refused  atomic.Uint64
	sessions atomic.Int64
}

// New gives a namespace that knows the event "request" and no other. connect is
// called for each client that was let in, before any of its events.
func New(name string, h *hub.Hub, auth Auth, logger zerolog.Logger, connect func(s *Session, auth json.RawMessage) error) *Namespace {
	n := &Namespace{
		name: name, hub: h, auth: auth, connect: connect,
		logger:   logger.With().Str("namespace", name).Logger(),
		events:   map[string]eventHandler{},
		requests: map[string]request{},
		limits:   DefaultLimits(), asRequest: map[string]bool{},
	}
	n.events["request"] = n.onRequest
	return n
}

// Name is what clients connect to: "/" and so on.
func (n *Namespace) Name() string { return n.name }

// Sessions is how many there are now.
func (n *Namespace) Sessions() int { return int(n.sessions.Load()) }

// Authorise decides on a client before it is let in.
func (n *Namespace) Authorise(ctx context.Context, auth json.RawMessage) (Identity, error) {
	return n.auth(ctx, auth)
}

// Connect makes a client that was let in a session. The transport calls its
// Close when the client is gone.
func (n *Namespace) Connect(conn Conn, who Identity, auth json.RawMessage) *Session {
	ctx, cancel := context.WithCancel(context.Background())
	s := &Session{
		ctx: ctx, cancel: cancel,
		namespace: n, conn: conn, who: who,
		logger:  n.logger.With().Str("session", conn.ID()).Logger(),
		allowed: n.limits.allowance(),
	}
	n.sessions.Add(1)
	if n.words != nil {
		s.conn = &reworded{conn, s, n.words}
	}
	s.Member = n.hub.Enter(s.conn, who.May)
	s.Own(who.ID())
	if err := n.connect(s, auth); err != nil {
		s.fail("connect", nil, err, nil)
	}
	return s
}

// Session is a client in a namespace, with its membership in the hub.
type Session struct {
	*hub.Member
	// State is what the namespace keeps of the session: it sets it when the client
	// connects.
	State any

	ctx       context.Context // ends with the session
	cancel    context.CancelFunc
	namespace *Namespace
	conn      Conn
	who       Identity
	logger    zerolog.Logger
	allowed   allowance
	closed    sync.Once
}

// Context ends with the session.
func (s *Session) Context() context.Context { return s.ctx }

// Identity is who the session belongs to.
func (s *Session) Identity() Identity { return s.who }

// Ack fills the acknowledgement that a client asked for with an event; nil when
// it asked for none. The payload is JSON.
type Ack func(payload []byte)

type eventHandler func(s *Session, payload json.RawMessage, ack Ack) error

// Receive handles an event of the client's: its name and its arguments, each
// raw JSON. Only the first argument counts.
func (s *Session) Receive(event string, args []json.RawMessage, ack Ack) {
	defer func() {
		if r := recover(); r != nil {
			s.logger.Error().Str("event", event).Interface("panic", r).Stack().Msg("the handler of an event panicked")
			s.fail(event, nil, fmt.Errorf("panic: %v", r), ack)
		}
	}()
	handle, ok := s.namespace.events[event]
	err := s.allow(event, ok)
	if err == nil && !ok {
		err = unknown(CodeUnknownEvent, "Unknown event: %s", event, slices.Collect(maps.Keys(s.namespace.events)))
	}
	if err != nil {
		s.fail(event, nil, err, ack)
		return
	}
	var payload json.RawMessage
	if len(args) > 0 {
		payload = args[0]
	}
	if err := handle(s, payload, ack); err != nil {
		s.fail(event, nil, err, ack)
	}
}

// Refuse answers an event of the client's whose payload the transport does not take. It
// costs what a request does.
func (s *Session) Refuse(event string, err error, ack Ack) {
	if tooMuch := s.allow(event, false); tooMuch != nil {
		err = tooMuch
	}
	s.fail(event, nil, err, ack)
}

// Close ends the session. A second Close does nothing.
func (s *Session) Close() {
	s.closed.Do(func() { s.namespace.sessions.Add(-1) })
	s.cancel()
	s.Leave()
}

// Send sends the client messages that are encoded already, and may be shared
// with other sessions. Those of one call leave together.
func (s *Session) Send(messages ...*wire.Message) { s.conn.Send(messages...) }

// Reply sends an event to the client, and fills the acknowledgement with the
// same payload.
func (s *Session) Reply(event string, payload any, ack Ack) error {
	m, err := wire.New(event, payload)
	if err != nil {
		return err
	}
	s.answer(m, ack)
	return nil
}

func (s *Session) answer(m *wire.Message, ack Ack) {
	s.Send(m)
	if ack != nil {
		ack(m.Data)
	}
}

// On adds an event to a namespace. P is what its payload decodes to; the zero
// value when the client sent none. An error that the handler returns is told
// to the client.
func On[P any](n *Namespace, event string, handle func(s *Session, payload P, ack Ack) error) {
	n.events[event] = func(s *Session, raw json.RawMessage, ack Ack) error {
		var payload P
		if err := Decode(raw, &payload); err != nil {
			return errorf(CodeInvalidPayload, "Invalid %s payload: %v", event, err)
		}
		return handle(s, payload, ack)
	}
}
