package hub

import (
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// subscription is a session's part in a topic. Guarded by the stream's lock.
type subscription struct {
	to      Receiver
	view    *view.View
	hz      float64 // that the session asked for; 0 is what the topic has
	capHz   float64 // that it can keep up with; 0 is any
	slowAt  time.Time
	began   uint64 // the seq at which it began, the last time that it did
	batch   bool   // gets the messages of a flush as one event
	legacy  bool   // gets the events for older clients, too
	several bool   // the session has other topics as well

	cohort *cohort // nil while its first snapshot is owed
	index  int     // in cohort.members
	due    time.Time
	parts  []*wire.Message // of a snapshot, yet to be sent; then cohort is its own

	turn   *view.View // the view that it turns to at turnAt
	turnAt time.Time
	turned time.Time // the last time that it did
}

// audienceLocked gives the audience of a subscription's view and pace.
func (s *stream) audienceLocked(sub *subscription) *audience {
	key := audienceKey{sub.view.Token(), s.interval(sub)}
	a := s.byKey[key]
	if a == nil {
		a = &audience{key: key, view: sub.view, window: batch.New(s.batch, s.start, key.interval)}
		a.window.Flushed(time.Time{}, s.carried, 1, false)
		s.byKey[key] = a
		s.audiences = append(s.audiences, a)
	}
	return a
}

// enterLocked puts a subscription whose session holds what a cohort does into
// that, or into one like it.
func (s *stream) enterLocked(sub *subscription, c *cohort) {
	a := s.audienceLocked(sub)
	for _, other := range a.cohorts {
		if other.isLike(c) && len(other.members) > 0 {
			other.add(sub)
			return
		}
	}
	c.audience = a
	c.add(sub)
	a.cohorts = append(a.cohorts, c)
	if a.behind(s.at.Seq) {
		s.rouse()
	}
}

// leaveLocked takes a subscription out, wherever it is.
func (s *stream) leaveLocked(sub *subscription) {
	s.owed, s.turning = without(s.owed, sub), without(s.turning, sub)
	sub.turn = nil
	if sub.parts != nil {
		s.parked = without(s.parked, sub)
		sub.parts, sub.cohort = nil, nil
	}
	if sub.cohort == nil {
		return
	}
	a := sub.cohort.audience
	sub.cohort.remove(sub)
	if a.empty() {
		delete(s.byKey, a.key)
		if i := slices.Index(s.audiences, a); i >= 0 {
			s.audiences = slices.Delete(s.audiences, i, i+1)
		}
	}
}

// endLocked takes it out for good.
func (s *stream) endLocked(sub *subscription) {
	s.leaveLocked(sub)
	s.slowed = without(s.slowed, sub)
}

func without(list []*subscription, sub *subscription) []*subscription {
	if i := slices.Index(list, sub); i >= 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}

// joinLocked makes a subscription one of its audience, and gives the snapshot
// that it begins with. One that was made within the last window is as good as a
// new one while its cohort has got nothing since, so a stampede of joins costs one
// encoding.
func (s *stream) joinLocked(sub *subscription, now time.Time) []*wire.Message {
	sub.view = sub.target()
	s.leaveLocked(sub)
	a := s.audienceLocked(sub)
	if k := &a.cached; k.messages == nil || now.Sub(k.made) > s.batch.Window || !k.holds() {
		s.snapshotLocked(a, now)
	}
	k := &a.cached
	sub.began = k.sent
	if len(k.messages) == 1 {
		k.cohort.add(sub)
		if s.policy.Along != "" {
			return nil
		}
		return k.messages
	}
	own := *k.cohort
	own.visible = slices.Clone(own.visible)
	sub.cohort, sub.parts = &own, k.messages[1:]
	s.parked = append(s.parked, sub)
	return k.messages[:1]
}

// holds says whether the snapshot's cohort is still where the snapshot leads to.
// (Who takes one in parts gets a cohort of its own.)
func (k *snapshot) holds() bool {
	return len(k.messages) > 1 || k.cohort.sent == k.sent && len(k.cohort.members) > 0
}

// snapshotLocked makes an audience's snapshot at the present. When a cohort has
// missed nothing the snapshot is as of that one's position, however long ago that
// was told, and who joins joins it.
func (s *stream) snapshotLocked(a *audience, now time.Time) {
	sent := s.at.Seq
	i := slices.IndexFunc(a.cohorts, func(c *cohort) bool {
		return len(c.members) > 0 && c.seen == s.at.Seq && c.had == nowhere
	})
	if i >= 0 {
		sent = a.cohorts[i].sent
	}
	messages, c := s.content.snapshot(a.view, sent, now)
	switch {
	case len(messages) > 1:
	case i >= 0:
		c = a.cohorts[i]
	default:
		c.audience = a
		a.cohorts = append(a.cohorts, c)
	}
	a.cached = snapshot{made: now, messages: messages, cohort: c, sent: sent}
}

// partLocked sends the next part of a snapshot; after the last one the session
// is where the snapshot leads to.
func (s *stream) partLocked(sub *subscription) {
	next, own := sub.parts[0], sub.cohort
	sub.parts = sub.parts[1:]
	sub.to.Send(next)
	if len(sub.parts) == 0 {
		s.parked = without(s.parked, sub)
		sub.parts, sub.cohort = nil, nil
		s.enterLocked(sub, own)
	}
}

// sweepLocked lets go of audiences that nobody is in, and of snapshots that nobody
// is given any more.
func (s *stream) sweepLocked(now time.Time) {
	s.audiences = slices.DeleteFunc(s.audiences, func(a *audience) bool {
		if now.Sub(a.cached.made) > s.batch.Window {
			a.cached = snapshot{}
		}
		if !a.empty() {
			return false
		}
		delete(s.byKey, a.key)
		return true
	})
}

// oweLocked promises a subscription its snapshot.
func (s *stream) oweLocked(sub *subscription, due time.Time) {
	sub.due = due
	i := len(s.owed)
	for i > 0 && s.owed[i-1].due.After(due) {
		i--
	}
	s.owed = slices.Insert(s.owed, i, sub)
	s.rouse()
}

// payLocked sends the snapshots that are due.
func (s *stream) payLocked(now time.Time) {
	for len(s.owed) > 0 && !now.Before(s.owed[0].due) {
		sub := s.owed[0]
		if first := s.joinLocked(sub, now); len(first) > 0 {
			sub.to.Send(first...)
		}
	}
}

// turnLocked lets the changes of view take effect that are due.
func (s *stream) turnLocked(now time.Time) {
	for _, sub := range slices.Clone(s.turning) {
		if !now.Before(sub.turnAt) {
			v := sub.turn
			sub.to.Send(s.changeLocked(sub, v, now)...)
		}
	}
}

// wantLocked makes a subscription that is in an audience turn to another view,
// once in a window at most: the newest counts. It gives what leads there, unless
// that has to wait.
func (s *stream) wantLocked(sub *subscription, v *view.View, now time.Time) []*wire.Message {
	if due := sub.turned.Add(s.batch.Window); now.Before(due) {
		if sub.turn == nil {
			s.turning = append(s.turning, sub)
		}
		sub.turn, sub.turnAt = v, due
		s.rouse()
		return nil
	}
	return s.changeLocked(sub, v, now)
}

// changeLocked leads a subscription to another view.
func (s *stream) changeLocked(sub *subscription, v *view.View, now time.Time) []*wire.Message {
	old, from := sub.view, *sub.cohort
	s.leaveLocked(sub)
	sub.view, sub.turned = v, now
	f, c := s.content.change(&from, old, v, now)
	s.enterLocked(sub, c)
	messages := f.plain
	if sub.legacy {
		messages = f.legacy
	}
	if sub.batch {
		messages = wire.Batch(messages, s.batch.MaxMessage, now)
	}
	return messages
}

// resumeLocked lets a session go on from a position that it holds, at from, which is
// the same or, in another epoch, what it amounts to; ok is false when it needs a
// snapshot.
func (s *stream) resumeLocked(sub *subscription, since wire.Position, now time.Time) (messages []*wire.Message, from topic.Position, ok bool) {
	if since.View != sub.view.Token() {
		return nil, from, false
	}
	f, c, ok := s.content.resume(sub.view, topic.Position{Epoch: since.Epoch, Seq: since.Seq}, now)
	if !ok || s.policy.Kind == topic.Event && !fits(f.plain) {
		return nil, from, false
	}
	s.leaveLocked(sub)
	s.enterLocked(sub, c)
	sub.began = f.from.Seq
	return f.plain, f.from, true
}

// The events that a session gets on resuming have to find room on its connection, or
// the resume would end that, again and again: half of what waits there at most. (State
// that finds none is skipped, and comes as a snapshot.)
const (
	replayMessages = 1000
	replayBytes    = 2 << 20
)

func fits(messages []*wire.Message) bool {
	bytes := 0
	for _, m := range messages {
		bytes += len(m.Data)
	}
	return len(messages) <= replayMessages && bytes <= replayBytes || len(messages) == 1
}

// regainLocked sends a session, whose place in a topic of events was at base when
// one found no room, what it missed since; ok is false when that is not known.
func (s *stream) regainLocked(sub *subscription, base uint64, now time.Time) (messages []*wire.Message, ok bool) {
	if sub.cohort == nil || base < sub.began { // it begins anew, or did so since
		return nil, true
	}
	f, c, ok := s.content.(*history).regain(sub.view, base, sub.cohort, now)
	if !ok {
		return nil, false
	}
	s.leaveLocked(sub)
	s.enterLocked(sub, c)
	sub.to.Purge(s.policy.Name) // what it lost until now
	return f.plain, true
}
