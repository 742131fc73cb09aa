package cluster

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
)

// TestACL: with the permissions that the README names, and no others, two processes
// are ready, linked, and count each other.
func TestACL(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(raw), "\nuser skygate ")
	line, _, _ := strings.Cut(rest, "\n")
	if !found {
		t.Fatal("the README has no such line")
	}
	s := &stage{t: t, redis: redistest.Single(t)}
	setUser := []any{"ACL", "SETUSER", "skygate"}
	for rule := range strings.FieldsSeq(line) {
		setUser = append(setUser, rule)
	}
	if err := s.redis.Client().Do(t.Context(), setUser...).Err(); err != nil {
		t.Fatal(err)
	}
	cfg := s.redis.Config()
	cfg.User, cfg.Password = "skygate", "PASSWORD"
	urls := []string{s.programOn(cfg), s.programOn(cfg)}
	for _, url := range urls {
		s.eventually("it is ready", func() bool {
			ready, _ := readinessOf(t, url)
			return ready
		})
		s.eventually("it is linked", func() bool {
			h := healthOf(t, url)
			return h.Subscribed && h.Servers["/"] == 2 && h.Servers["/cannonball"] == 2
		})
		s.eventually("it counts the other", func() bool {
			var h struct{ Clients struct{ Processes int } }
			getJSON(t, url+"/healthz", &h)
			return h.Clients.Processes == 2
		})
	}
	denied, err := s.redis.Client().Do(t.Context(), "ACL", "LOG").Slice()
	if err != nil || len(denied) > 0 {
		t.Errorf("what was denied: %v, %v", denied, err)
	}
}
