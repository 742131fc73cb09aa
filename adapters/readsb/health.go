package readsb

import (
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/geo"
)

// health keeps a source's status and logs when its state changes. It is safe
// for concurrent use.
type health struct {
	log zerolog.Logger

	mu     sync.Mutex // guards latest
	latest feed.Status
}

func newHealth(log zerolog.Logger, receiver *geo.Point) *health {
	return &health{log: log, latest: feed.Status{State: feed.Starting, Receiver: receiver, Bad: map[string]uint64{}}}
}

// located takes note of where the receiver stands.
func (h *health) located(p *geo.Point) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.latest.Receiver = p
}

func (h *health) status() feed.Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.latest
	s.Bad = maps.Clone(s.Bad)
	return s
}

// used counts the records of one file; newest is in unix milliseconds.
func (h *health) used(records int, newest int64, bad map[string]uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.latest.Records += uint64(records)
	for reason, n := range bad {
		h.latest.Bad[reason] += n
	}
	if t := time.UnixMilli(newest); newest > 0 && t.After(h.latest.Newest) {
		h.latest.Newest = t
	}
}

// failed takes note of a poll that went wrong.
func (h *health) failed(err error) {
	h.mu.Lock()
	h.latest.Bad[reasonOf(err)]++
	h.mu.Unlock()
	h.become(feed.Failing, err.Error())
}

// answered takes note of a poll that went well; newest is when the newest file
// was written, zero when there is none.
func (h *health) answered(newest, now time.Time) {
	switch age := now.Sub(newest); {
	case newest.IsZero():
		h.become(feed.Stale, "the receiver answers, but nothing was heard yet")
	case age > staleAfter:
		h.become(feed.Stale, fmt.Sprintf("the receiver answers, but its newest data is %v old", age.Round(time.Second)))
	default:
		h.become(feed.Delivering, "")
	}
}

func (h *health) become(state feed.State, err string) {
	h.mu.Lock()
	changed := h.latest.State != state
	h.latest.State, h.latest.Err = state, err
	h.mu.Unlock()
	switch {
	case !changed:
	case state == feed.Delivering:
		h.log.Info().Str("state", string(state)).Msg("the source delivers")
	default:
		h.log.Warn().Str("state", string(state)).Str("error", err).Msg("the source does not deliver")
	}
}
