package hub

import (
	"slices"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
)

// lasting gives an entry with the lasting fields that its key has by now, which who
// tells of the key may not know. The log has what was told; each process makes the
// same of it. (It looks through all that is kept: an event of a topic with lasting
// fields is rare, and 10,000 of them take some 45 µs.)
func (h *history) lasting(e *feedlog.Entry) *feedlog.Entry {
	if len(h.policy.Lasting) == 0 {
		return e
	}
	for _, before := range slices.Backward(h.kept) {
		if before.Change.Event.Key == e.Change.Event.Key {
			return with(e, before.Change.Event.Fields, h.policy.Lasting)
		}
	}
	return e
}

// with gives an entry with those fields that it does not tell. What is shared with
// the log stays as it is.
func with(e *feedlog.Entry, known record.Fields, names []string) *feedlog.Entry {
	var more record.Fields
	for _, name := range names {
		if raw := known.Get(name); says(raw) && !says(e.Change.Event.Fields.Get(name)) {
			more.Set(name, raw)
		}
	}
	if more == nil {
		return e
	}
	event, change, entry := *e.Change.Event, *e.Change, *e
	event.Fields = slices.Clone(event.Fields)
	event.Fields.Merge(more)
	change.Event, entry.Change = &event, &change
	return &entry
}

// says tells whether a raw value tells anything.
func says(raw string) bool { return raw != "" && raw != "false" && raw != "null" }
