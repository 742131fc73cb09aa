package hub_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/topic"
)

// An emergency does not wait for the end of a window, nor does what waits with it,
// whatever pace was asked for.
func TestAnEmergencyFlushesAtOnce(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=0", "+B gs=0")
		anna, slow, other := s.enter("anna"), s.enter("slow"), s.enter("other")
		anna.subscribe("aircraft", "legacy=false")
		slow.subscribe("aircraft", "aircraft.rate=0.5", "legacy=false")
		other.subscribe("aircraft", `aircraft.filter={"icao":["B"]}`, "legacy=false")
		s.change("~A gs=1", "~B gs=1")
		for _, g := range []*guest{anna, slow, other} {
			g.forget()
		}
		s.change("~A gs=2")
		s.change("~B gs=2")
		anna.want()
		s.change("~A emergency=true")
		anna.want("aircraft:update 2→5 ~A{emergency=true gs=2} ~B{gs=2}")
		slow.want("aircraft:update 2→5 ~A{emergency=true gs=2} ~B{gs=2}")
		other.want()        // who does not see it is in no hurry
		s.change("~A gs=3") // it is no news any more
		anna.want()
		s.change("+C emergency=true")
		anna.want("aircraft:update 5→7 +C{emergency=true} ~A{gs=3}")
		s.change("~A emergency=false")
		anna.want()
		s.wait(2 * time.Second)
		anna.want("aircraft:update 7→8 ~A{emergency=false}")
	})
}

// What bypasses is there at once, while state waits for the end of its window.
func TestABypassIsAtOnceWhileStateWaits(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=0")
		anna := s.enter("anna")
		anna.subscribe("aircraft", "safety", "acars")
		s.change("~A gs=1")
		s.happen("acars", "M", "N")
		anna.forget()
		s.change("~A gs=2")
		for range 3 {
			s.happen("safety", "A")
		}
		anna.want("safety:event 0→1 A", "safety:event 1→2 A", "safety:event 2→3 A")
		s.wait(window)
		anna.want("aircraft:update 2→3 ~A{gs=2}", "acars:event 1→2 N")
	})
}

func TestWithoutAWindowEverythingIsAtOnce(t *testing.T) {
	play(t, func(s *scene) {
		anna, slow := s.enter("anna"), s.enter("slow")
		anna.subscribe("aircraft", "acars", "legacy=false")
		slow.subscribe("aircraft", "aircraft.rate=2", "legacy=false")
		anna.forget()
		slow.forget()
		s.change("+A gs=1")
		s.change("~A gs=2")
		s.happen("acars", "M", "N")
		anna.subscribe("aircraft", near)
		anna.subscribe("aircraft", far)
		anna.want("aircraft:update 0→1 +A{gs=1}", "aircraft:update 1→2 ~A{gs=2}", "acars:event 0→1 M", "acars:event 1→2 N",
			"subscribed aircraft", "aircraft:update 2→2 -A", "subscribed aircraft", "aircraft:update 2→2")
		slow.want("aircraft:update 0→1 +A{gs=1}")
		s.wait(500 * time.Millisecond)
		slow.want("aircraft:update 1→2 ~A{gs=2}")
	}, func(_ []topic.Policy, batches *batch.Config) { batches.Window = 0 })
}

// What is let through is sent once to all, and what leads an older client there
// follows it.
func TestOlderClients(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A lat=45 lon=5", "+B lat=10 lon=5")
		older, newer := s.enter("older"), s.enter("newer")
		older.subscribe("aircraft", near)
		newer.subscribe("aircraft", near, "legacy=false")
		older.want("subscribed aircraft", "aircraft:snapshot @1 A{lat=45 lon=5}")
		newer.forget()
		s.change("~A lat=39", "~B lat=41")
		older.want("aircraft:update 1→2 +B{lat=41 lon=5} -A", "aircraft:remove -A", "aircraft:new B{lat=41 lon=5}")
		newer.want("aircraft:update 1→2 +B{lat=41 lon=5} -A")
		older = older.again()
		s.change("~A lat=45")
		older.subscribe("aircraft", near, "aircraft.since=held")
		older.want("subscribed aircraft resumed", "aircraft:update 2→3 +A{lat=45 lon=5}") // not with a resume
	})
}

