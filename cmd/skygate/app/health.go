package app

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/skygate-io/skygate/adapters/redis/rooms"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/presence"
)

// health is the answer of /healthz.
type health struct {
	// Status is "ok" when every source delivers, "degraded" when some do or one
	// does in part, and "failing", with HTTP status 503, when none does. Of a process
	// of a cluster that has no source it says how the topics are that others write.
	Status   string `json:"status"`
	Aircraft int    `json:"aircraft"`
	// Refused counts updates of records beyond the number that their topic holds.
	Refused uint64 `json:"refused,omitempty"`
	// Limited counts what clients were refused because they asked for too much.
	Limited uint64 `json:"rate_limited,omitempty"`
	// Unwatched counts, by reason, what there was too much of for the watch for
	// dangers.
	Unwatched map[string]uint64 `json:"unwatched,omitempty"`
	// Clients is how many there are, of all processes.
	Clients presence.Total `json:"clients"`
	// Rooms is how the rooms of this process are linked with those of others; left out
	// when they are not meant to be. While they are not heard an "ok" is "degraded".
	Rooms *rooms.Health `json:"rooms,omitempty"`
	// Writes are the topics of state that this process writes, of a cluster's; left out
	// when it runs alone, and writes all.
	Writes *[]string `json:"writes,omitempty"`
	// Unwritten are the topics that no process of the cluster writes any more, or has begun
	// again after Redis lost them, so that what clients have of them grows old: they have
	// been told "stream:stale".
	// With one an "ok" is "degraded".
	Unwritten []string       `json:"unwritten,omitempty"`
	Sources   []sourceHealth `json:"sources"`
}

type sourceHealth struct {
	Name  string     `json:"name"`
	Kind  string     `json:"kind"`
	State feed.State `json:"state"`
	// NewestAge is how many seconds ago the newest message was heard; null
	// before the first.
	NewestAge *float64          `json:"newest_age_seconds"`
	Error     string            `json:"error,omitempty"`
	Records   uint64            `json:"records"`
	Bad       map[string]uint64 `json:"bad,omitempty"`
}

func (a *App) health(now time.Time) health {
	h := health{Sources: []sourceHealth{}, Clients: a.presence.Total(), Aircraft: a.hub.Len("aircraft"), Refused: a.feeds.Refused(), Unwatched: a.lookout.Dropped()}
	delivering, partly := 0, 0
	for _, n := range a.spaces {
		h.Limited += n.Refused()
	}
	for _, s := range a.sources {
		status := s.status()
		switch status.State {
		case feed.Delivering:
			delivering++
		case feed.Degraded:
			partly++
		}
		one := sourceHealth{
			Name: s.name, Kind: s.kind, State: status.State,
			Error: status.Err, Records: status.Records, Bad: status.Bad,
		}
		if !status.Newest.IsZero() {
			age := max(0, now.Sub(status.Newest)).Round(time.Millisecond).Seconds()
			one.NewestAge = &age
		}
		h.Sources = append(h.Sources, one)
	}
	if len(a.sources) == 0 {
		h.Status = healthOfTopics(len(a.hub.Topics()), len(a.hub.Unready()), h.Aircraft)
	} else {
		h.Status = healthOfSources(len(a.sources), delivering, partly)
	}
	if a.cluster != nil {
		writes := a.feeds.Led()
		h.Writes = &writes
	}
	if h.Unwritten = a.hub.Unwritten(); len(h.Unwritten) > 0 && h.Status == "ok" {
		h.Status = "degraded"
	}
	if h.Rooms = a.cluster.linked(); h.Rooms != nil && !h.Rooms.Subscribed && h.Status == "ok" {
		h.Status = "degraded"
	}
	return h
}

// healthOfSources is the status of a process that has sources.
func healthOfSources(all, delivering, partly int) string {
	switch {
	case delivering+partly == 0:
		return "failing"
	case delivering == all:
		return "ok"
	default:
		return "degraded"
	}
}

// healthOfTopics is the status of one that has none, and passes on what other
// processes write: it can only be judged by what it holds. Without aircraft it is
// degraded: the sky may be empty, or nobody writes.
func healthOfTopics(all, unready, aircraft int) string {
	switch {
	case unready == all:
		return "failing"
	case unready > 0 || aircraft == 0:
		return "degraded"
	default:
		return "ok"
	}
}

// receiver says where the receiver stands: what is configured, or else what a
// source knows.
func (a *App) receiver() *geo.Point {
	if a.cfg.Receiver != nil {
		return a.cfg.Receiver
	}
	for _, s := range a.sources {
		if p := s.status().Receiver; p != nil {
			return p
		}
	}
	return nil
}

// online says whether any source of aircraft delivers.
func (a *App) online() bool {
	for _, s := range a.sources {
		if s.aircraft && s.status().State == feed.Delivering {
			return true
		}
	}
	return false
}

func (a *App) healthz(w http.ResponseWriter, _ *http.Request) {
	h := a.health(time.Now())
	status := http.StatusOK
	if h.Status == "failing" {
		status = http.StatusServiceUnavailable
	}
	tell(w, status, h)
}

// tell answers with JSON that people read, too.
func tell(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	_ = enc.Encode(answer) // a client that went away
}
