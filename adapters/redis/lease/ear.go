package lease

import "time"

// ear says how well a process hears the sources of a topic.
type ear struct {
	// Static.
	heard func() time.Time // nil when that does not matter
	deaf  time.Duration    // how long they may be silent
	began time.Time

	well time.Time // since when each look has found that they are not; zero: the last one has not
}

func newEar(heard func() time.Time, deaf time.Duration) ear {
	return ear{heard: heard, deaf: deaf, began: time.Now()}
}

// last is when the newest report came, if any has.
func (e *ear) last() (time.Time, bool) {
	if e.heard == nil {
		return time.Time{}, false
	}
	at := e.heard()
	return at, !at.IsZero()
}

// isDeaf says whether they have been silent for too long.
func (e *ear) isDeaf(now time.Time) bool {
	if e.heard == nil {
		return false
	}
	at, ok := e.last()
	if !ok {
		at = e.began
	}
	return now.Sub(at) > e.deaf
}

// isWell says whether they were not, for as long: one that hears now and then is no
// better than another, and topics would go to and fro between the two. It is asked
// again and again.
func (e *ear) isWell(now time.Time) bool {
	if at, ok := e.last(); !ok || now.Sub(at) > e.deaf {
		e.well = time.Time{}
		return false
	}
	if e.well.IsZero() {
		e.well = now
	}
	return now.Sub(e.well) >= e.deaf
}
