package socketio_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"
	"github.com/zishang520/engine.io/v2/types"
	"github.com/zishang520/socket.io/v2/socket"

	"github.com/skygate-io/skygate/adapters/socketio"
	"github.com/skygate-io/skygate/pkg/backplane"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/topic"
)

// topical gives a server with a gateway's namespace of one topic, "ships", that a
// client subscribes to by "join" and leaves by "leave".
func topical(t *testing.T, options ...socketio.Option) *peer {
	t.Helper()
	policies := []topic.Policy{{Name: "ships", Prefix: "ship", Key: "id", List: "ships"}}
	h := hub.New(feedlog.NewMemory(), policies, batch.DefaultConfig(), zerolog.Nop())
	n := gateway.New("/", h, gateway.Everyone, zerolog.Nop(), func(*gateway.Session, json.RawMessage) error { return nil })
	n.RoomOf(func(name string) string { return "topic_" + name })
	gateway.On(n, "join", func(s *gateway.Session, _ json.RawMessage, _ gateway.Ack) error {
		_, err := s.Subscribe(hub.Subscribe{Topics: []string{"ships"}})
		return err
	})
	gateway.On(n, "leave", func(s *gateway.Session, _ json.RawMessage, _ gateway.Ack) error {
		_, err := s.Unsubscribe([]string{"ships"})
		return err
	})
	gateway.On(n, "ping", func(s *gateway.Session, _ json.RawMessage, ack gateway.Ack) error { return s.Reply("pong", 1, ack) })
	s := socketio.New(socketio.DefaultConfig(), []*gateway.Namespace{n}, zerolog.Nop(), options...)
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		s.Close()
		web.Close()
	})
	return &peer{T: t, io: s.IO(), url: web.URL}
}

// heard reads until a packet comes that begins so, and gives it.
func heard(r *raw, prefix string) string {
	r.Helper()
	for {
		packet, err := r.read()
		if err != nil {
			r.Fatalf("%v, before %s", err, prefix)
		}
		if strings.HasPrefix(packet, prefix) {
			return packet
		}
	}
}

// TestRoomsOfTopics: what another process sends to the room of a topic is heard by
// who holds the topic, and by nobody else.
func TestRoomsOfTopics(t *testing.T) {
	link := backplane.NewMemory()
	one, other := topical(t, socketio.WithBackplane(link)), topical(t, socketio.WithBackplane(link))
	enter := func(m *peer) *raw {
		r := dial(t, m.url, "")
		r.send(`40`)
		r.want(`40`)
		return r
	}
	holds, never, left := enter(one), enter(one), enter(one)
	holds.send(`42["join"]`, `42["ping"]`)
	heard(holds, `42["pong"`)
	left.send(`42["join"]`, `42["leave"]`, `42["ping"]`)
	heard(left, `42["pong"`)
	_ = other.io.To("topic_ships").Emit("custom:event", "for the topic")
	_ = other.io.Emit("custom:event", "for all")
	for name, want := range map[*raw]string{holds: "for the topic", left: "for all", never: "for all"} {
		if got := heard(name, `42["custom:event"`); got != `42["custom:event","`+want+`"]` {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestRoomsOfTopicsEnd: clients that go while they join leave nothing behind.
func TestRoomsOfTopicsEnd(t *testing.T) {
	m := topical(t, socketio.WithBackplane(backplane.NewMemory()))
	var going sync.WaitGroup
	for range 50 {
		going.Go(func() {
			r := dial(t, m.url, "")
			r.send(`40`)
			r.want(`40`)
			r.send(`42["join"]`)
			_ = r.conn.Close()
		})
	}
	going.Wait()
	r := dial(t, m.url, "")
	r.send(`40`)
	r.want(`40`)
	adapter := m.io.Of("/", nil).Adapter()
	eventually.Works(t, "one is there, and nobody in the room", func() error {
		all := adapter.Sockets(types.NewSet[socket.Room]()).Len()
		held := adapter.Sockets(types.NewSet[socket.Room]("topic_ships")).Len()
		if all != 1 || held != 0 {
			return fmt.Errorf("%d are there, and %d in the room", all, held)
		}
		return nil
	})
}
