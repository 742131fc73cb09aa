package hub

import (
	"strconv"
	"testing"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// BenchmarkLasting looks for what lasts of a key that is new, among 10,000 events.
func BenchmarkLasting(b *testing.B) {
	h := newHistory(&topic.Policy{Kind: topic.Event, Lasting: []string{"acknowledged"}}, feedlog.State{})
	entry := func(i int) *feedlog.Entry {
		key := "proximity_conflict:3C6444:4B1805:17000" + strconv.Itoa(i)
		return &feedlog.Entry{Change: &record.Change{Event: &record.Event{Record: record.Record{Key: key}}}}
	}
	for i := range 10_000 {
		h.kept = append(h.kept, &event{Entry: entry(i)})
	}
	e := entry(10_000)
	for b.Loop() {
		h.lasting(e)
	}
}
