package hub_test

import (
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/hub/replica/replicatest"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// answered checks what a client got for a subscribe.
func (m *model) answered(c *visitor, name string, ask *hub.Subscribe, answer *wire.Subscribed, before following, old replicatest.View) {
	m.Helper()
	w, f := c.wishes[name], c.topics[name]
	product := w.view.View()
	fresh := !w.joined
	w.joined = true
	since, asked := ask.Since[name]
	resumed := answer.Resumed[name]
	if answer.Views[name] != product.Token() || !slices.Contains(answer.Joined, name) {
		m.Errorf("%s asked for %s, %v, and got %+v", c.name, name, w.view, answer)
	}
	m.checkResumed(c, name, since, asked, resumed)
	_, faulty := c.line.state()
	now := time.Now()
	if !w.turning.IsZero() && !now.Before(w.turning) {
		w.turned, w.turning = w.turning, time.Time{}
	}
	owed := w.snapshots > before.snapshots
	turns := f.policy.Kind == topic.State && !fresh && !asked && old.View().Token() != product.Token()
	switch {
	case resumed:
		w.snapshots, w.turning = f.snapshots, time.Time{}
	case turns && !faulty && !owed && !before.partial:
		m.checkTurned(c, name, before, now)
	default:
		w.turning = time.Time{}
		if fresh {
			w.turned = time.Time{}
		}
		if w.snapshots <= before.snapshots {
			w.snapshots = before.snapshots + 1
		}
		if f.policy.Kind == topic.Event && !faulty {
			m.checkRecent(c, name)
		}
	}
}

// checkTurned: another view is led to by exactly one update, at once unless the
// client has turned within the last window.
func (m *model) checkTurned(c *visitor, name string, before following, now time.Time) {
	m.Helper()
	w, f := c.wishes[name], c.topics[name]
	switch token := w.view.View().Token(); {
	case !w.turning.IsZero():
	case now.Before(w.turned.Add(m.batches.Window)):
		w.turning = w.turned.Add(m.batches.Window)
	default:
		w.turned = now
		if f.messages != before.messages+1 || f.at.View != token || f.snapshots != before.snapshots {
			m.Errorf("%s turned to %v of %s: it got %d messages, %d snapshots, and is at %v",
				c.name, w.view, name, f.messages-before.messages, f.snapshots-before.snapshots, f.at)
		}
	}
}

// checkResumed: a resume is granted unless there is a reason.
func (m *model) checkResumed(c *visitor, name string, since wire.Position, asked, resumed bool) {
	m.Helper()
	w, f := c.wishes[name], c.topics[name]
	at, moments, next := m.at, m.gone, since.Seq
	if f.policy.Kind == topic.Event {
		moments, at.Epoch = m.events[name], since.Epoch // there is only one
	}
	same := since.View == w.view.View().Token() && since.Epoch == at.Epoch
	lapsed := slices.ContainsFunc(moments, func(e moment) bool {
		return e.seq > next && (time.Since(e.time) > retention || len(moments) > f.policy.RetainMost)
	})
	switch {
	case resumed && (!asked || !same):
		m.Errorf("%s resumed %s from %v: %v, %v", c.name, name, since, asked, same)
	case asked && !resumed && same && !lapsed:
		m.Errorf("%s was not let resume %s from %v at %v", c.name, name, since, at)
	}
}

// checkRecent: the newest of what a client sees has come, of each key one.
func (m *model) checkRecent(c *visitor, name string) {
	m.Helper()
	w, f := c.wishes[name], c.topics[name]
	var want []int
	told := map[string]bool{}
	for i := len(m.events[name]) - 1; i >= 0 && len(want) < f.policy.Recent; i-- {
		e := m.events[name][i]
		if e.seq > f.since {
			continue // it is still to come
		}
		if time.Since(e.time) > retention && len(want) >= len(f.recent) {
			break // it may be forgotten
		}
		if !told[e.Key] && w.view.Sees(e.Key, fieldsOf(e)) {
			told[e.Key] = true
			want = append(want, e.n)
		}
	}
	if !slices.Equal(want, f.recent) {
		m.Errorf("%s got %v of %s, want %v", c.name, f.recent, name, want)
	}
}

func fieldsOf(e moment) replicatest.Fields {
	fields := replicatest.Fields{}
	for _, f := range e.Fields {
		fields[f.Name] = f.Raw
	}
	return fields
}
