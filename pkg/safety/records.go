package safety

import (
	"time"

	"github.com/skygate-io/skygate/pkg/record"
)

// Records is a monitor that is given the records of a topic of aircraft as they
// are merged, and gives the events of the topic of safety events. As a monitor, it
// is called by one at a time.
type Records struct{ monitor *Monitor }

// Watch gives a monitor of records.
func Watch(cfg Config) Records { return Records{New(cfg)} }

// Observe takes what a record says now: its key, its fields, of which it keeps the
// values, and when its newest message was heard, in unix milliseconds.
func (r Records) Observe(key string, fields record.Fields, observed int64, now time.Time) []record.Event {
	return records(r.monitor.Observe(Read(key, fields, observed), now))
}

// Gone takes note that nobody hears an aircraft any more.
func (r Records) Gone(key string, now time.Time) []record.Event {
	return records(r.monitor.Gone(key, now))
}

// Tick takes note of the time; see [Monitor.Tick].
func (r Records) Tick(now time.Time) []record.Event { return records(r.monitor.Tick(now)) }

// Dropped counts, by reason, what was left out; see [Monitor.Dropped].
func (r Records) Dropped() map[string]uint64 { return r.monitor.Dropped() }

func records(events []Event) []record.Event {
	if len(events) == 0 {
		return nil
	}
	out := make([]record.Event, len(events))
	for i := range events {
		out[i] = events[i].Record()
	}
	return out
}
