package hub

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// wholeView is the view of those who see all of a topic.
const wholeView = "all"

// stream is one topic: its replica, and who sees it.
type stream struct {
	// Static.
	policy topic.Policy
	window time.Duration
	logger zerolog.Logger
	kick   chan struct{} // holds one token when the time of the next sending may have changed

	mu       sync.Mutex // guards all below
	at       topic.Position
	table    *record.Table
	audience audience
	owed     []*subscription // joined by themselves; their snapshot waits, soonest first
	cached   snapshot
}

// snapshot is one that was sent, kept for those who join right after.
type snapshot struct {
	at      topic.Position
	made    time.Time
	message *wire.Message
}

func newStream(policy topic.Policy, batches batch.Config, logger zerolog.Logger) *stream {
	return &stream{
		policy:   policy,
		window:   batches.Window,
		logger:   logger.With().Str("topic", policy.Name).Logger(),
		kick:     make(chan struct{}, 1),
		table:    record.NewTable(),
		audience: audience{window: batch.New(batches)},
	}
}

// follow keeps the replica at the newest position until ctx ends.
func (s *stream) follow(ctx context.Context, log feedlog.Log) {
	retry := backoff.NewExponentialBackOff()
	retry.MaxInterval = 5 * time.Second
	for {
		err := s.load(ctx, log)
		for err == nil {
			retry.Reset()
			var entries []*feedlog.Entry
			if entries, err = log.Read(ctx, s.policy.Name, s.at); err == nil {
				err = s.apply(entries, time.Now())
			}
		}
		switch {
		case ctx.Err() != nil || errors.Is(err, feedlog.ErrClosed):
			return
		case errors.Is(err, feedlog.ErrGone):
			continue
		}
		s.logger.Warn().Err(err).Msg("the log cannot be read; trying again")
		select {
		case <-ctx.Done():
		case <-time.After(retry.NextBackOff()):
		}
	}
}

// load begins anew from the log's state. Who is subscribed gets a snapshot: no
// update leads there.
func (s *stream) load(ctx context.Context, log feedlog.Log) error {
	state, err := log.Load(ctx, s.policy.Name)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.table = record.NewTable()
	s.table.Apply(&record.Change{Added: state.Records})
	if s.at == state.At {
		return nil
	}
	s.at = state.At
	members := s.audience.reset()
	for _, sub := range members {
		s.audience.join(sub, s.at.Seq)
		sub.to.Send(s.snapshotLocked(time.Now()))
	}
	return nil
}

// apply brings the replica forward, and what changed to those who see it.
func (s *stream) apply(entries []*feedlog.Entry, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range entries {
		if e.Base != s.at.Seq || e.At.Epoch != s.at.Epoch {
			return feedlog.ErrGone
		}
		s.table.Apply(e.Change)
		s.at = e.At
		if s.audience.add(e, now) {
			s.flushLocked(now)
		}
	}
	if s.audience.window.Waiting() {
		s.rouse()
	}
	return nil
}

// send sends what waits when it is due, until ctx ends.
func (s *stream) send(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.kick:
		case <-timer.C:
		}
		now := time.Now()
		if next, ok := s.sendDue(now); ok {
			timer.Reset(next.Sub(now))
		}
	}
}

// sendDue sends what is due and says when the next is, if anything waits.
func (s *stream) sendDue(now time.Time) (next time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := &s.audience.window
	if w.Waiting() && !now.Before(w.Due()) {
		s.flushLocked(now)
	}
	ripe := slices.IndexFunc(s.owed, func(sub *subscription) bool { return now.Before(sub.due) })
	if ripe < 0 {
		ripe = len(s.owed)
	}
	for _, sub := range slices.Clone(s.owed[:ripe]) {
		sub.to.Send(s.joinLocked(sub, now))
	}
	if w.Waiting() {
		next, ok = w.Due(), true
	}
	if len(s.owed) > 0 && (!ok || s.owed[0].due.Before(next)) {
		next, ok = s.owed[0].due, true
	}
	return next, ok
}

func (s *stream) flushLocked(now time.Time) {
	s.audience.flush(&s.policy, s.at, now)
}

// joinLocked makes a subscription one of the audience, and gives the snapshot
// that it begins with.
func (s *stream) joinLocked(sub *subscription, now time.Time) *wire.Message {
	s.leaveLocked(sub)
	s.audience.join(sub, s.at.Seq)
	return s.snapshotLocked(now)
}

// oweLocked promises a subscription its snapshot in a window's time.
func (s *stream) oweLocked(sub *subscription, now time.Time) {
	sub.due = now.Add(s.window)
	s.owed = append(s.owed, sub)
	s.rouse()
}

// leaveLocked takes a subscription out, wherever it is.
func (s *stream) leaveLocked(sub *subscription) {
	if sub.cohort != nil {
		sub.cohort.remove(sub)
		return
	}
	if i := slices.Index(s.owed, sub); i >= 0 {
		s.owed = slices.Delete(s.owed, i, i+1)
	}
}

// snapshotLocked gives the whole view at the present. One that was made within
// the last window is as good as a new one while nothing changed, so a stampede
// of joins costs one encoding.
func (s *stream) snapshotLocked(now time.Time) *wire.Message {
	if c := &s.cached; c.message == nil || c.at != s.at || now.Sub(c.made) > s.window {
		s.cached = snapshot{
			at: s.at, made: now,
			message: wire.Snapshot(&s.policy, wholeView, s.at, s.table.Records(), now),
		}
	}
	return s.cached.message
}

func (s *stream) rouse() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}
