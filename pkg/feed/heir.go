package feed

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/skygate-io/skygate/pkg/record"
)

// Heir is a [Monitor] that goes on with what another process, or an earlier run of
// this one, has told.
type Heir interface {
	// Inherit is given the newest event of each key that is kept, oldest first, before
	// the monitor speaks, and gives what follows from it: what it has found meanwhile
	// and nobody told.
	Inherit(told []record.Event, now time.Time) []record.Event
}

var _ Led = (*Lookout)(nil)

// Lead implements [Led]. Before the monitor speaks it learns what was told.
func (l *Lookout) Lead(leads bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.leads = leads; !leads {
		l.speaks.Store(false)
		return
	}
	select {
	case l.claim <- struct{}{}:
	default:
	}
}

// Speaks says whether what the monitor finds is published.
func (l *Lookout) Speaks() bool { return l.speaks.Load() }

// inherit has the monitor learn what was told, and speak from then on.
func (l *Lookout) inherit(ctx context.Context) {
	told, err := backoff.Retry(ctx, func() ([]record.Event, error) {
		state, err := l.to.log.Load(ctx, l.to.topic)
		if err != nil {
			return nil, err
		}
		at := map[string]int{}
		var told []record.Event
		for _, e := range state.Entries {
			if e.Change.Event == nil {
				continue
			}
			if i, known := at[e.Change.Event.Key]; known {
				told[i] = *e.Change.Event
				continue
			}
			at[e.Change.Event.Key] = len(told)
			told = append(told, *e.Change.Event)
		}
		return told, nil
	}, backoff.WithMaxElapsedTime(inheritFor))
	if err != nil && ctx.Err() == nil {
		l.logger.Error().Err(err).Msg("what was told before cannot be read; it may be told again")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.leads {
		return
	}
	l.speaks.Store(true)
	if heir, ok := l.monitor.(Heir); ok && err == nil {
		l.publishLocked(heir.Inherit(told, time.Now()), 0)
	}
}

// inheritFor is how long it is tried to learn what was told. Dangers do not wait
// for it for ever.
const inheritFor = 10 * time.Second
