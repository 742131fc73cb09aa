package hub_test

import (
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/wire"
)

// While the log is away clients stay, and are told since when; those who come are
// told, too. When it is back they go on where they are, and are told that.
func TestTheLogIsAway(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=1")
		anna := s.enter("anna")
		anna.subscribe("aircraft", "legacy=false")
		anna.want("subscribed aircraft", "aircraft:snapshot @1 A{gs=1}")
		s.log.down.Store(true)
		since := wire.Timestamp(time.Now())
		s.change("~A gs=2") // that it cannot be read is found out now
		s.wait(500 * time.Millisecond)
		anna.want()
		s.wait(5 * time.Second)
		anna.want("stream:stale aircraft since " + since)
		s.wait(time.Minute)
		anna.want()
		ben := s.enter("ben")
		ben.subscribe("aircraft", "legacy=false")
		ben.want("subscribed aircraft", "aircraft:snapshot @1 A{gs=1}", "stream:stale aircraft since "+since)
		s.log.down.Store(false)
		s.wait(10 * time.Second)
		anna.want("aircraft:snapshot @2 A{gs=2}", "stream:stale aircraft no longer")
		ben.want("stream:stale aircraft no longer", "aircraft:snapshot @2 A{gs=2}") // a crowd's snapshots are spread
	})
}

// A log that says nothing for long is away all the same: clients are told in time.
func TestTheLogDoesNotAnswer(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=1")
		anna := s.enter("anna")
		anna.subscribe("aircraft", "legacy=false")
		anna.want("subscribed aircraft", "aircraft:snapshot @1 A{gs=1}")
		s.log.mute.Store(true)
		s.log.down.Store(true)
		since := wire.Timestamp(time.Now())
		s.change("~A gs=2")
		s.wait(1100 * time.Millisecond)
		anna.want("stream:stale aircraft since " + since)
		s.log.down.Store(false)
		s.wait(2 * time.Minute)
		anna.want("aircraft:snapshot @2 A{gs=2}", "stream:stale aircraft no longer")
	})
}

// A log that fails for a moment is nobody's concern, and no event of that time is
// missing, or comes twice.
func TestTheLogFailsForAMoment(t *testing.T) {
	play(t, func(s *scene) {
		s.happen("safety", "A")
		anna := s.enter("anna")
		anna.subscribe("safety")
		anna.want("subscribed safety", "safety:snapshot @1 A")
		s.log.down.Store(true)
		s.happen("safety", "B", "C")
		s.log.down.Store(false)
		s.wait(time.Second)
		anna.want("safety:event 1→2 B", "safety:event 2→3 C")
		s.happen("safety", "D")
		anna.want("safety:event 3→4 D")
	})
}
