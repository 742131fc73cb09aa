package chaos

import (
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
)

// What can be lost, on purpose: these tests show it, so that it is known when that
// changes.

// TestLostWithTheMasterAndItsPublisher: an event that no replica has yet is lost for
// those who come later when the master dies, and the process that published it, which
// would publish it again. Who was there has it.
func TestLostWithTheMasterAndItsPublisher(t *testing.T) {
	t.Parallel()
	guarded := redistest.WithSentinel(t)
	r := rigUp(t, *seed+5, guarded.Config(), nil)
	r.events.hold(true)
	r.settleEvents()
	guarded.Detach()
	lost := event{id: "lost", key: "lost", via: 0}
	if err := r.events.post(r.gateways[0].URL, &lost); err != nil {
		t.Fatal(err)
	}
	r.wantAll(lost.id)
	r.gateways[0].Kill()
	r.events.died(0, time.Now())
	guarded.FailOver()
	r.gateways[0].start(t)
	r.events.born(0, r.gateways[0].URL)
	r.events.hold(false)
	r.recovered(time.Now(), r.clients)
	r.settle()
	if kept := r.kept(); kept[lost.id] != 0 {
		t.Errorf("it is in the log %d times", kept[lost.id])
	}
}

// TestLostWithAProcessThatCannotReachRedis: a 202 says that a process has taken an
// event, not that it is in Redis: when the process dies while Redis is away, the event
// is lost. Who sends it again, with its key, loses nothing, and it is told once.
func TestLostWithAProcessThatCannotReachRedis(t *testing.T) {
	t.Parallel()
	server := redistest.Single(t)
	r := rigUp(t, *seed+6, server.Config(), nil)
	r.events.hold(true)
	r.settleEvents()
	server.Kill()
	lost, again := event{id: "lost", key: "lost", via: 0}, event{id: "again", key: "again", via: 0}
	for _, e := range []*event{&lost, &again} {
		if err := r.events.post(r.gateways[0].URL, e); err != nil {
			t.Fatal(err)
		}
	}
	r.gateways[0].Kill()
	for i := 1; i < processes; i++ {
		if err := r.events.post(r.gateways[i].URL, &again); err != nil {
			t.Fatal(err)
		}
	}
	server.Start()
	r.gateways[0].start(t)
	r.wantAll(again.id)
	r.events.hold(false)
	r.recovered(time.Now(), r.clients)
	r.settle()
	if kept := r.kept(); kept[lost.id] != 0 || kept[again.id] != 1 {
		t.Errorf("in the log are %d of the one, %d of the other; want 0, 1", kept[lost.id], kept[again.id])
	}
}

// settleEvents waits until each client has all that was published.
func (r *rig) settleEvents() {
	r.t.Helper()
	var ids []string
	for _, e := range r.events.all() {
		ids = append(ids, e.id)
	}
	r.wantAll(ids...)
}

// wantAll waits until each client has some events.
func (r *rig) wantAll(ids ...string) {
	r.t.Helper()
	eventually(r.t, "each client has the events", func() string {
		for _, c := range r.clients {
			if missing := c.missing(ids); len(missing) > 0 {
				return c.name + " lacks " + missing[0]
			}
		}
		return ""
	})
}
