package hub

import (
	"slices"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// history is a topic of events: the newest of them, in order.
type history struct {
	policy *topic.Policy
	at     topic.Position
	before topic.Position // the position before the oldest that is kept
	gone   int            // how many were forgotten since it began
	ends   []ending       // of epochs that others continue, the newest last
	kept   []*event
	bytes  int
	series []string // of the policy's Series: the newest points, oldest first
}

// event is one that is kept, with what filters read of it.
type event struct {
	*feedlog.Entry
	attrs view.Attributes
	about []string // the keys of what it is about
	size  int
	other bool          // it is none of those that the topic shows
	told  *wire.Message // the newest form of it
	older *wire.Message // and that for older clients
}

var _ content = (*history)(nil)

func newHistory(p *topic.Policy, state feedlog.State) *history {
	h := &history{policy: p, at: state.At, before: state.At}
	if len(state.Entries) > 0 {
		first := state.Entries[0]
		h.before = topic.Position{Epoch: first.At.Epoch, Seq: first.Base}
		if first.Continues != nowhere {
			h.before = first.Continues
		}
		h.at = h.before
	}
	for _, e := range state.Entries {
		h.apply(e)
	}
	return h
}

func (h *history) apply(e *feedlog.Entry) {
	h.at = e.At
	if e.Change.Event == nil {
		h.end(e.Continues)
		return
	}
	e = h.lasting(e)
	kept := &event{Entry: e, size: e.Change.Size()}
	kept.other = h.policy.Only != nil && !slices.Contains(h.policy.Only, e.Change.Event.Name)
	h.point(e.Change.Event)
	for _, f := range e.Change.Event.Fields {
		kept.attrs.Set(f.Name, f.Raw)
	}
	for _, name := range h.policy.About {
		if key := strings.Trim(e.Change.Event.Fields.Get(name), `"`); key != "" && key != "null" {
			kept.about = append(kept.about, key)
		}
	}
	if kept.about == nil {
		kept.about = []string{e.Change.Event.Key}
	}
	h.kept = append(h.kept, kept)
	h.bytes += kept.size
}

// seenBy says whether a view sees the event: it is everyone's or that session's own,
// and one of those that it is about passes the filter.
func (e *event) seenBy(v *view.View) bool {
	if owner := e.Change.Event.Owner; owner != "" && owner != v.Class() {
		return false
	}
	return !e.other && slices.ContainsFunc(e.about, func(key string) bool { return v.Filter().Matches(key, &e.attrs) })
}

// after gives the events after a position, which is one that this history has
// been at; ok is false when they are no longer all kept.
func (h *history) after(since topic.Position) (events []*event, ok bool) {
	if since == h.at {
		return nil, true
	}
	for i, e := range slices.Backward(h.kept) {
		if e.At == since {
			return h.kept[i+1:], true
		}
		if e.At.Epoch == since.Epoch && e.Base == since.Seq {
			return h.kept[i:], true
		}
	}
	return h.kept, since == h.before
}

func (h *history) snapshot(v *view.View, sent uint64, now time.Time) ([]*wire.Message, *cohort) {
	var newest []*record.Event
	told := map[string]bool{}
	for i := len(h.kept) - 1; i >= 0 && len(newest) < h.policy.Recent; i-- {
		e := h.kept[i].Change.Event
		if !told[e.Key] && h.kept[i].seenBy(v) {
			told[e.Key] = true
			newest = append(newest, h.whole(e))
		}
	}
	span := wire.Span{At: topic.Position{Epoch: h.at.Epoch, Seq: sent}, View: v.Token()}
	return []*wire.Message{wire.Recent(h.policy, span, newest, now)}, &cohort{sent: sent, seen: h.at.Seq}
}

// share is all: what an event's size says of those who see it is not known.
func (h *history) share(*cohort) batch.Share { return 1 }

func (h *history) advance(c *cohort, v *view.View, now time.Time) flush {
	if c.seen >= h.at.Seq { // above it: a session that was elsewhere, where the log was read further
		return flush{}
	}
	events, ok := h.after(topic.Position{Epoch: h.at.Epoch, Seq: c.seen})
	if !ok { // some are lost: a base that is not the client's tells it so
		events, c.sent = h.kept, h.before.Seq
	}
	f := h.tell(c, events, v, now)
	c.seen = h.at.Seq
	return f
}

// tell makes the messages of those events that a view sees.
func (h *history) tell(c *cohort, events []*event, v *view.View, now time.Time) flush {
	var f flush
	differ := false // what older clients get is not the same
	for _, e := range events {
		if !e.seenBy(v) || e.isHad(c.had) {
			continue
		}
		if e.told == nil || e.told.Base != c.sent {
			span := wire.Span{Base: c.sent, At: e.At}
			e.told = wire.Event(h.policy, span, e.Change.Event, now)
			e.older = e.told
			if whole := h.whole(e.Change.Event); whole != e.Change.Event {
				e.older = wire.Event(h.policy, span, whole, now)
			}
		}
		differ = differ || e.older != e.told
		f.plain, f.legacy = append(f.plain, e.told), append(f.legacy, e.older)
		c.sent = e.At.Seq
	}
	if !differ {
		f.legacy = f.plain
	}
	return f
}

// change: what is happening is told by the next event; what has happened, in the
// view that the session turns to, by a snapshot.
func (h *history) change(_ *cohort, _, v *view.View, now time.Time) (flush, *cohort) {
	messages, c := h.snapshot(v, h.at.Seq, now)
	return flush{plain: messages, legacy: messages}, c
}

// resume: who comes from an earlier epoch, and lacks nothing of that, begins in the one
// where the next event is; where that is, it is told. Else no event would ever continue
// its position. (One that lacks some of both asks again between the two.) Who has more of
// it than the log has is not told that again.
func (h *history) resume(v *view.View, since topic.Position, now time.Time) (f flush, c *cohort, ok bool) {
	if since.Epoch == h.at.Epoch && since.Seq > h.at.Seq {
		f.from = since
		return f, &cohort{sent: since.Seq, seen: since.Seq}, true
	}
	events, ok := h.after(since)
	had := nowhere
	if !ok {
		if events, ok = h.afterLoss(since); !ok {
			return f, nil, false
		}
		had = since
	}
	from := since
	switch {
	case len(events) > 0 && events[0].At.Epoch != since.Epoch:
		from = topic.Position{Epoch: events[0].At.Epoch, Seq: events[0].Base}
	case len(events) == 0:
		from = h.at
	}
	c = &cohort{sent: from.Seq, seen: h.at.Seq, had: had}
	f = h.tell(c, events, v, now)
	f.from = from
	return f, c, true
}

// regain is resume for a session that has been here all the time, in a cohort.
func (h *history) regain(v *view.View, base uint64, was *cohort, now time.Time) (f flush, c *cohort, ok bool) {
	if base > h.at.Seq {
		return f, &cohort{sent: base, seen: base, had: was.had}, true
	}
	events, ok := h.after(topic.Position{Epoch: h.at.Epoch, Seq: base})
	if !ok && h.before.Epoch == h.at.Epoch && base < h.before.Seq && was.audience.gone <= base {
		events, ok = h.kept, true
	}
	if !ok {
		return f, nil, false
	}
	c = &cohort{sent: base, seen: h.at.Seq, had: was.had}
	return h.tell(c, events, v, now), c, true
}

// forgettable are those of the oldest that the policy keeps no longer.
func (h *history) forgettable(now time.Time) []*event {
	old, bytes, n := now.Add(-h.policy.Retention).UnixMilli(), h.bytes, 0
	for n < len(h.kept) && (h.kept[n].Time < old || len(h.kept)-n > h.policy.RetainMost || bytes > h.policy.RetainBytes) {
		bytes -= h.kept[n].size
		n++
	}
	return h.kept[:n]
}

// forget lets go of the oldest, which are so many.
func (h *history) forget(n int) {
	for _, e := range h.kept[:n] {
		h.bytes -= e.size
		h.before = e.At
	}
	clear(h.kept[:n])
	h.kept = h.kept[n:]
	h.gone += n
}
