package feedlog

import (
	"context"
	"time"
)

// Leases say which process writes a topic, where there are several. A lease only saves
// work: that two write at a time is prevented by the log, which fences all but the
// newest ([ErrFenced]).
//
// A writer holds, begins an epoch, and writes until the lease is lost or the log fences
// it; then it holds again.
type Leases interface {
	// Hold waits until the caller may write a topic: nobody else holds it, or who does
	// is deaf and the caller is not. It waits also while whoever decides that cannot be
	// reached. The error is ctx's, or [ErrClosed].
	//
	// heard gives when a source of the caller last reported anything, also that there
	// is nothing; zero is not yet. It is asked until Hold has failed or the lease is
	// lost, from other goroutines, and returns at once. Who is silent for too long is
	// deaf. nil is for a topic whose sources may be silent for long.
	Hold(ctx context.Context, topicName string, heard func() time.Time) (Lease, error)
}

// Lease is a topic that is held. It is safe for concurrent use.
type Lease interface {
	// Lost is closed when the topic is no longer held for sure: another has it, it was
	// left to one who hears, it could not be renewed in time, or it was released.
	Lost() <-chan struct{}
	// Heard is when, of all who held the topic before, one last heard a source, by this
	// machine's clock; zero when that is not known. What only they heard is as old.
	Heard() time.Time
	// Release gives the topic up, so that another gets it at once. A second call, and
	// one after it was lost, do nothing.
	Release()
}
