package feed

import (
	"maps"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/geo"
)

// Health keeps the [Status] of a source, and logs when its state changes. It is
// safe for concurrent use.
type Health struct {
	log zerolog.Logger

	mu     sync.Mutex // guards latest
	latest Status
}

// NewHealth gives the health of a source that is [Starting]; receiver is nil
// when its position is unknown.
func NewHealth(log zerolog.Logger, receiver *geo.Point) *Health {
	return &Health{log: log, latest: Status{State: Starting, Receiver: receiver, Bad: map[string]uint64{}}}
}

// Status gives what is known. It is the caller's to keep.
func (h *Health) Status() Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.latest
	s.Bad = maps.Clone(s.Bad)
	return s
}

// Locate takes note of where the receiver stands.
func (h *Health) Locate(p *geo.Point) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.latest.Receiver = p
}

// Use counts the records that were used and, by reason, what was refused beside
// them. newest is when the newest of them was heard, in unix milliseconds.
func (h *Health) Use(records int, newest int64, bad map[string]uint64) {
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

// Count takes note of the receiver's own count of messages.
func (h *Health) Count(messages uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.latest.Messages = messages
}

// Fail counts what went wrong by its reason; the source is [Failing] from now on.
func (h *Health) Fail(reason, err string) {
	h.mu.Lock()
	h.latest.Bad[reason]++
	h.mu.Unlock()
	h.Become(Failing, err)
}

// Become sets the state, with what is wrong in it, if anything is.
func (h *Health) Become(state State, err string) {
	h.mu.Lock()
	changed := h.latest.State != state
	h.latest.State, h.latest.Err = state, err
	h.mu.Unlock()
	switch {
	case !changed:
	case state == Delivering:
		h.log.Info().Str("state", string(state)).Msg("the source delivers")
	default:
		h.log.Warn().Str("state", string(state)).Str("error", err).Msg("the source does not deliver")
	}
}
