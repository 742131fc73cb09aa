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
	"fmt"

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
	// Origin is set on an event that had its place in an earlier epoch, where the log
	// has lost it: who got it there skips it here.
	Origin topic.Position
	// Continues is set on an entry that only says where the epoch before it ended:
	// who is there misses nothing. It has an empty change, and At is the new epoch's
	// seq 0.
	Continues topic.Position
}

// State is a topic's records at a position. It belongs to who loaded it.
type State struct {
	At      topic.Position
	Records []record.Record
	// Entries are the newest ones up to At that are kept, oldest first: a topic of
	// events has nothing else. They may begin in an earlier epoch.
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
	// ErrAway is returned when a log that is elsewhere cannot be reached for now, or
	// does not take anything: by Read at the latest a few seconds after that began.
	// What readers have is no longer the newest. Try again, with back-off; whether a
	// change was appended is not known, and an event that is published again, as the
	// same change, is told once.
	ErrAway = errors.New("feedlog: the log is away")
	// ErrUnreachable is an [ErrAway] of the log as a whole, or of a large part of it. It
	// says so itself, when it begins and when it is over: who meets it needs not log it.
	ErrUnreachable = fmt.Errorf("%w: it cannot be reached", ErrAway)
	// ErrDamaged is an [ErrAway] that lasts until a topic is begun anew, which mends it:
	// what the log has of the topic is not what a writer has written.
	ErrDamaged = fmt.Errorf("%w: it is damaged", ErrAway)
	// ErrTooLarge is returned for a change that the log cannot take, ever.
	ErrTooLarge = errors.New("feedlog: the change is too large")
	// ErrClosed is returned by everything after the log was closed.
	ErrClosed = errors.New("feedlog: closed")
)

// Log holds the sequences of all topics. It is safe for concurrent use.
type Log interface {
	// Begin opens a new epoch of a topic, empty, at seq 0. Writers of earlier
	// epochs are fenced.
	Begin(ctx context.Context, topicName string) (Writer, error)
	// Publish adds an event to a topic of events and gives the position after it,
	// once readers get it; of one that is not the first under its key
	// ([record.Once]), that of the first. The event is immutable from now on. Without
	// an event it only makes sure that the topic has an epoch.
	Publish(ctx context.Context, topicName string, c *record.Change) (topic.Position, error)
	// Load gives a topic's newest state. A topic that nobody has begun is empty,
	// at the zero position. In a topic of events it never leads back in an epoch: a log
	// that has lost what was read of it goes on in another one.
	Load(ctx context.Context, topicName string) (State, error)
	// Read gives the entries after a position, in order, at least one: it waits
	// for the next when there is none yet.
	Read(ctx context.Context, topicName string, after topic.Position) ([]*Entry, error)
}

// Beginner is a log in which an epoch begins with records, at seq 0, so that readers
// are not shown an empty topic when another writer takes over: those records are what
// [Log.Load] gave, and what the new writer knows by itself.
type Beginner interface {
	// BeginWith is [Log.Begin] with records, which are the log's from now on.
	BeginWith(ctx context.Context, topicName string, records []record.Record) (Writer, error)
}

// Writer is the one writer of a topic's epoch. It is used by one goroutine.
type Writer interface {
	// Append adds a change and gives the position after it. Once it returns
	// without an error, readers get the change; otherwise they never do, or, with
	// [ErrAway], perhaps: the writer has to begin anew, which settles it. The change
	// is immutable from now on.
	Append(ctx context.Context, c *record.Change) (topic.Position, error)
}
