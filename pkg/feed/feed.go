// Package feed is the writer side of a topic: it merges what sources report
// into records and writes to the log what changed.
//
// Sources call [Feed.Put] from any goroutine; it merges and returns. One
// goroutine, in [Feed.Run], owns the writing: at most so many times a second as
// the topic's policy allows it turns what changed since the last time into one
// change. Only the newest value of a field counts; when nothing changed,
// nothing is written.
//
// Where several processes could write the topic ([Feed.Lead]) one does, and takes over
// what another has told. When its sources fall silent it gives way to one whose sources
// are not: package lease, of Redis, says how soon.
package feed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/ratelimit"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// sweepEvery is how often records are checked for their age.
const sweepEvery = time.Second

// Feed writes one state topic. It is safe for concurrent use.
type Feed struct {
	// Static.
	policy topic.Policy
	log    feedlog.Log
	logger zerolog.Logger
	wake   chan struct{} // holds one token when there may be something to tell

	// Static once sources report.
	watchers []Watcher
	leases   feedlog.Leases // nil when no other process writes the topic

	leads atomic.Bool // with leases: this process writes

	// Owned by Run.
	pacer   *ratelimit.Pacer
	writer  feedlog.Writer // nil when there is no epoch to continue
	lease   feedlog.Lease  // nil while another process has it
	sought  chan feedlog.Lease
	seeking sync.WaitGroup

	mu     sync.Mutex // guards all below
	merged *merger
	heard  time.Time // when a source last reported
	full   bool      // records were refused before the last look
	seen   uint64    // how many
}

var _ Sink = (*Feed)(nil)

// New gives the feed of a state topic. Nothing is written before Run.
func New(policy topic.Policy, log feedlog.Log, logger zerolog.Logger) *Feed {
	return &Feed{
		policy: policy,
		log:    log,
		logger: logger.With().Str("topic", policy.Name).Logger(),
		wake:   make(chan struct{}, 1),
		pacer:  ratelimit.New(policy.Rate),
		merged: newMerger(policy),
	}
}

// From gives the sink of a source, by its name. All are asked for before the
// first report: what several sources say of one record is merged, the newest value
// of each field counts.
func (f *Feed) From(source string) Sink {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.merged.sources = append(f.merged.sources, source)
	return sink{f, len(f.merged.sources) - 1}
}

// IsFed says whether the feed has a source.
func (f *Feed) IsFed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.merged.sources) > 0
}

// sink is a source's way into a feed.
type sink struct {
	feed   *Feed
	source int
}

var _ Sink = sink{}

// Put implements [Sink].
func (s sink) Put(updates []record.Update) { s.feed.put(updates, s.source) }

// Put implements [Sink], for a feed that has one source.
func (f *Feed) Put(updates []record.Update) { f.put(updates, 0) }

// Watcher sees every record as it is merged, before the topic's pace. It is called
// with the feed's lock held: it reads, keeps none of the fields, and returns.
type Watcher interface {
	// Changed is told of a record that a source has reported. observed is the time of
	// its newest message, now the present, in unix milliseconds.
	Changed(key string, fields record.Fields, observed, now int64)
	// Gone is told of one that nobody hears any more.
	Gone(key string, now int64)
}

// Watch adds a watcher. It is called before the first report.
func (f *Feed) Watch(w Watcher) { f.watchers = append(f.watchers, w) }

