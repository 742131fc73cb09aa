package hub_test

import (
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// Whoever sees little of a topic has an old position while nothing happens that
// they see. That is no reason to cut them off.
func TestAQuietViewOfEventsIsNotTooOld(t *testing.T) {
	for _, name := range []string{"acars", "safety"} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				military := name + `.filter={"military":true}`
				anna, bert := s.enter("anna"), s.enter("bert")
				anna.subscribe(name, military)
				s.happen(name, "A military=true", "B", "C")
				s.wait(3 * retention)
				s.happen(name, "D")
				bert.stall(true)
				bert.subscribe(name, military) // what bypasses must not overtake the answer
				bert.drain()
				bert.want("subscribed "+name, name+":snapshot @1")
				anna.forget()
				anna.Drained(map[string]uint64{name: 1}) // something else is lost
				s.happen(name, "E military=true")
				s.wait(window)
				for _, g := range []*guest{anna, bert} {
					g.want(name + ":event 1→5 E{military=true}")
					if closed, _ := g.state(); closed != "" {
						t.Errorf("%s is cut: %s", g.name, closed)
					}
				}
			})
		})
	}
}

// What nobody remembers ends the connection: it would be lost, and nobody knew.
func TestWhatIsForgottenIsTooOld(t *testing.T) {
	play(t, func(s *scene) {
		anna := s.enter("anna")
		anna.subscribe("acars", `acars.filter={"military":true}`)
		s.happen("acars", "A military=true", "B")
		s.wait(retention + time.Second)
		s.happen("acars", "C")
		anna.Drained(map[string]uint64{"acars": 0}) // A found no room
		if closed, _ := anna.state(); closed != hub.ReasonTooSlow {
			t.Errorf("the connection is closed: %q", closed)
		}
	})
}

// What waits for the end of a window is told before it is forgotten.
func TestEventsAreToldBeforeTheyAreForgotten(t *testing.T) {
	play(t, func(s *scene) {
		anna := s.enter("anna")
		anna.subscribe("acars")
		anna.forget()
		s.happen("acars", "A", "B", "C", "D")
		s.wait(4 * time.Second) // every second the hub forgets
		anna.want("acars:event 0→1 A", "acars:event 1→2 B", "acars:event 2→3 C", "acars:event 3→4 D")
	}, func(policies []topic.Policy, batches *batch.Config) {
		policies[2].RetainMost = 1
		batches.Window = 3 * time.Second
	})
}

// What waits for the end of a window is told to a session that subscribes again
// before what that begins with.
func TestEventsThatWaitComeBeforeANewBeginning(t *testing.T) {
	play(t, func(s *scene) {
		anna := s.enter("anna")
		anna.subscribe("acars")
		s.happen("acars", "A", "B")
		anna.subscribe("acars", `acars.filter={"military":true}`)
		anna.want("subscribed acars", "acars:snapshot @0", "acars:event 0→1 A", "acars:event 1→2 B", "subscribed acars", "acars:snapshot @2")
	})
}

// Between a connection's saying what it lost, and the hub's going on from there,
// the session may have begun anew.
func TestWhatWasLostBeforeANewBeginningIsNotTold(t *testing.T) {
	play(t, func(s *scene) {
		anna := s.enter("anna")
		anna.subscribe("acars")
		s.happen("acars", "A", "B")
		s.wait(window)
		anna.subscribe("acars")
		anna.forget()
		anna.Drained(map[string]uint64{"acars": 1})
		s.happen("acars", "C")
		anna.want("acars:event 2→3 C")
	})
}

// A hub that could not read the log for so long that it no longer has all goes on
// with what there is, and hides no hole.
func TestEventsThatTheLogLost(t *testing.T) {
	for name, upTo := range map[string]uint64{"some": 4, "all but the newest": 6, "all": 7} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				anna, bert := s.enter("anna"), s.enter("bert")
				anna.subscribe("safety")
				s.happen("safety", "A", "B", "C")
				anna.forget()
				s.missing(upTo, func() { s.happen("safety", "D", "E", "F", "G") })
				s.happen("safety", "H")
				if wrong := anna.forgive(); len(wrong) == 0 || anna.position("safety").Seq != 3 {
					t.Errorf("anna met no hole, and is at %v", anna.position("safety"))
				}
				anna.forget()
				anna.subscribe("safety", "safety.since=held")
				anna.want("subscribed safety", "safety:snapshot @8 "+map[uint64]string{4: "H G F", 6: "H G", 7: "H"}[upTo])
				anna.Drained(map[string]uint64{"safety": 2}) // it is older than where anna began
				at := anna.position("safety")
				bert.hold("safety", wire.Position{Epoch: at.Epoch, Seq: upTo, View: at.View})
				bert.subscribe("safety", "safety.since=held")
				s.happen("safety", "I")
				anna.want("safety:event 8→9 I")
				if at := bert.position("safety"); at.Seq != 9 {
					t.Errorf("bert, who resumes from where the log goes on, is at %v", at)
				}
			})
		})
	}
}

