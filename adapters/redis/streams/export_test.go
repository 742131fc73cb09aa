package streams

import (
	"context"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// AppendHash is how Redis knows the script that appends.
func AppendHash() string { return appendScript.Hash() }

// Encode is encode, of what is not too large.
func Encode(c *record.Change) string {
	data, err := encode(c)
	if err != nil {
		panic(err)
	}
	return data
}

// Records as of aircraft: with what changes when they move, and with all that is known.
var (
	Moved = moved
	Known = known
)

// EventOf is an event of about half a kilobyte.
func EventOf(n int) *record.Change {
	r := known(1, uint64(n))[0]
	return &record.Change{Event: &record.Event{Name: "safety:event", Record: r}}
}

// LoadTo loads a topic of events whose head was at a position when it was read; moved says
// that it no longer is.
func (l *Log) LoadTo(ctx context.Context, name string, at topic.Position) (moved bool, err error) {
	_, err = l.loadEvents(ctx, name, at)
	return isMoved(err), err
}

// Newest is where the newest entry is that whoever follows a topic has read.
func (l *Log) Newest(name string) (at topic.Position) {
	for _, e := range l.newest(name) {
		at = e.At
	}
	return at
}
