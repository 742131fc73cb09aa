package stats

import (
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/wire"
)

// staleSource is a source that has stopped delivering, as a whole or in part.
type staleSource struct {
	Name  string     `json:"name"`
	Kind  string     `json:"kind"`
	State feed.State `json:"state"`
}

// health tells when sources stop delivering. One that has yet to begin has not stopped.
type health struct {
	stale []staleSource
	told  time.Time // zero: nothing yet
}

// check gives an event when the sources that do not deliver are others than before, and
// now and again. What is wrong with a source is not for clients: it may name a place in the
// operator's network.
func (h *health) check(sources []Source, now time.Time) []record.Event {
	var stale []staleSource
	for _, s := range sources {
		if s.State != feed.Starting && s.State != feed.Delivering {
			stale = append(stale, staleSource{s.Name, s.Kind, s.State})
		}
	}
	if slices.Equal(stale, h.stale) && (h.told.IsZero() || now.Sub(h.told) < Repeat) {
		return nil
	}
	h.stale, h.told = stale, now
	fields := map[string]any{"status": "healthy", "issue": nil, "stale_sources": []staleSource{}, "timestamp": wire.Timestamp(now)}
	if len(stale) > 0 {
		fields["status"], fields["issue"], fields["stale_sources"] = "degraded", "stale_sources", stale
	}
	return []record.Event{event(healthEvent, healthKey, fields)}
}

// online says whether any source of aircraft delivers.
func online(sources []Source) bool {
	return slices.ContainsFunc(sources, func(s Source) bool { return s.Aircraft && s.State == feed.Delivering })
}
