package gateway_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/wire"
)

// heard is a connection that keeps what it is sent.
type heard struct{ sent []string }

func (*heard) ID() string   { return "test" }
func (*heard) Purge(string) {}
func (*heard) Hold()        {}
func (*heard) Release()     {}
func (*heard) Close(string) {}
func (h *heard) Send(messages ...*wire.Message) {
	for _, m := range messages {
		h.sent = append(h.sent, m.Event)
	}
	h.sent = append(h.sent, "|")
}

func TestReword(t *testing.T) {
	h := hub.New(feedlog.NewMemory(), nil, batch.DefaultConfig(), zerolog.Nop())
	n := gateway.New("/test", h, gateway.Everyone, zerolog.Nop(), func(s *gateway.Session, _ json.RawMessage) error {
		s.State = "!"
		return nil
	})
	n.Reword(func(s *gateway.Session, m *wire.Message) *wire.Message {
		switch m.Event {
		case "loud":
			return &wire.Message{Event: m.Event + s.State.(string)}
		case "secret":
			return nil
		}
		return m
	})
	who, _ := gateway.Everyone(t.Context(), nil)
	c := &heard{}
	s := n.Connect(c, who, nil)
	defer s.Close()
	for _, events := range []string{"a b", "loud", "secret", "a secret b loud c", "secret a"} {
		var messages []*wire.Message
		for event := range strings.FieldsSeq(events) {
			messages = append(messages, &wire.Message{Event: event})
		}
		s.Send(messages...)
	}
	if got, want := strings.Join(c.sent, " "), "a b | loud! | a b loud! c | a |"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