// recorder is a connection that keeps what the hub does to it.
type recorder struct {
	*guest
	mu  sync.Mutex // guards all below
	did []string
}

func (r *recorder) Hold()    { r.note("hold"); r.line.Hold() }
func (r *recorder) Release() { r.note("release"); r.line.Release() }

func (r *recorder) note(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.did = append(r.did, what)
}

// done gives what was done since the last time.
func (r *recorder) done() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	did := r.did
	r.did = nil
	return did
}

// What a session with several topics gets at the end of a window leaves in one
// write; a session with one topic needs no such care.
func TestSeveralTopicsLeaveInOneWrite(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=0")
		several, single := &recorder{guest: s.enter("several")}, &recorder{guest: s.enter("single")}
		for _, r := range []*recorder{several, single} {
			r.Member = s.hub.Enter(r, func(string) bool { return true })
		}
		several.subscribe("aircraft", "acars")
		single.subscribe("aircraft")
		s.change("~A gs=1")
		s.happen("acars", "M")
		s.change("~A gs=2")
		s.happen("acars", "N")
		several.done()
		single.done()
		several.forget()
		s.wait(window)
		several.want("aircraft:update 2→3 ~A{gs=2}", "acars:event 1→2 N")
		if did := several.done(); !slices.Equal(did, []string{"hold", "release"}) {
			t.Errorf("the hub did %v", did)
		}
		if did := single.done(); did != nil {
			t.Errorf("with one topic the hub did %v", did)
		}
	})
}

// Nothing of a topic comes after the answer, and nothing that was on its way.
func TestNothingComesOfATopicThatWasLeft(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=0")
		anna := s.enter("anna")
		anna.subscribe("aircraft", "acars", "safety")
		s.change("~A gs=1")
		s.happen("acars", "M")
		anna.subscribe("aircraft", near)
		anna.subscribe("aircraft", far) // waits
		anna.stall(true)
		anna.forget()
		s.change("~A gs=2", "+B lat=10 lon=5")
		s.happen("acars", "N")
		if _, err := anna.Unsubscribe([]string{"all"}); err != nil {
			t.Fatal(err)
		}
		s.change("~A gs=3")
		s.happen("acars", "O")
		s.happen("safety", "P")
		s.begin()
		anna.drain()
		s.wait(time.Minute)
		anna.want("unsubscribed aircraft, acars, safety")
	})
}

// What waits of a topic is of no use to who leaves it, gets it anew, or gets it in
// a new epoch. (Of the first one a part is out already.)
func TestStateThatIsOfNoUseIsNotSent(t *testing.T) {
	for name, tc := range map[string]struct {
		happens func(s *scene, g *guest)
		want    []string
	}{
		"it leaves": {
			func(_ *scene, g *guest) { _, _ = g.Unsubscribe([]string{"aircraft"}) },
			[]string{"aircraft:update 1→2 ~A{gs=1}", "unsubscribed aircraft"},
		},
		"it asks for it anew": {
			func(_ *scene, g *guest) { g.subscribe("aircraft") },
			[]string{"aircraft:update 1→2 ~A{gs=1}", "subscribed aircraft", "aircraft:snapshot @3 A{gs=2}"},
		},
		"a new epoch": {
			func(s *scene, _ *guest) { s.begin() },
			[]string{"aircraft:update 1→2 ~A{gs=1}", "aircraft:snapshot @0"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				s.change("+A gs=0")
				anna := s.enter("anna")
				anna.subscribe("aircraft")
				anna.forget()
				anna.stall(true)
				for _, change := range []string{"~A gs=1", "~A gs=2"} {
					s.change(change)
					s.wait(window)
				}
				tc.happens(s, anna)
				anna.drain()
				anna.want(tc.want...)
			})
		})
	}
}
