package hub_test

import (
	"testing"
	"time"
)

// elsewhere has things happen that this process does not see yet, gives a client
// that was at another process, where it saw them, and then has them seen.
func (s *scene) elsewhere(name string, seq uint64, happens func(), here func(g *guest)) {
	g := s.enter("guest")
	g.subscribe(name, "legacy=false")
	at := g.position(name)
	g.Leave()
	s.log.away.Store(true)
	happens()
	g = g.again()
	at.Seq = seq
	g.hold(name, at)
	g.forget()
	here(g)
}

// back has the log be read again.
func (s *scene) back() {
	s.log.away.Store(false)
	s.log.back <- struct{}{}
	s.wait(0)
}

// The client is ahead of this process for good: it gets no event that it has.
func TestEventsAheadOfThisProcess(t *testing.T) {
	play(t, func(s *scene) {
		s.happen("safety", "A")
		s.elsewhere("safety", 3, func() { s.happen("safety", "B", "C", "D") }, func(g *guest) {
			began := time.Now()
			g.subscribe("safety", "safety.since=held")
			if waited := time.Since(began); waited != 250*time.Millisecond {
				t.Errorf("it waited for %v, want 250 ms", waited)
			}
			g.want("subscribed safety resumed")
			s.back()
			g.want("safety:event 3→4 D")
			s.happen("safety", "E")
			g.want("safety:event 4→5 E")
		})
	})
}

// It is ahead of it, and the log comes in time.
func TestStateAheadOfThisProcess(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=1")
		s.elsewhere("aircraft", 2, func() { s.change("~A gs=2"); s.change("~A gs=3") }, func(g *guest) {
			go func() {
				time.Sleep(100 * time.Millisecond)
				s.log.away.Store(false)
				s.log.back <- struct{}{}
			}()
			g.subscribe("aircraft", "aircraft.since=held", "legacy=false")
			// The log has no entries from before: how it got there is not known.
			g.want("subscribed aircraft", "aircraft:snapshot @3 A{gs=3}")
		})
	})
}

// It is ahead of it for longer than it waits: an older snapshot, and what follows.
func TestStateAheadForLong(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=1")
		s.elsewhere("aircraft", 2, func() { s.change("~A gs=2") }, func(g *guest) {
			g.subscribe("aircraft", "aircraft.since=held", "legacy=false")
			g.want("subscribed aircraft", "aircraft:snapshot @1 A{gs=1}")
			s.back()
			g.want("aircraft:snapshot @2 A{gs=2}")
		})
	})
}
