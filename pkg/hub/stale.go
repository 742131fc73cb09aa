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

// staleness is why what a topic holds may be old: its log cannot be read, or nobody
// writes it (or has begun it again, in a log that has lost it). Clients are told once
// that it is, whatever the reason, and once that it no longer is, when there is no reason
// left. The zero value is that of a topic with none.
type staleness struct {
	// since is what clients are told; zero when they are told nothing.
	since time.Time
	// away is since when the log cannot be read, zero when it can; level is at which its
	// end is logged.
	away  time.Time
	level zerolog.Level
	// doubted is since when nobody is known to write the topic, zero when somebody is, or
	// it was not asked. lost is since when the log knows nothing of it any more, zero when
	// it does. unwritten is that either is sure.
	doubted   time.Time
	lost      time.Time
	unwritten bool
}

// isAway says whether the log has failed for so long that clients are told.
func (s *staleness) isAway(now time.Time) bool {
	return !s.away.IsZero() && now.Sub(s.away) >= staleAfter
}

// failed takes note of a log that could not be read.
func (s *stream) failed(err error, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stale.away.IsZero() {
		return
	}
	s.stale.away = now
	s.stale.doubted = time.Time{} // who writes may be cut off, too
	level := zerolog.WarnLevel
	s.stale.level = zerolog.InfoLevel
	if errors.Is(err, feedlog.ErrAway) { // the log says so itself, once for all topics
		level, s.stale.level = zerolog.DebugLevel, zerolog.DebugLevel
	}
	s.logger.WithLevel(level).Err(err).Msg("the log cannot be read; trying until it can")
	s.rouse()
}

// forgottenLocked takes note of a log that has lost everything. Whoever writes the topic
// begins it again; until then what is known here is all that there is.
func (s *stream) forgottenLocked(now time.Time) {
	if s.stale.lost.IsZero() {
		s.stale.lost = now
		s.rouse()
	}
}

// warnLocked tells clients once the log has failed, or the topic was lost, for long
// enough, and says when that will be: who reads the log may wait for longer until it
// fails the next time.
func (s *stream) warnLocked(now time.Time) (next time.Time, ok bool) {
	if away := s.stale.away; !away.IsZero() {
		if s.stale.isAway(now) {
			s.staleLocked(away)
		} else {
			next, ok = away.Add(staleAfter), true
		}
	}
	if lost := s.stale.lost; !lost.IsZero() && !s.stale.unwritten {
		if now.Sub(lost) >= staleAfter {
			s.missedLocked(lost, "the log has lost the topic, and no process begins it again; what clients have of it grows old")
		} else if !ok || lost.Before(s.stale.away) {
			next, ok = lost.Add(staleAfter), true
		}
	}
	return next, ok
}

// recovered takes note of one that can be read again.
func (s *stream) recovered(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stale.away.IsZero() {
		return
	}
	s.logger.WithLevel(s.stale.level).Stringer("after", now.Sub(s.stale.away).Round(time.Millisecond)).Msg("the log can be read again")
	s.stale.away = time.Time{}
	s.freshLocked()
}

// heardLocked takes note of what somebody wrote.
func (s *stream) heardLocked(now time.Time) {
	s.heard = now
	s.writtenLocked(now)
}

// writtenLocked takes note of somebody who writes the topic, or may at any time.
func (s *stream) writtenLocked(now time.Time) {
	s.stale.doubted, s.stale.lost = time.Time{}, time.Time{}
	if s.stale.unwritten && s.policy.Of == "" { // it is logged once for all that show it
		s.logger.Info().Stringer("after", now.Sub(s.stale.since).Round(time.Millisecond)).Msg("a process writes the topic again")
	}
	s.stale.unwritten = false
	s.freshLocked()
}

// unwrittenLocked takes note that nobody does. It is sure once that lasts for longer
// than another takes to follow.
func (s *stream) unwrittenLocked(now time.Time, failover time.Duration) {
	if s.stale.doubted.IsZero() {
		s.stale.doubted = now
		return
	}
	if s.stale.unwritten || now.Sub(s.stale.doubted) < failover {
		return
	}
	since := s.heard
	if since.IsZero() {
		since = s.stale.doubted
	}
	s.missedLocked(since, "no process writes the topic any more; what clients have of it grows old")
}

// missedLocked takes note that it is sure that nobody writes the topic.
func (s *stream) missedLocked(since time.Time, message string) {
	s.stale.unwritten = true
	if s.policy.Of == "" {
		s.logger.Warn().Time("since", since).Msg(message)
	}
	s.staleLocked(since)
}

// staleLocked tells clients that what they have is as old as that, if they have not been
// told yet.
func (s *stream) staleLocked(since time.Time) {
	if s.stale.since.IsZero() {
		s.stale.since = since
		s.tellStaleLocked(s.subscriptionsLocked()...)
	}
}

// freshLocked tells those who were told otherwise that it no longer is old, when there is
// no reason left.
func (s *stream) freshLocked() {
	if s.stale.since.IsZero() || !s.stale.away.IsZero() || !s.stale.lost.IsZero() || s.stale.unwritten {
		return
	}
	s.stale.since = time.Time{}
	s.tellStaleLocked(s.subscriptionsLocked()...)
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
