package acars

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
)

// health keeps a source's status and logs when its state changes. It is safe for
// concurrent use.
type health struct {
	log       zerolog.Logger
	silence   time.Duration
	endpoints int // so many there are

	mu     sync.Mutex // guards all below
	latest feed.Status
	since  time.Time // when anything was heard last; before that, when Run began
	failed map[endpoint]error
	told   feed.State
}

func newHealth(log zerolog.Logger, silence time.Duration, endpoints int) *health {
	return &health{
		log: log, silence: silence, endpoints: endpoints, latest: feed.Status{Bad: map[string]uint64{}},
		failed: map[endpoint]error{}, told: feed.Starting,
	}
}

func (h *health) status(now time.Time) feed.Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.latest
	s.State, s.Err = h.stateLocked(now)
	s.Bad = maps.Clone(s.Bad)
	return s
}

// begin takes note that from now on something may be heard.
func (h *health) begin(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.since = now
}

func (h *health) count(reason string, n uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.latest.Bad[reason] += n
}

// heard takes note of something that a decoder heard, whether it was published or
// not.
func (h *health) heard(published int, now time.Time) {
	h.mu.Lock()
	h.latest.Records += uint64(published)
	h.latest.Newest, h.since = now, now
	h.mu.Unlock()
	h.tell(now)
}

// listens takes note that decoders can send to an endpoint.
func (h *health) listens(e endpoint, now time.Time) {
	h.log.Info().Stringer("endpoint", e).Msg("waiting for decoders")
	h.works(e, now)
}

// works takes note that an endpoint can be used.
func (h *health) works(e endpoint, now time.Time) {
	h.mu.Lock()
	delete(h.failed, e)
	h.mu.Unlock()
	h.tell(now)
}

// fails takes note that an endpoint cannot be used, or no longer.
func (h *health) fails(e endpoint, err error, now time.Time) {
	h.mu.Lock()
	h.failed[e] = err
	h.latest.Bad[Unreachable]++
	h.mu.Unlock()
	h.tell(now)
}

// stateLocked is failing when no endpoint can be used, and degraded when some
// cannot: the others may bring all there is.
func (h *health) stateLocked(now time.Time) (state feed.State, err string) {
	failed := h.failedLocked()
	silent := now.Sub(h.since)
	switch {
	case len(h.failed) == h.endpoints:
		return feed.Failing, failed
	case !h.since.IsZero() && silent > h.silence:
		err = fmt.Sprintf("nothing was heard for %v", silent.Round(time.Second))
		if failed != "" {
			err += "; " + failed
		}
		return feed.Stale, err
	case failed != "":
		return feed.Degraded, failed
	case h.latest.Newest.IsZero():
		return feed.Starting, ""
	}
	return feed.Delivering, ""
}

// failedLocked says which endpoints cannot be used, and why; "" when all can.
func (h *health) failedLocked() string {
	if len(h.failed) == 0 {
		return ""
	}
	var all []string
	for e, err := range h.failed {
		all = append(all, fmt.Sprintf("%s: %v", e, err))
	}
	slices.Sort(all)
	return fmt.Sprintf("%d of %d endpoints cannot be used: %s", len(all), h.endpoints, strings.Join(all, "; "))
}

// tell logs the state when it is another than before.
func (h *health) tell(now time.Time) {
	h.mu.Lock()
	state, err := h.stateLocked(now)
	changed := state != h.told
	h.told = state
	h.mu.Unlock()
	switch {
	case !changed:
	case state == feed.Delivering || state == feed.Starting:
		h.log.Info().Str("state", string(state)).Msg("the source is well")
	case state == feed.Degraded:
		h.log.Warn().Str("state", string(state)).Str("error", err).Msg("the source delivers a part")
	default:
		h.log.Warn().Str("state", string(state)).Str("error", err).Msg("the source does not deliver")
	}
}
