package hub_test

import (
	"slices"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/hub/replica/replicatest"
	"github.com/skygate-io/skygate/pkg/topic"
)

// longest is more than the longest pace and window take.
const longest = 2500 * time.Millisecond

// settle lets everyone read until nothing waits. Then each client holds what is,
// in its view; got each event once; met no hole, and nothing else that the
// contract does not say. Then nothing is sent until something changes in the view,
// and of that one message.
func (m *model) settle() {
	m.Helper()
	for range 50 {
		for _, c := range m.clients {
			if c.online {
				c.line.stall(false)
				if c.pending != nil {
					c.tell()
				}
			}
		}
		synctest.Wait()
		m.pump()
	}
	m.sleep(longest)
	m.compare()
	if m.Failed() {
		return
	}
	m.quiet("nothing changed", nil)
	m.sleep(longest)
	m.quiet("nothing changed", m.counts())
	counts, world, seq := m.counts(), m.world.Clone(), m.at.Seq
	m.change()
	m.sleep(longest)
	for _, c := range m.clients {
		for _, name := range []string{"aircraft", "positions"} {
			if v := c.wishes[name].view; !replicatest.Step(v, world, seq, v, m.world).Empty() && c.online && c.wishes[name].joined {
				counts[c.name+" "+name]++
			}
		}
	}
	m.quiet("one change", counts)
	m.compare()
}

// counts are how many messages everyone got.
func (m *model) counts() map[string]int {
	counts := map[string]int{}
	for _, c := range m.clients {
		for _, name := range c.sorted() {
			counts[c.name+" "+name] = c.topics[name].messages
		}
	}
	return counts
}

func (m *model) quiet(when string, want map[string]int) {
	m.Helper()
	if got := m.counts(); want != nil && !cmp.Equal(want, got) {
		m.Errorf("%s: messages (-want +got):\n%s", when, cmp.Diff(want, got))
	}
}

// compare compares what everyone has with what they should have.
func (m *model) compare() {
	m.Helper()
	for _, c := range m.clients {
		for _, wrong := range c.wrong {
			m.Errorf("%s: %s", c.name, wrong)
		}
		if !c.online {
			continue
		}
		_, faulty := c.line.state()
		if !faulty && len(c.paces) > 0 {
			m.Errorf("%s read all, and got other paces: %v", c.name, c.paces)
		}
		for _, name := range c.sorted() {
			w, f := c.wishes[name], c.topics[name]
			switch {
			case w.joined != f.joined:
				m.Errorf("%s is subscribed to %s: %v, want %v", c.name, name, f.joined, w.joined)
			case !w.joined:
			case f.policy.Kind == topic.Event:
				m.compareIDs(c, f, f.since, w.view, f.ids)
			default:
				m.compareState(c, name)
				if !faulty && f.snapshots != w.snapshots {
					m.Errorf("%s got %d snapshots of %s, want %d", c.name, f.snapshots, name, w.snapshots)
				}
			}
		}
	}
}

func (m *model) compareState(c *visitor, name string) {
	m.Helper()
	w, f := c.wishes[name], c.topics[name]
	if want := w.view.Of(m.world); !want.Equal(f.holds) || f.partial {
		m.Errorf("%s holds of %s, %v, at %v (-want +got):\n%s", c.name, name, w.view, f.at, cmp.Diff(want, f.holds))
	}
	if f.at.Epoch != m.at.Epoch || f.at.Seq > m.at.Seq || f.at.View != w.view.View().Token() {
		m.Errorf("%s is at %v of %s, want at most %v", c.name, f.at, name, m.at)
	}
}

// compareIDs compares the events that a client got since a seq with those that it sees.
func (m *model) compareIDs(c *visitor, f *following, since uint64, v replicatest.View, got []int) {
	m.Helper()
	var want []int
	for _, e := range m.events[f.policy.Name] {
		if e.seq > since && v.Sees(e.Key, fieldsOf(e)) {
			want = append(want, e.n)
		}
	}
	if !slices.Equal(want, got) {
		m.Errorf("%s got since %d of %s, %v: %v, want %v", c.name, since, f.policy.Name, v, got, want)
	}
}
