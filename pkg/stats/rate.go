package stats

import (
	"time"

	"github.com/skygate-io/skygate/pkg/feed"
)

// Source is a source, of aircraft or of something else, and how it is.
type Source struct {
	Name, Kind string
	Aircraft   bool
	feed.Status
}

// rates counts messages.
type rates struct {
	since  time.Time
	before map[string]counts
}

type counts struct{ messages, records uint64 }

// next is the rate of aircraft's messages a second since the last time, nil the first
// time and without a source. A source that tells no total, or began to do so since, counts by
// its records; one whose total is less than it was began anew.
func (r *rates) next(sources []Source, now time.Time) *float64 {
	heard := uint64(0)
	counted := make(map[string]counts, len(sources))
	for _, s := range sources {
		if !s.Aircraft {
			continue
		}
		was, is := r.before[s.Name], counts{s.Messages, s.Records}
		counted[s.Name] = is
		if is.messages > 0 && was.messages > 0 {
			heard += grown(was.messages, is.messages)
		} else {
			heard += grown(was.records, is.records)
		}
	}
	span := now.Sub(r.since).Seconds()
	first := r.before == nil
	r.since, r.before = now, counted
	if first || len(counted) == 0 || span <= 0 {
		return nil
	}
	rate := round(float64(heard)/span, 1)
	return &rate
}

func grown(was, is uint64) uint64 {
	if is < was {
		return is
	}
	return is - was
}
