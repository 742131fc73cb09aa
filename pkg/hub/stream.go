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
)

// forgetEvery is how often it is looked for what may be forgotten, and for slow
// sessions that have kept up.
const forgetEvery = time.Second

// stream is one topic: what it holds, and who sees it.
type stream struct {
	// Static.
	policy topic.Policy
	batch  batch.Config
	start  time.Time // of the clock on which windows end
	logger zerolog.Logger
	rouse  func() // tells the sender that something may be due

	mu        sync.Mutex // guards all below
	at        topic.Position
	loaded    bool // from the log, once
	content   content
	audiences []*audience
	byKey     map[audienceKey]*audience
	carried   batch.Traffic
	tended    time.Time
	heard     time.Time // when somebody wrote, for the last time; zero when that was before this process
	stale     staleness
	moved     chan struct{} // closed when at moves, if somebody waits for that

	// Subscriptions that are in no audience's cohort, or wait for something.
	owed    []*subscription // a snapshot, soonest first
	parked  []*subscription // the next part of a snapshot
	turning []*subscription // a change of view
	slowed  []*subscription // a better pace
}

func newStream(policy topic.Policy, batches batch.Config, start time.Time, logger zerolog.Logger, rouse func()) *stream {
	s := &stream{
		policy: policy, batch: batches, start: start, rouse: rouse,
		logger: logger.With().Str("topic", policy.Name).Logger(),
		byKey:  map[audienceKey]*audience{},
	}
	if policy.Bypass {
		s.batch.Window = 0
	}
	s.content = s.newContent(feedlog.State{})
	return s
}

func (s *stream) newContent(state feedlog.State) content {
	if s.policy.Kind == topic.Event {
		return newHistory(&s.policy, state)
	}
	return newPicture(&s.policy, s.batch.MaxMessage, state)
}

// follow keeps the content at the newest position until ctx ends.
func (s *stream) follow(ctx context.Context, log feedlog.Log) {
	retry := backoff.NewExponentialBackOff()
	retry.MaxInterval = 5 * time.Second
	for {
		err := s.load(ctx, log)
		for err == nil {
			s.recovered(time.Now())
			retry.Reset()
			var entries []*feedlog.Entry
			if entries, err = log.Read(ctx, s.policy.Source(), s.reads()); err == nil {
				err = s.apply(entries, time.Now())
			}
		}
		switch {
		case ctx.Err() != nil || errors.Is(err, feedlog.ErrClosed):
			return
		case errors.Is(err, feedlog.ErrGone):
			continue
		}
		s.failed(err, time.Now())
		select {
		case <-ctx.Done():
		case <-time.After(retry.NextBackOff()):
		}
	}
}

// reads says from where the log is read on. One that has lost the topic is as if nobody
// had begun it yet: it says so when somebody does.
func (s *stream) reads() topic.Position {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stale.lost.IsZero() {
		return nowhere
	}
	return s.at
}

// load begins anew from what the log has.
func (s *stream) load(ctx context.Context, log feedlog.Log) error {
	state, err := log.Load(ctx, s.policy.Source())
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.loaded
	s.loaded = true
	switch state.At {
	case s.at:
		if !s.stale.lost.IsZero() { // it is back, as it was
			s.writtenLocked(time.Now())
		}
		return nil
	case nowhere:
		s.forgottenLocked(time.Now())
		return nil
	}
	defer s.movedLocked()
	if before { // somebody has written since
		defer s.heardLocked(time.Now())
	}
	if s.policy.Kind == topic.Event && s.at != (topic.Position{}) {
		s.catchUpLocked(state, time.Now())
		return nil
	}
	s.at, s.content = state.At, s.newContent(state)
	s.restartLocked(time.Now())
	return nil
}

// restartLocked owes everyone a snapshot: no update leads to what there is now.
// A crowd gets theirs over a while.
func (s *stream) restartLocked(now time.Time) {
	var all []*subscription
	for _, a := range s.audiences {
		for _, c := range a.cohorts {
			all = append(all, c.members...)
			c.members = nil
		}
	}
	all = append(all, s.parked...)
	s.audiences, s.parked, s.turning = nil, nil, nil
	clear(s.byKey)
	spread := min(maxSpread, time.Duration(len(all))*spreadEach)
	for i, sub := range all {
		sub.view = sub.target()
		sub.cohort, sub.parts, sub.turn = nil, nil, nil
		sub.to.Purge(s.policy.Name)
		s.oweLocked(sub, now.Add(spread*time.Duration(i)/time.Duration(len(all))))
	}
	s.payLocked(now)
}

// A crowd's snapshots after a restart are spread over up to two seconds.
const (
	maxSpread  = 2 * time.Second
	spreadEach = 200 * time.Microsecond
)

