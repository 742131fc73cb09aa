package cluster

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestOutage: Redis freezes, and dies, and comes back. Clients of a server hear what
// that says without delay; and then all hear all again, once.
func TestOutage(t *testing.T) {
	for _, mode := range []string{"classic", "sharded"} {
		t.Run(mode, func(t *testing.T) {
			s := setUp(t, mode)
			s.redis.Freeze()
			s.wantAtOnce("frozen")
			s.redis.Thaw()
			s.redis.Kill()
			s.wantAtOnce("dead")
			s.redis.Restart(false)
			s.settle()
			for i, from := range s.all() {
				tag := fmt.Sprintf("after-%d", i)
				s.do(from, "emit?ev=x&room=r&msg="+tag)
				for c, got := range s.barrier(from, tag) {
					want := []string{}
					if slices.ContainsFunc(s.servers, func(a *actor) bool { return a.inRoom == c }) {
						want = []string{`["x","` + tag + `"]`}
					}
					if !slices.Equal(got, want) {
						t.Errorf("from %s: %s got %q, want %q", from.name, c.name, got, want)
					}
				}
			}
		})
	}
}

// wantAtOnce has each server of Skygate tell its own clients something.
func (s *stage) wantAtOnce(tag string) {
	s.t.Helper()
	for _, a := range s.servers[:3] {
		began := time.Now()
		for i := range 100 {
			s.do(a, fmt.Sprintf("emit?ev=x&msg=%s-%d", tag, i))
		}
		a.inRoom.eventually("hears it", func() bool { return slices.Contains(a.inRoom.events, `["x","`+tag+`-99"]`) })
		if took := time.Since(began); took > 5*time.Second {
			s.t.Errorf("%s: its own clients hear it after %v", a.name, took)
		}
	}
}
