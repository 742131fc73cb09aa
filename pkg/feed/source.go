package feed

import (
	"context"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// Source is where updates come from: a receiver, a recording, a simulation.
type Source interface {
	// Run delivers updates to the sink until ctx ends. It mends by itself what
	// can be mended (a receiver that is down is tried again, with back-off); it
	// returns an error only for what cannot, and nil when the source is at its
	// end (a recording) or ctx is.
	Run(ctx context.Context, sink Sink) error
	// Status is safe to call at any time, from any goroutine.
	Status() Status
}

// Sink takes what sources report. It is safe for concurrent use and does not block on clients.
type Sink interface {
	// Put keeps nothing of the updates: the caller may use their memory again. It
	// may round the values in them. None says that the source is well and hears nothing.
	Put(updates []record.Update)
}

// Status says how a source is.
type Status struct {
	// State is the source's condition in one word.
	State State
	// Newest is when the source heard its newest message; zero before the first.
	Newest time.Time
	// Receiver is where the receiver stands, nil when that is not known.
	Receiver *geo.Point
	// Err says what is wrong, when something is.
	Err string
	// Records counts the records that were used.
	Records uint64
	// Messages is the receiver's own count of what it has heard, which may begin anew;
	// 0 when it tells none.
	Messages uint64
	// Bad counts what was refused, by reason.
	Bad map[string]uint64
}

// State is a source's condition.
type State string

// The conditions of a source.
const (
	Starting   State = "starting"   // nothing was heard yet
	Delivering State = "delivering" // all is well
	Degraded   State = "degraded"   // some of the places it hears from cannot be reached; it is tried again
	Failing    State = "failing"    // it cannot be reached, or does not send what it should; it is tried again
	Stale      State = "stale"      // it answers, but its data is old
	Ended      State = "ended"      // a recording that was played to its end
)
