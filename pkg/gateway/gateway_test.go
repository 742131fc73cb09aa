package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/wire"
)

// conn prints what a session sends.
type conn struct{ sent []string }

func (c *conn) ID() string { return "anna" }

func (c *conn) Purge(string) {}
func (c *conn) Hold()        {}
func (c *conn) Release()     {}
func (c *conn) Close(string) {}

func (c *conn) Send(messages ...*wire.Message) {
	for _, m := range messages {
		c.sent = append(c.sent, fmt.Sprintf("%s %s", m.Event, m.Data))
	}
}

func newNamespace(connect func(*gateway.Session, json.RawMessage) error) *gateway.Namespace {
	h := hub.New(feedlog.NewMemory(), nil, batch.DefaultConfig(), zerolog.Nop())
	return gateway.New("/", h, gateway.Everyone, zerolog.Nop(), connect)
}

func nothing(*gateway.Session, json.RawMessage) error { return nil }

func enter(n *gateway.Namespace) (*conn, *gateway.Session) {
	c := &conn{}
	who, _ := n.Authorise(context.Background(), nil)
	return c, n.Connect(c, who, nil)
}

// A namespace is its name, its events and its requests; each says what its
// payload is.
func Example() {
	n := newNamespace(nothing)
	type runway struct {
		Heading float64 `json:"heading"`
	}
	gateway.On(n, "runway", func(s *gateway.Session, r runway, ack gateway.Ack) error {
		if r.Heading < 0 || r.Heading > 360 {
			return gateway.Errorf(gateway.CodeInvalidPayload, "heading: %v is out of range: 0 to 360", r.Heading)
		}
		return s.Reply("runway:set", r, ack)
	})
	gateway.Handle(n, "reciprocal", "", func(_ context.Context, _ *gateway.Session, r runway) (runway, error) {
		return runway{Heading: float64(int(r.Heading+180) % 360)}, nil
	})
	c, s := enter(n)
	defer s.Close()
	s.Receive("runway", []json.RawMessage{json.RawMessage(`{"heading":250}`)}, nil)
	s.Receive("runway", []json.RawMessage{json.RawMessage(`{"heading":"25L"}`)}, nil)
	s.Receive("runway", []json.RawMessage{json.RawMessage(`{"heading":361}`)}, nil)
	s.Receive("request", []json.RawMessage{json.RawMessage(`{"type":"reciprocal","request_id":1,"params":{"heading":250}}`)}, nil)
	for _, sent := range c.sent {
		fmt.Println(sent)
	}
	// Output:
	// runway:set {"heading":250}
	// error {"type":"error","code":"invalid_payload","message":"Invalid runway payload: heading: expected a number, got string"}
	// error {"type":"error","code":"invalid_payload","message":"heading: 361 is out of range: 0 to 360"}
	// response {"type":"response","request_id":1,"request_type":"reciprocal","data":{"heading":70}}
}

func TestAFaultOfOursIsNotExplained(t *testing.T) {
	n := newNamespace(nothing)
	gateway.On(n, "panics", func(*gateway.Session, struct{}, gateway.Ack) error { panic("secret") })
	gateway.On(n, "fails", func(*gateway.Session, struct{}, gateway.Ack) error { return errors.New("secret") })
	gateway.Handle(n, "fails", "", func(context.Context, *gateway.Session, struct{}) (any, error) { return nil, errors.New("secret") })
	gateway.Handle(n, "unsayable", "", func(context.Context, *gateway.Session, struct{}) (any, error) { return func() {}, nil })
	c, s := enter(n)
	defer s.Close()
	var acks []string
	ack := func(payload []byte) { acks = append(acks, string(payload)) }
	s.Receive("panics", nil, ack)
	s.Receive("fails", nil, ack)
	s.Receive("request", []json.RawMessage{json.RawMessage(`{"type":"fails"}`)}, ack)
	s.Receive("request", []json.RawMessage{json.RawMessage(`{"type":"unsayable"}`)}, ack)
	if len(c.sent) != 4 || len(acks) != 4 {
		t.Fatalf("4 faults, %d errors: %q", len(c.sent), c.sent)
	}
	for _, sent := range append(c.sent, acks...) {
		if !strings.Contains(sent, `"code":"internal"`) || strings.Contains(sent, "secret") {
			t.Errorf("the client is told %s", sent)
		}
	}
}

func TestTheSessionsContextEndsWithIt(t *testing.T) {
	n := newNamespace(nothing)
	var ctx context.Context
	gateway.Handle(n, "slow", "", func(c context.Context, _ *gateway.Session, _ struct{}) (any, error) {
		ctx = c
		return nil, c.Err()
	})
	c, s := enter(n)
	s.Receive("request", []json.RawMessage{json.RawMessage(`{"type":"slow","request_id":1}`)}, nil)
	s.Close()
	s.Close()
	if ctx.Err() == nil {
		t.Error("the context of a request outlives its session")
	}
	if len(c.sent) != 1 || !strings.HasPrefix(c.sent[0], "response ") {
		t.Errorf("sent %q", c.sent)
	}
}

func TestConnectThatFails(t *testing.T) {
	c, s := enter(newNamespace(func(*gateway.Session, json.RawMessage) error {
		return gateway.Errorf(gateway.CodeInvalidPayload, "no such runway")
	}))
	defer s.Close()
	if len(c.sent) != 1 || !strings.Contains(c.sent[0], "no such runway") {
		t.Errorf("sent %q", c.sent)
	}
}
