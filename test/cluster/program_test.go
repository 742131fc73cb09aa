package cluster

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/adapters/redis/rooms"
	"github.com/skygate-io/skygate/cmd/skygate/app"
	"github.com/skygate-io/skygate/config"
)

// TestProgram: clients of two processes of the program hear what a sender of Node
// says, once; and what the hub of each sends them goes no way but its own.
func TestProgram(t *testing.T) {
	s := &stage{t: t, mode: "classic", redis: redistest.Single(t)}
	_, s.port, _ = strings.Cut(s.redis.Config().Addresses[0], ":")
	emitter := s.send("emitter", []string{"node", filepath.Join("node", "emitter.mjs")})
	urls := []string{s.program(), s.program()}
	clients := make([]*client, len(urls))
	for i, url := range urls {
		s.eventually("it is linked", func() bool {
			h := healthOf(t, url)
			return h.Subscribed && h.Servers["/"] == len(urls)
		})
		clients[i] = connect(t, url, "/", url, `{"subscribe":{"topics":["aircraft"]}}`)
	}
	for _, c := range clients {
		c.eventually("aircraft come", func() bool { return strings.Contains(strings.Join(c.events, ""), `["aircraft:update"`) })
	}
	for _, what := range []string{"once", "end"} {
		s.do(emitter, "emit?ev=notice&msg="+what)
	}
	for _, c := range clients {
		heard := strings.Join(c.until(`["notice","end"]`), "")
		if n := strings.Count(heard, `["notice","once"]`); n != 1 {
			t.Errorf("%s hears it %d times", c.name, n)
		}
	}
	for _, url := range urls {
		if h := healthOf(t, url); h.Sent != 0 || len(h.Bad) > 0 || len(h.Dropped) > 0 {
			t.Errorf("what went over Redis: %+v", h)
		}
	}
}

// program starts the program with simulated traffic, and gives its address.
func (s *stage) program() string {
	s.t.Helper()
	return s.programOn(s.redis.Config())
}

// programOn starts it with settings of Redis.
func (s *stage) programOn(of redis.Config) string {
	s.t.Helper()
	cfg := config.Default()
	cfg.Listen = "127.0.0.1:0"
	cfg.Redis = of
	a, err := app.New(cfg, zerolog.Nop())
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	s.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Error(err)
		}
	})
	return "http://" + a.Addr().String()
}

// healthOf is what a process says of its rooms.
func healthOf(t *testing.T, url string) rooms.Health {
	t.Helper()
	var all struct{ Rooms rooms.Health }
	getJSON(t, url+"/healthz", &all)
	return all.Rooms
}
