// Package feedlog is the seam between the writers and the readers of topics:
// an append-only sequence of changes per topic. It is the only thing that the
// processes of a cluster share; in one process it is memory ([NewMemory]).
//
// A position is (epoch, seq). Within an epoch seq rises by one with each entry.
// A topic of state has one writer. One that begins cannot know that it continues
// what an earlier one wrote, so it begins a new epoch, and readers load the state
// anew. A topic of events has any number of publishers, who add one event each at
// a time; the log decides on their order.
//
// The promises below are tested by one contract suite (package feedlogtest)
// that runs over every implementation.
package feedlog

import (
	"context"
	"errors"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// Entry is one step of a topic. It is immutable, and shared by all readers.
type Entry struct {
	// Base is the Seq before this entry, in the same epoch; 0 for the first.
	Base uint64
	// At is the position after it.
	At topic.Position
	// Time is when it was appended, in unix milliseconds.
	Time int64
	// Change is what happened.
	Change *record.Change
}

// State is a topic's records at a position. It belongs to who loaded it.
type State struct {
	At      topic.Position
	Records []record.Record
	// Entries are the newest ones up to At that are kept, oldest first: a topic of
	// events has nothing else.
	Entries []*Entry
}

// Errors of a log.
var (
	// ErrGone is returned by Read when the log does not continue from the given
	// position: it is of another epoch, or older than what is kept. Load, and
	// read on from there.
	ErrGone = errors.New("feedlog: position is no longer in the log")
	// ErrFenced is returned by Append when another writer has begun since. The
	// writer must stop, or begin anew.
	ErrFenced = errors.New("feedlog: another writer has begun")
	// ErrClosed is returned by everything after the log was closed.
	ErrClosed = errors.New("feedlog: closed")
)

// Log holds the sequences of all topics. It is safe for concurrent use.
type Log interface {
	// Begin opens a new epoch of a topic, empty, at seq 0. Writers of earlier
	// epochs are fenced.
	Begin(ctx context.Context, topicName string) (Writer, error)
	// Publish adds an event to a topic of events and gives the position after it,
	// once readers get it. The event is immutable from now on. Without an event it
	// only makes sure that the topic has an epoch.
	Publish(ctx context.Context, topicName string, c *record.Change) (topic.Position, error)
	// Load gives a topic's newest state. A topic that nobody has begun is empty,
	// at the zero position.
	Load(ctx context.Context, topicName string) (State, error)
	// Read gives the entries after a position, in order, at least one: it waits
	// for the next when there is none yet.
	Read(ctx context.Context, topicName string, after topic.Position) ([]*Entry, error)
}

// Writer is the one writer of a topic's epoch. It is used by one goroutine.
type Writer interface {
	// Append adds a change and gives the position after it. Once it returns
	// without an error, readers get the change; otherwise they never do. The
	// change is immutable from now on.
	Append(ctx context.Context, c *record.Change) (topic.Position, error)
}
