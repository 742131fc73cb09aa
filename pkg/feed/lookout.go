package feed

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
)

// tickEvery is how often a monitor is told the time.
const tickEvery = time.Second

// Monitor draws conclusions from records, and gives the events that follow. It is
// a mechanism: it is told the time, and called by one at a time.
type Monitor interface {
	// Observe is told of a record as it is merged; see [Watcher]. It may keep the
	// fields' values, but not the list.
	Observe(key string, fields record.Fields, observed int64, now time.Time) []record.Event
	// Gone is told of one that nobody hears any more.
	Gone(key string, now time.Time) []record.Event
	// Tick is called about once a second, also when nothing happens.
	Tick(now time.Time) []record.Event
}

// Lookout has a monitor watch a feed, and publishes what it finds, while this
// process writes the feed's topic: the monitors of others watch and are silent. It
// is safe for concurrent use.
type Lookout struct {
	// Static.
	to     *Publisher
	logger zerolog.Logger
	claim  chan struct{} // holds one token when this process is to speak
	memory func() []*feedlog.Entry

	speaks atomic.Bool

	mu      sync.Mutex // guards all below
	monitor Monitor
	leads   bool // this process is to speak, once it knows what was told
	lost    bool // the last event found no room
	warned  map[string]bool
}

// counter is a monitor that counts, by reason, what there was too much of to look at.
type counter interface{ Dropped() map[string]uint64 }

var _ Watcher = (*Lookout)(nil)

// NewLookout gives a lookout. It is given to [Feed.Watch], and runs beside the feed.
func NewLookout(m Monitor, to *Publisher, logger zerolog.Logger) *Lookout {
	l := &Lookout{to: to, logger: logger, claim: make(chan struct{}, 1), monitor: m}
	l.speaks.Store(true)
	return l
}

// Changed implements [Watcher].
func (l *Lookout) Changed(key string, fields record.Fields, observed, now int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.publishLocked(l.monitor.Observe(key, fields, observed, time.UnixMilli(now)), observed)
}

// Gone implements [Watcher].
func (l *Lookout) Gone(key string, now int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.publishLocked(l.monitor.Gone(key, time.UnixMilli(now)), 0)
}

// Run tells the monitor the time until ctx ends.
func (l *Lookout) Run(ctx context.Context) error {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-l.claim:
			l.inherit(ctx)
		case now := <-tick.C:
			l.mu.Lock()
			l.publishLocked(l.monitor.Tick(now), 0)
			l.warnLocked()
			l.mu.Unlock()
		}
	}
}

// Dropped counts, by reason, what the monitor left out because there was too much
// of it; nil when there is nothing.
func (l *Lookout) Dropped() map[string]uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.droppedLocked()
}

func (l *Lookout) droppedLocked() map[string]uint64 {
	if c, ok := l.monitor.(counter); ok {
		return c.Dropped()
	}
	return nil
}

// warnLocked tells of each reason once.
func (l *Lookout) warnLocked() {
	for reason, n := range l.droppedLocked() {
		if !l.warned[reason] {
			if l.warned == nil {
				l.warned = map[string]bool{}
			}
			l.warned[reason] = true
			l.logger.Warn().Str("reason", reason).Uint64("so_far", n).Msg("there is more than can be watched: a part is left out, and counted")
		}
	}
}

func (l *Lookout) publishLocked(events []record.Event, observed int64) {
	if !l.speaks.Load() {
		return
	}
	for _, e := range events {
		err := l.to.Publish(context.Background(), e, observed)
		if err != nil && !l.lost {
			l.logger.Error().Err(err).Str("event", e.Name).Msg("events are lost")
		}
		l.lost = err != nil
	}
}
