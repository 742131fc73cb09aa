package hub

import (
	"time"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/delta"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// audience is all who see the same of a topic. They share one window, so a
// flush brings every cohort to the same position, and one cohort is left.
// Guarded by the stream's lock.
type audience struct {
	window  batch.Window
	cohorts []*cohort
}

// cohort is those of an audience who are at the same position. They share
// every message.
type cohort struct {
	sent    uint64 // the seq that the members hold
	pending []*feedlog.Entry
	members []*subscription
}

// subscription is a session's part in a topic. Guarded by the stream's lock.
type subscription struct {
	to     Receiver
	batch  bool // gets the messages of a flush as one event
	legacy bool // gets the events for older clients, too

	cohort *cohort // nil while its first snapshot is owed
	index  int     // in cohort.members
	due    time.Time
}

// join puts a subscription that holds the state at seq, the present, with
// others who do.
func (a *audience) join(sub *subscription, seq uint64) {
	for _, c := range a.cohorts {
		if len(c.members) == 0 { // as good as a new one
			c.sent, c.pending = seq, nil
		}
		if c.sent == seq && len(c.pending) == 0 {
			c.add(sub)
			return
		}
	}
	c := &cohort{sent: seq}
	c.add(sub)
	a.cohorts = append(a.cohorts, c)
}

// add makes an entry wait for all; due says that what waits goes out at once.
func (a *audience) add(e *feedlog.Entry, now time.Time) (due bool) {
	anyone := false
	for _, c := range a.cohorts {
		if len(c.members) > 0 {
			c.pending = append(c.pending, e)
			anyone = true
		}
	}
	return anyone && a.window.Add(now, size(e.Change))
}

// flush brings all to the position at.
func (a *audience) flush(p *topic.Policy, at topic.Position, now time.Time) {
	for _, c := range a.cohorts {
		if len(c.pending) > 0 && len(c.members) > 0 {
			c.flush(p, at, now)
		}
	}
	a.window.Flushed(now)
	a.merge(at.Seq)
}

// merge makes one cohort of all, who hold the same now.
func (a *audience) merge(seq uint64) {
	if len(a.cohorts) == 0 {
		return
	}
	first := a.cohorts[0]
	for _, c := range a.cohorts[1:] {
		for _, sub := range c.members {
			first.add(sub)
		}
	}
	first.sent = seq
	clear(first.pending)
	first.pending = first.pending[:0]
	a.cohorts = a.cohorts[:1]
}

// reset drops what waits and gives everyone back, in no cohort.
func (a *audience) reset() []*subscription {
	var all []*subscription
	for _, c := range a.cohorts {
		all = append(all, c.members...)
	}
	a.cohorts = nil
	a.window.Flushed(time.Time{})
	return all
}

func (c *cohort) add(sub *subscription) {
	sub.cohort, sub.index = c, len(c.members)
	c.members = append(c.members, sub)
}

func (c *cohort) remove(sub *subscription) {
	last := len(c.members) - 1
	c.members[sub.index] = c.members[last]
	c.members[sub.index].index = sub.index
	c.members[last] = nil
	c.members = c.members[:last]
	sub.cohort = nil
}

// flush sends what is pending as one update, and what older clients get with it.
func (c *cohort) flush(p *topic.Policy, at topic.Position, now time.Time) {
	changes := make([]*record.Change, len(c.pending))
	for i, e := range c.pending {
		changes[i] = e.Change
	}
	change := delta.Fold(changes...)
	span := wire.Span{Base: c.sent, At: at, View: wholeView}
	plain := []*wire.Message{wire.Update(p, span, change, now)}
	legacy := append(plain[:1:1], wire.Legacy(p, change, now)...)
	var batched []*wire.Message
	for _, sub := range c.members {
		switch {
		case !sub.legacy:
			sub.to.Send(plain...)
		case !sub.batch:
			sub.to.Send(legacy...)
		default:
			if batched == nil {
				batched = []*wire.Message{wire.Batch(legacy, now)}
			}
			sub.to.Send(batched...)
		}
	}
}

// size is about how many bytes a change takes on the wire.
func size(c *record.Change) int {
	n := 12 * len(c.Removed)
	for _, list := range [][]record.Record{c.Added, c.Updated} {
		for i := range list {
			n += 20
			for _, f := range list[i].Fields {
				n += len(f.Name) + len(f.Raw) + 4
			}
		}
	}
	return n
}
