package hub

import (
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/topic"
)

// nowhere is the place before anything.
var nowhere topic.Position

// catchUpLocked goes on with a topic of events after some were missed, or in a
// new epoch, which continues the one before.
func (s *stream) catchUpLocked(state feedlog.State, now time.Time) {
	for _, e := range newer(state.Entries, s.at) {
		switch {
		case e.Continues != nowhere: // an epoch begins
			s.leapLocked(e.At, e.Continues.Epoch != s.at.Epoch || e.Continues.Seq > s.at.Seq, now)
			continue
		case s.hadLocked(e):
			s.leapLocked(e.At, false, now)
			continue
		case e.At.Epoch != s.at.Epoch || e.Base != s.at.Seq:
			s.leapLocked(topic.Position{Epoch: e.At.Epoch, Seq: e.Base}, e.At.Epoch == s.at.Epoch || e.Base > 0, now)
		}
		s.content.apply(e)
		s.at = e.At
	}
	if s.at != state.At {
		s.leapLocked(state.At, state.At.Epoch == s.at.Epoch || state.At.Seq > 0, now)
	}
	s.flushLocked(now, nil, everyone)
}

// newer gives the entries that come after a position. Those of its epoch, and of
// those before, may be there, too.
func newer(entries []*feedlog.Entry, at topic.Position) []*feedlog.Entry {
	for i, e := range slices.Backward(entries) {
		if e.At.Epoch == at.Epoch && e.At.Seq <= at.Seq {
			return entries[i+1:]
		}
	}
	for i, e := range slices.Backward(entries) {
		if e.Continues != nowhere && e.Continues.Epoch == at.Epoch {
			return entries[i:]
		}
	}
	return entries
}

// hadLocked says whether an event was told where it had its place first, in an
// epoch whose end the log has lost.
func (s *stream) hadLocked(e *feedlog.Entry) bool {
	h, ok := s.content.(*history)
	return ok && e.Origin != nowhere && h.had(e.Origin)
}

// had says whether there was an event at a position, of those that are still known.
func (h *history) had(at topic.Position) bool {
	return slices.ContainsFunc(h.kept, func(e *event) bool { return e.At == at || e.Origin == at }) ||
		at.Epoch == h.before.Epoch && at.Seq <= h.before.Seq
}

// leapLocked goes on with a topic of events at another position, once all that is
// known is told. When events are missing in between, nobody is led over them: what
// comes next does not begin where a client is, and no resume from before is known.
func (s *stream) leapLocked(at topic.Position, missing bool, now time.Time) {
	s.flushLocked(now, nil, everyone)
	h := s.content.(*history)
	if !missing && at.Epoch != s.at.Epoch {
		h.end(s.at)
	}
	h.leap(at, missing)
	for _, a := range s.audiences {
		for _, c := range a.cohorts {
			if at.Epoch != s.at.Epoch || c.seen < at.Seq { // else it is ahead of this process
				c.sent, c.seen = at.Seq, at.Seq
			}
		}
		a.gone = at.Seq
	}
	s.at = at
}

// leap goes on at another position. When some are missing in between, nothing is
// known of what was before.
func (h *history) leap(at topic.Position, missing bool) {
	if h.at = at; missing {
		h.gone += len(h.kept)
		h.kept, h.bytes, h.before, h.ends = nil, 0, at, nil
	}
}
