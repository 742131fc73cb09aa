package feedlog

import "context"

// Leases say which process writes a topic, where there are several. A lease only saves
// work: that two write at a time is prevented by the log, which fences all but the
// newest ([ErrFenced]).
//
// A writer holds, begins an epoch, and writes until the lease is lost or the log fences
// it; then it holds again.
type Leases interface {
	// Hold waits until nobody else holds a topic, and gives it to the caller. It waits
	// also while whoever decides that cannot be reached. The error is ctx's, or
	// [ErrClosed].
	Hold(ctx context.Context, topicName string) (Lease, error)
}

// Lease is a topic that is held. It is safe for concurrent use.
type Lease interface {
	// Lost is closed when the topic is no longer held for sure: another has it, it
	// could not be renewed in time, or it was released.
	Lost() <-chan struct{}
	// Release gives the topic up, so that another gets it at once. A second call, and
	// one after it was lost, do nothing.
	Release()
}
