package hub

import (
	"errors"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/wire"
)

// staleAfter is how long the log has to fail until clients are told: they need
// not know of a connection that is made anew.
const staleAfter = time.Second

// staleness is since when a topic's log cannot be read. The zero value is that of
// one that can.
type staleness struct {
	since time.Time
	told  bool
	level zerolog.Level // at which its end is logged
}

// failed takes note of a log that could not be read.
func (s *stream) failed(err error, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stale.since.IsZero() {
		s.stale.since = now
		level := zerolog.WarnLevel
		s.stale.level = zerolog.InfoLevel
		if errors.Is(err, feedlog.ErrAway) { // the log says so itself, once for all topics
			level, s.stale.level = zerolog.DebugLevel, zerolog.DebugLevel
		}
		s.logger.WithLevel(level).Err(err).Msg("the log cannot be read; trying until it can")
		s.rouse()
	}
	s.warnLocked(now)
}

// warnLocked tells clients once the log has failed for long enough, and says when that
// will be: who reads it may wait for longer until it fails the next time.
func (s *stream) warnLocked(now time.Time) (next time.Time, ok bool) {
	if s.stale.since.IsZero() || s.stale.told {
		return next, false
	}
	if next = s.stale.since.Add(staleAfter); now.Before(next) {
		return next, true
	}
	s.stale.told = true
	s.tellStaleLocked(s.subscriptionsLocked()...)
	return next, false
}

// recovered takes note of one that can be read again.
func (s *stream) recovered(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stale.since.IsZero() {
		return
	}
	s.logger.WithLevel(s.stale.level).Dur("after", now.Sub(s.stale.since)).Msg("the log can be read again")
	told := s.stale.told
	s.stale = staleness{}
	if told {
		s.tellStaleLocked(s.subscriptionsLocked()...)
	}
}

// tellStaleLocked tells since when what the sessions have is old, or that it no
// longer is.
func (s *stream) tellStaleLocked(to ...*subscription) {
	stale := wire.Stale{Topic: s.policy.Name}
	if !s.stale.since.IsZero() {
		since := wire.Timestamp(s.stale.since)
		stale.Since = &since
	}
	m, err := wire.New("stream:stale", stale)
	if err != nil {
		s.logger.Error().Err(err).Msg("sessions cannot be told that a topic is stale")
		return
	}
	for _, sub := range to {
		sub.to.Send(m)
	}
}

// subscriptionsLocked gives all who see the topic.
func (s *stream) subscriptionsLocked() []*subscription {
	var all []*subscription
	for _, a := range s.audiences {
		for _, c := range a.cohorts {
			all = append(all, c.members...)
		}
	}
	return append(append(all, s.parked...), s.owed...)
}