func (f *Feed) put(updates []record.Update, source int) {
	heard := time.Now()
	now := heard.UnixMilli()
	f.mu.Lock()
	f.heard = heard
	for i := range updates {
		r := f.merged.put(&updates[i], source, now)
		if r == nil {
			continue
		}
		for _, w := range f.watchers {
			w.Changed(r.key, r.now, r.observed, now)
		}
	}
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Records gives the records as they were told to readers, in the order of their
// keys. (What was reported may be newer by what the pace and the policy's noise
// hold back.)
func (f *Feed) Records() []record.Record {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]record.Record, 0, len(f.merged.rows))
	for _, r := range f.merged.rows {
		if r.isTold {
			out = append(out, record.Record{Key: r.key, Fields: slices.Clone(r.told)})
		}
	}
	slices.SortFunc(out, func(a, b record.Record) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

// Run writes until ctx ends. When the log fails it tries again, with back-off,
// in a new epoch; nothing that was put is lost meanwhile but what a newer value
// replaces.
func (f *Feed) Run(ctx context.Context) error {
	defer f.resign()
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	paced := time.NewTimer(0)
	defer paced.Stop()
	retry := backoff.NewExponentialBackOff()
	retry.MaxInterval = 10 * time.Second
	failing := trouble{logger: f.logger}
	for {
		f.seek(ctx)
		wait, err := f.step(ctx, time.Now())
		switch {
		case ctx.Err() != nil || errors.Is(err, feedlog.ErrClosed):
			return nil
		case errors.Is(err, feedlog.ErrFenced) && f.leases != nil:
			f.yield("another one has begun")
			err = nil
		case err != nil:
			wait = retry.NextBackOff()
		default:
			retry.Reset()
		}
		failing.note(err)
		if wait > 0 {
			paced.Reset(wait)
		}
		if !f.rest(ctx, sweep.C, paced.C, err != nil) {
			return nil
		}
	}
}

// rest waits for something to do, and says whether there is: not when ctx has ended.
func (f *Feed) rest(ctx context.Context, sweep, paced <-chan time.Time, failing bool) bool {
	wake := f.wake
	if failing { // no news matter before the log is back
		wake = nil
	}
	for {
		select {
		case <-ctx.Done():
			return false
		case <-wake:
		case <-paced:
		case now := <-sweep:
			f.sweep(now)
			if failing {
				continue
			}
		case <-f.lost():
			f.yield("the lease is lost")
		case lease, ok := <-f.sought:
			f.found(lease, ok)
		}
		return true
	}
}

// sweep removes what is too old, and tells when the topic is full, or no longer.
func (f *Feed) sweep(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, key := range f.merged.expire(now.UnixMilli()) {
		for _, w := range f.watchers {
			w.Gone(key, now.UnixMilli())
		}
	}
	full := f.merged.refused > f.seen
	f.seen = f.merged.refused
	if full == f.full {
		return
	}
	if f.full = full; full {
		f.logger.Warn().Int("records", f.policy.MaxRecords).Msg("the topic is full; records of further keys are refused")
	} else {
		f.logger.Info().Uint64("refused", f.merged.refused).Msg("the topic is no longer full")
	}
}

// Refused counts the updates that were refused because the topic was full.
func (f *Feed) Refused() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.merged.refused
}

// step writes what there is to tell, if the pace allows it; otherwise it says
// how long to wait.
func (f *Feed) step(ctx context.Context, now time.Time) (wait time.Duration, err error) {
	if !f.mayWrite() {
		return 0, nil
	}
	if f.writer == nil {
		if err := f.open(ctx); err != nil {
			return 0, err
		}
		if !f.Leads() {
			f.tellLed(true)
		}
	}
	f.mu.Lock()
	pending := f.merged.pending()
	f.mu.Unlock()
	if !pending {
		return 0, nil
	}
	if wait := f.pacer.Take(now); wait > 0 {
		return wait, nil
	}
	f.mu.Lock()
	change := f.merged.flush(now.UnixMilli())
	f.mu.Unlock()
	if change == nil {
		return 0, nil
	}
	if _, err := f.writer.Append(ctx, change); err != nil {
		f.writer = nil
		return 0, fmt.Errorf("append: %w", err)
	}
	return 0, nil
}

// Begin opens an epoch, whose first change tells every record: its readers know
// none. Run does it by itself; who calls it before Run knows that the topic has
// begun when it returns. A feed that another process may write for does nothing.
func (f *Feed) Begin(ctx context.Context) error {
	if f.leases != nil {
		return nil
	}
	return f.open(ctx)
}
