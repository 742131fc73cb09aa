package hub

import (
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/hub/replica"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// content is what a topic holds, and what leads its audiences from a position to
// the present. Guarded by the stream's lock.
type content interface {
	apply(e *feedlog.Entry)
	// snapshot gives a view at the present, labelled with the seq sent, and a
	// cohort that begins there.
	snapshot(v *view.View, sent uint64, now time.Time) ([]*wire.Message, *cohort)
	// advance brings a cohort to the present, and gives what to tell its members;
	// nothing when nothing that they see changed.
	advance(c *cohort, v *view.View, now time.Time) flush
	// share is the part of what the topic carries that a cohort sees.
	share(c *cohort) batch.Share
	// change leads a cohort from its view to another.
	change(c *cohort, old, v *view.View, now time.Time) (flush, *cohort)
	// resume leads who held a view at a position to the present; ok is false when
	// what happened since is no longer known.
	resume(v *view.View, since topic.Position, now time.Time) (f flush, c *cohort, ok bool)
}

// picture is a topic of state.
type picture struct {
	policy  *topic.Policy
	limit   int // bytes of a message
	at      topic.Position
	replica *replica.Replica
}

var _ content = (*picture)(nil)

// Of a filtered view it is not known what a client saw, so a resume names every
// record that is gone or was elsewhere: so many keys are no matter, and so many
// take what one record takes.
const (
	manyKeys      = 500
	keysPerRecord = 50
)

func newPicture(p *topic.Policy, limit int, state feedlog.State) *picture {
	c := &picture{policy: p, limit: limit, at: state.At, replica: replica.New(p.Key, p.Only, p.Whole)}
	if p.Sorts != nil {
		c.replica.SortBy(p.Sorts.Field)
	}
	c.replica.Load(state.Records, state.At.Seq)
	return c
}

func (p *picture) apply(e *feedlog.Entry) {
	p.at = e.At
	p.replica.Apply(e.Change, e.At.Seq, e.Time)
}

func (p *picture) span(base, seq uint64, v *view.View) wire.Span {
	return wire.Span{Base: base, At: topic.Position{Epoch: p.at.Epoch, Seq: seq}, View: v.Token()}
}

func (p *picture) snapshot(v *view.View, sent uint64, now time.Time) ([]*wire.Message, *cohort) {
	c := &cohort{sent: sent, seen: p.at.Seq, visible: p.replica.Select(v)}
	if p.policy.Sorts != nil {
		sorted := p.replica.Sorted(c.visible, v, now.UnixMilli())
		return wire.SortedSnapshot(p.policy, p.span(0, sent, v), sorted, p.limit, now), c
	}
	records := p.replica.Whole(c.visible, v, now.UnixMilli())
	return wire.Snapshot(p.policy, p.span(0, sent, v), records, p.limit, now), c
}

func (p *picture) advance(c *cohort, v *view.View, now time.Time) flush {
	if c.seen == p.at.Seq {
		return flush{}
	}
	step := p.replica.Advance(v, &c.visible, c.seen)
	c.seen = p.at.Seq
	lists := p.replica.Lists(step, v, now.UnixMilli())
	if lists.Empty() {
		return flush{}
	}
	f := p.tell(p.span(c.sent, p.at.Seq, v), lists, now)
	if slices.ContainsFunc(c.members, func(sub *subscription) bool { return sub.legacy }) {
		p.tellOlder(&f, lists, step, c.visible, v, now)
	}
	c.sent = p.at.Seq
	return f
}

func (p *picture) share(c *cohort) batch.Share {
	return batch.ShareOf(c.visible.Len(), p.replica.Len())
}

func (p *picture) change(c *cohort, old, v *view.View, now time.Time) (flush, *cohort) {
	step, visible := p.replica.Switch(old, c.visible, c.seen, v)
	lists := p.replica.Lists(step, v, now.UnixMilli())
	f := p.tell(p.span(c.sent, p.at.Seq, v), lists, now)
	p.tellOlder(&f, lists, step, visible, v, now)
	return f, &cohort{sent: p.at.Seq, seen: p.at.Seq, visible: visible}
}

func (p *picture) resume(v *view.View, since topic.Position, now time.Time) (f flush, c *cohort, ok bool) {
	if since.Epoch != p.at.Epoch {
		return f, nil, false
	}
	step, visible, ok := p.replica.Since(v, since.Seq)
	if !ok {
		return f, nil, false
	}
	f.from = since
	c = &cohort{sent: since.Seq, seen: p.at.Seq, visible: visible}
	lists := p.replica.Lists(step, v, now.UnixMilli())
	if lists.Empty() {
		return f, c, true
	}
	if spared := visible.Len() - len(lists.Added); len(lists.Removed) > manyKeys+keysPerRecord*spared {
		return f, nil, false // a snapshot says the same with less
	}
	c.sent = p.at.Seq
	f = p.tell(p.span(since.Seq, p.at.Seq, v), lists, now)
	f.from = since
	return f, c, true
}

// tell makes the messages of a change in a view.
func (p *picture) tell(s wire.Span, l wire.Lists, now time.Time) flush {
	plain := wire.Update(p.policy, s, l, p.limit, now)
	return flush{plain: plain, legacy: plain}
}

// tellOlder adds what older clients get with what is live.
func (p *picture) tellOlder(f *flush, l wire.Lists, step replica.Step, visible replica.Set, v *view.View, now time.Time) {
	older := p.policy.Legacy
	if older == nil {
		return
	}
	if older.New != "" {
		f.legacy = append(f.plain[:len(f.plain):len(f.plain)], wire.Legacy(p.policy, l, p.limit, now)...)
	}
	if older.One == nil && !older.Lists {
		return
	}
	singles := p.replica.Singles(step, v, now.UnixMilli())
	if older.Lists {
		f.legacy = wire.WithLists(p.policy, f.plain, singles, p.replica.Sorted(visible, v, now.UnixMilli()), p.limit, now)
	}
	if older.One != nil {
		counted := wire.Sorted{Sorts: p.replica.Sorts(visible)}
		f.legacy = append(f.legacy[:len(f.legacy):len(f.legacy)], wire.OneByOne(p.policy, singles, counted, now)...)
	}
}

func (p *picture) forget(now time.Time) {
	p.replica.Forget(p.horizon(now), p.at.Seq, p.policy.RetainMost)
}

// horizon is the moment (unix milliseconds) before which what is gone may be
// forgotten.
func (p *picture) horizon(now time.Time) int64 { return now.Add(-p.policy.Retention).UnixMilli() }

// forgettable is the seq up to which something may be forgotten.
func (p *picture) forgettable(now time.Time) uint64 {
	return p.replica.Forgettable(p.horizon(now), p.policy.RetainMost)
}
