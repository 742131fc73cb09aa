package hub

import (
	"time"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/hub/replica"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// audience is all who see the same of a topic, equally often. Guarded by the
// stream's lock.
type audience struct {
	key     audienceKey
	view    *view.View
	cohorts []*cohort
	window  batch.Window
	cached  snapshot
	waits   bool   // what changed is left to the sender
	gone    uint64 // of a topic of events: the seq of the newest it saw that is forgotten
}

type audienceKey struct {
	view     string
	interval time.Duration // 0 is the window
}

// cohort is those of an audience who are at the same position. They share every
// message. While nothing that they see changes, seen advances and sent stays.
type cohort struct {
	audience *audience
	sent     uint64         // the seq that the members hold
	seen     uint64         // up to which it was looked for something to tell them
	visible  replica.Set    // of a topic of state: what they see of it at seen
	had      topic.Position // of a topic of events: up to there they have an epoch whose end is lost
	members  []*subscription
}

// snapshot is one that was sent, kept for those who join right after: they join
// the cohort that it leads to.
type snapshot struct {
	made     time.Time
	messages []*wire.Message
	cohort   *cohort
	sent     uint64 // of the cohort then
}

// flush is what leads a cohort to the present.
type flush struct {
	plain  []*wire.Message
	legacy []*wire.Message // the same, and the events for older clients
	from   topic.Position  // of a resume: where it leads from
}

// deliver hands what there is to tell to the members, in the form that each
// wants it. A member with several topics is held: it gets them in one write.
func (c *cohort) deliver(f flush, limit int, now time.Time, hold func(Receiver)) {
	var plainBatch, legacyBatch []*wire.Message
	for _, sub := range c.members {
		messages, batch := f.plain, &plainBatch
		if sub.legacy {
			messages, batch = f.legacy, &legacyBatch
		}
		if sub.batch {
			if *batch == nil {
				*batch = wire.Batch(messages, limit, now)
			}
			messages = *batch
		}
		if sub.several && hold != nil {
			hold(sub.to)
		}
		sub.to.Send(messages...)
	}
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

// merge makes one of the cohorts that hold the same, and drops the empty ones.
func (a *audience) merge() {
	kept := a.cohorts[:0]
next:
	for _, c := range a.cohorts {
		if len(c.members) == 0 {
			continue
		}
		for _, k := range kept {
			if k.isLike(c) {
				for _, sub := range c.members {
					k.add(sub)
				}
				c.members = nil
				continue next
			}
		}
		kept = append(kept, c)
	}
	clear(a.cohorts[len(kept):])
	a.cohorts = kept
}

// isLike says whether members of two cohorts are told the same from now on.
func (c *cohort) isLike(other *cohort) bool {
	return c.sent == other.sent && c.seen == other.seen && c.had == other.had
}

func (a *audience) empty() bool {
	for _, c := range a.cohorts {
		if len(c.members) > 0 {
			return false
		}
	}
	return true
}

// behind says whether somebody was not looked at since seq.
func (a *audience) behind(seq uint64) bool {
	for _, c := range a.cohorts {
		if c.seen < seq && len(c.members) > 0 {
			return true
		}
	}
	return false
}
