package root

import (
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
)

// ago is so many hours before now, of which from 1 to most may be asked for.
func ago(now time.Time, hours *float64, otherwise, most float64) time.Time {
	return now.Add(-time.Duration(clamp(hours, otherwise, most) * float64(time.Hour)))
}

// happened gives what is remembered of a topic of events since a moment, the newest
// first. Of each key it gives the newest alone.
func happened(h *hub.Hub, topicName string, since time.Time) ([]*record.Event, error) {
	known, err := h.Events(topicName)
	var newest []*record.Event
	told := map[string]bool{}
	for _, e := range slices.Backward(known) {
		if e.Time < since.UnixMilli() {
			break
		}
		if event := e.Change.Event; !told[event.Key] {
			told[event.Key] = true
			newest = append(newest, event)
		}
	}
	return newest, err
}

// newest gives the newest entry of a key; nil when none is remembered.
func newest(h *hub.Hub, topicName, key string) (*feedlog.Entry, error) {
	known, err := h.Events(topicName)
	for _, e := range slices.Backward(known) {
		if e.Change.Event.Key == key {
			return e, err
		}
	}
	return nil, err
}