// A session that lost an event on its way, and then the log did, too, is cut.
func TestEventsThatTheLogLostAsWell(t *testing.T) {
	play(t, func(s *scene) {
		anna := s.enter("anna")
		anna.subscribe("acars")
		s.happen("acars", "A", "B")
		s.missing(3, func() { s.happen("acars", "C", "D") })
		anna.forgive()
		anna.Drained(map[string]uint64{"acars": 1})
		if closed, _ := anna.state(); closed != hub.ReasonTooSlow {
			t.Errorf("closed: %q", closed)
		}
	})
}

// A new epoch of events goes on from the one before, and a resume crosses it.
func TestANewEpochOfEvents(t *testing.T) {
	play(t, func(s *scene) {
		anna := s.enter("anna")
		anna.subscribe("safety")
		s.happen("safety", "A", "B")
		anna.forget()
		if _, err := s.log.Begin(t.Context(), "safety"); err != nil {
			t.Fatal(err)
		}
		s.wait(0)
		anna.want()
		s.happen("safety", "C", "D")
		anna.want("safety:event 0→1 C", "safety:event 1→2 D")
		anna.forgive() // it is another epoch: a hole
		anna.subscribe("safety", "safety.since=held")
		anna.want("subscribed safety resumed", "safety:event 0→1 C", "safety:event 1→2 D")
	})
	play(t, func(s *scene) {
		s.happen("safety", "A", "B")
		if _, err := s.log.Begin(t.Context(), "safety"); err != nil {
			t.Fatal(err)
		}
		s.wait(0)
		anna := s.enter("anna")
		anna.subscribe("safety")
		anna = anna.again() // it has come and gone before the first event of the epoch
		anna.subscribe("safety", "safety.since=held")
		s.happen("safety", "C")
		anna.want("subscribed safety resumed", "safety:event 0→1 C")
	})
}

// What is remembered of events is bounded.
func TestHowManyEventsAreRemembered(t *testing.T) {
	for name, bound := range map[string]func(p *topic.Policy){
		"in number": func(p *topic.Policy) { p.RetainMost = 3 },
		"in bytes":  func(p *topic.Policy) { p.RetainBytes = 3 * 20 }, // an event without fields counts for 20
		"in time":   func(p *topic.Policy) { p.Retention = 3 * time.Second },
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				anna := s.enter("anna")
				anna.subscribe("acars")
				at := anna.position("acars")
				for range 6 {
					s.happen("acars", "A")
					s.wait(time.Second)
				}
				for _, tc := range []struct {
					seq  uint64
					want string
				}{{1, "subscribed acars"}, {3, "subscribed acars resumed"}} {
					anna = anna.again()
					at.Seq = tc.seq
					anna.hold("acars", at)
					anna.subscribe("acars", "acars.since=held")
					if got := anna.lately(4)[0]; got != tc.want {
						t.Errorf("since %d: %s", tc.seq, got)
					}
				}
			}, func(policies []topic.Policy, _ *batch.Config) { bound(&policies[2]) })
		})
	}
}

// A new epoch whose first events are lost does not go on from the one before.
func TestANewEpochWithoutItsBeginning(t *testing.T) {
	play(t, func(s *scene) {
		anna := s.enter("anna")
		anna.subscribe("safety")
		s.happen("safety", "A", "B")
		s.missing(2, func() {
			s.happen("safety", "C")
			if _, err := s.log.Begin(t.Context(), "safety"); err != nil {
				t.Fatal(err)
			}
			s.happen("safety", "D", "E", "F")
		})
		anna.forgive()
		anna.forget()
		anna.subscribe("safety", "safety.since=held")
		anna.want("subscribed safety", "safety:snapshot @3 F")
	})
}

// A session that goes on from an earlier position than where it began last may lose
// something there.
func TestALossAfterAResume(t *testing.T) {
	play(t, func(s *scene) {
		anna := s.enter("anna")
		anna.subscribe("acars")
		at := anna.position("acars")
		s.happen("acars", "A", "B", "C")
		anna.subscribe("acars")
		anna.forget()
		anna.hold("acars", at)
		anna.subscribe("acars", "acars.since=held")
		anna.want("subscribed acars resumed", "acars:event 0→1 A", "acars:event 1→2 B", "acars:event 2→3 C")
		at.Seq = 1
		anna.hold("acars", at) // B was lost
		anna.Drained(map[string]uint64{"acars": 1})
		anna.want("acars:event 1→2 B", "acars:event 2→3 C")
	})
}
