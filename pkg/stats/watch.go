package stats

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/record"
)

// stepEvery is how often a monitor is told the time.
const stepEvery = time.Second

// Watch has a monitor watch, and publishes what it tells. Use [NewWatch], then Run once.
type Watch struct {
	// Static.
	to     Publishers
	logger zerolog.Logger

	// Owned by Run.
	monitor *Monitor
	lost    bool // the last event found no room
}

// Publishers are of the topics of [Told].
type Publishers struct{ Stats, Beside, ACARS *feed.Publisher }

// NewWatch gives a watch. The publishers run beside it.
func NewWatch(m *Monitor, to Publishers, logger zerolog.Logger) *Watch {
	return &Watch{to: to, logger: logger, monitor: m}
}

// Run watches until ctx ends. It returns nil.
func (w *Watch) Run(ctx context.Context) error {
	tick := time.NewTicker(stepEvery)
	defer tick.Stop()
	for now := time.Now(); ; {
		told := w.monitor.Step(now)
		w.publish(ctx, w.to.Stats, told.Stats)
		w.publish(ctx, w.to.Beside, told.Beside)
		w.publish(ctx, w.to.ACARS, told.ACARS)
		select {
		case <-ctx.Done():
			return nil
		case now = <-tick.C:
		}
	}
}

func (w *Watch) publish(ctx context.Context, to *feed.Publisher, events []record.Event) {
	for _, e := range events {
		err := to.Publish(ctx, e, 0)
		if err != nil && ctx.Err() == nil && !w.lost {
			w.logger.Error().Err(err).Str("event", e.Name).Msg("figures are lost")
		}
		w.lost = err != nil
	}
}
