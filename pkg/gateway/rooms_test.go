package gateway_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// guest is a connection with rooms. log is what happened to it.
type guest struct {
	conn
	log []string
}

func (g *guest) Rooms(names []string) { g.log = append(g.log, fmt.Sprint(names)) }

func (g *guest) Send(messages ...*wire.Message) {
	for _, m := range messages {
		g.log = append(g.log, m.Event)
	}
}

// not is somebody who may do all but one thing.
type not string

func (not) ID() string                   { return "" }
func (n not) May(permission string) bool { return permission != string(n) }

// TestRooms: a session is in the rooms of the topics that it holds, and of no others.
func TestRooms(t *testing.T) {
	policies := []topic.Policy{
		{Name: "aircraft", Prefix: "aircraft", Key: "hex", List: "aircraft", AutoJoin: true},
		{Name: "notices", Prefix: "notices", Kind: topic.Event, Along: "aircraft", AutoJoin: true},
		{Name: "safety", Prefix: "safety", Kind: topic.Event},
		{Name: "secret", Prefix: "secret", Kind: topic.Event, Permission: "secrets"},
	}
	subscribe := func(names ...string) func(*gateway.Session) error {
		return func(s *gateway.Session) error {
			_, err := s.Subscribe(hub.Subscribe{Topics: names})
			return err
		}
	}
	unsubscribe := func(names ...string) func(*gateway.Session) error {
		return func(s *gateway.Session) error {
			_, err := s.Unsubscribe(names)
			return err
		}
	}
	steps := []struct {
		do   func(*gateway.Session) error
		want string
	}{
		{subscribe("safety", "secret", "nothing"), "[subscribed safety:snapshot [topic_aircraft topic_safety]]"},
		{subscribe("safety"), "[subscribed safety:snapshot [topic_aircraft topic_safety]]"},
		{unsubscribe("aircraft", "secret"), "[[topic_safety] unsubscribed [topic_safety]]"},
		{subscribe("aircraft"), "[subscribed aircraft:snapshot [topic_aircraft topic_safety]]"},
		{unsubscribe("all"), "[[] unsubscribed []]"},
	}
	for name, reworded := range map[string]bool{"in its own words": true, "as it is": false} {
		t.Run(name, func(t *testing.T) {
			h := hub.New(feedlog.NewMemory(), policies, batch.DefaultConfig(), zerolog.Nop())
			n := gateway.New("/", h, gateway.Everyone, zerolog.Nop(), func(s *gateway.Session, _ json.RawMessage) error {
				s.AutoJoin()
				return nil
			})
			n.RoomOf(func(topicName string) string { return "topic_" + topicName })
			if reworded {
				n.Reword(func(_ *gateway.Session, m *wire.Message) *wire.Message { return m })
			}
			g := &guest{}
			s := n.Connect(g, not("secrets"), nil)
			defer s.Close()
			if got := fmt.Sprint(g.log); got != "[[topic_aircraft]]" {
				t.Errorf("connected: %s", got)
			}
			for i, step := range steps {
				g.log = nil
				if err := step.do(s); err != nil {
					t.Error(err)
				}
				if got := fmt.Sprint(g.log); got != step.want {
					t.Errorf("step %d: %s, want %s", i, got, step.want)
				}
			}
		})
	}
}

// TestNoRooms: a namespace that names none has none, and neither has a transport
// without.
func TestNoRooms(t *testing.T) {
	n := newNamespace(nothing)
	g := &guest{}
	s := n.Connect(g, not(""), nil)
	s.AutoJoin()
	s.Close()
	if len(g.log) > 0 {
		t.Errorf("%q", g.log)
	}
	n.RoomOf(func(string) string { return "room" })
	_, s = enter(n)
	s.AutoJoin()
	s.Close()
}