// apply brings the content forward, and what changed to those who see it.
func (s *stream) apply(entries []*feedlog.Entry, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var urgent []string
	for _, e := range entries {
		if e.Base != s.at.Seq || e.At.Epoch != s.at.Epoch {
			return feedlog.ErrGone
		}
		if s.hadLocked(e) {
			s.leapLocked(e.At, false, now)
			continue
		}
		s.content.apply(e)
		s.at = e.At
		s.carried.Messages++
		s.carried.Bytes += e.Change.Size()
		urgent = append(urgent, s.urgentIn(e)...)
	}
	s.movedLocked()
	hurry := nobody
	if len(urgent) > 0 {
		hurry = func(a *audience) bool { return s.sees(a, urgent) }
	}
	if s.flushLocked(now, nil, hurry) {
		s.rouse()
	}
	s.heardLocked(now)
	return nil
}

// urgentIn gives the keys of the records in an entry that must not wait.
func (s *stream) urgentIn(e *feedlog.Entry) (keys []string) {
	if s.policy.Urgent == "" {
		return nil
	}
	for _, list := range [][]record.Record{e.Change.Added, e.Change.Updated} {
		for i := range list {
			if list[i].Fields.Get(s.policy.Urgent) == "true" {
				keys = append(keys, list[i].Key)
			}
		}
	}
	return keys
}

// sees says whether an audience sees one of some records.
func (s *stream) sees(a *audience, keys []string) bool {
	p, ok := s.content.(*picture)
	return ok && slices.ContainsFunc(keys, func(key string) bool { return p.replica.Sees(a.view, key) })
}

func everyone(*audience) bool { return true }
func nobody(*audience) bool   { return false }

// flushLocked brings those to the present whose window is not open, is full, or
// ends, and those who are in a hurry. It says whether somebody waits.
func (s *stream) flushLocked(now time.Time, hold func(Receiver), hurry func(*audience) bool) (waiting bool) {
	for _, a := range s.audiences {
		if !a.behind(s.at.Seq) {
			continue
		}
		// What has waited for the end of a window is the sender's, who tells a session
		// all its topics in one write: not so whatever comes just after that end.
		mine := hold != nil || !a.waits
		if mine && a.window.Due(now, s.carried) || a.window.Full(s.carried) || hurry(a) {
			s.flushAudienceLocked(a, now, hold)
			continue
		}
		waiting, a.waits = true, true
	}
	return waiting
}

func (s *stream) flushAudienceLocked(a *audience, now time.Time, hold func(Receiver)) {
	a.waits = false
	told, share := false, batch.Share(0)
	for _, c := range a.cohorts {
		if len(c.members) == 0 {
			continue
		}
		if f := s.content.advance(c, a.view, now); len(f.plain) > 0 {
			c.deliver(f, s.batch.MaxMessage, now, hold)
			told = true
		}
		share = max(share, s.content.share(c))
	}
	a.merge()
	a.window.Flushed(now, s.carried, share, told)
}

// sendDue sends what is due and says when the next is, if anything waits.
func (s *stream) sendDue(now time.Time, hold func(Receiver)) (next time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turnLocked(now)
	s.payLocked(now)
	s.flushLocked(now, hold, nobody)
	if now.Sub(s.tended) >= forgetEvery {
		s.tended = now
		s.tendLocked(now)
	}
	sooner := func(t time.Time) {
		if !ok || t.Before(next) {
			next, ok = t, true
		}
	}
	for _, a := range s.audiences {
		if a.behind(s.at.Seq) {
			sooner(a.window.End())
		}
	}
	if at, waits := s.warnLocked(now); waits {
		sooner(at)
	}
	if len(s.owed) > 0 {
		sooner(s.owed[0].due)
	}
	for _, sub := range s.turning {
		sooner(sub.turnAt)
	}
	return next, ok
}

// tendLocked forgets what is old, when everyone has passed it, and lets slow
// sessions that have kept up go faster.
func (s *stream) tendLocked(now time.Time) {
	switch c := s.content.(type) {
	case *picture:
		if seq := c.forgettable(now); seq > 0 {
			s.passLocked(seq, now)
		}
		c.forget(now)
	case *history:
		if gone := c.forgettable(now); len(gone) > 0 {
			s.passLocked(gone[len(gone)-1].At.Seq, now)
			s.noteGoneLocked(gone)
			c.forget(len(gone))
		}
	}
	s.promoteLocked(now)
	s.sweepLocked(now)
}

// noteGoneLocked notes which audiences saw events that are forgotten next.
func (s *stream) noteGoneLocked(gone []*event) {
	for _, a := range s.audiences {
		for _, e := range gone {
			if e.At.Epoch == s.at.Epoch && e.seenBy(a.view) {
				a.gone = e.At.Seq
			}
		}
	}
}

// passLocked brings everyone past a seq: what they hold may name a record that
// is forgotten next. Who is still taking the parts of a snapshot from before it
// takes too long.
func (s *stream) passLocked(seq uint64, now time.Time) {
	for _, a := range s.audiences {
		if a.behind(seq) {
			s.flushAudienceLocked(a, now, nil)
		}
		if c := a.cached.cohort; c != nil && c.seen < seq { // nobody may begin there any more
			a.cached = snapshot{}
		}
	}
	for _, sub := range slices.Clone(s.parked) {
		if sub.cohort.seen < seq {
			sub.to.Close(ReasonTooSlow)
			s.leaveLocked(sub)
		}
	}
}
