package replica_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/hub/replica"
	"github.com/skygate-io/skygate/pkg/hub/replica/replicatest"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// advance leads a holder to the present.
func (m *model) advance(h *holder) {
	m.Helper()
	step := m.replica.Advance(h.product, &h.visible, h.seen)
	m.check(h, step, h.view, h.product)
}

// turn leads a holder to another view.
func (m *model) turn(h *holder) {
	m.Helper()
	v := m.view()
	switch m.rng.IntN(4) {
	case 0:
		v.Fields = h.view.Fields
	case 1:
		v = h.view
	}
	product := v.View()
	step, now := m.replica.Switch(h.product, h.visible, h.seen, product)
	m.check(h, step, v, product)
	h.visible = now
}

// check compares a step with what is to be told, and has the holder take it.
func (m *model) check(h *holder, step replica.Step, v replicatest.View, product *view.View) {
	m.Helper()
	lists := m.replica.Lists(step, product, m.now)
	want := replicatest.Step(h.view, m.past[h.seen], h.seen, v, m.world)
	if m.whole {
		for key := range want.Updated {
			want.Added[key] = v.Of(m.world)[key]
		}
		clear(want.Updated)
	}
	if got := told(m.T, lists); !want.Equal(got) {
		m.Errorf("from %v at %d to %v at %d (-want +got):\n%s", h.view, h.seen, v, m.seq, cmp.Diff(want, got))
	}
	if err := h.holds.Apply(lists); err != nil {
		m.Errorf("from %v at %d to %v at %d: %v", h.view, h.seen, v, m.seq, err)
	}
	h.view, h.product, h.seen = v, product, m.seq
	m.same(h.holds, v, "a holder")
}

func (m *model) same(got replicatest.State, v replicatest.View, who string) {
	m.Helper()
	if want := v.Of(m.world); !want.Equal(got) {
		m.Errorf("%s of %v at %d holds (-want +got):\n%s", who, v, m.seq, cmp.Diff(want, got))
	}
}

// resume leads somebody to the present of whom it is only known at which position
// they held the view. Some had begun to take a change that came later.
func (m *model) resume(v replicatest.View) {
	m.Helper()
	product := v.View()
	floor := m.replica.Floor()
	from := m.first + m.rng.Uint64N(m.seq-m.first+2)
	step, visible, ok := m.replica.Since(product, from)
	if want := from >= floor && from <= m.seq; ok != want {
		m.Errorf("a resume from %d, between %d and %d, is possible: %v", from, floor, m.seq, ok)
	}
	if !ok {
		return
	}
	holds := v.Of(m.past[from])
	if later := v.Of(m.past[from+m.rng.Uint64N(m.seq-from+1)]); m.rng.IntN(3) == 0 {
		for _, key := range slices.Sorted(maps.Keys(later)) {
			if m.rng.IntN(2) == 0 {
				holds[key] = later[key]
			}
		}
	}
	lists := m.replica.Lists(step, product, m.now)
	if err := holds.Apply(lists); err != nil || len(lists.Updated) > 0 {
		m.Errorf("a resume of %v from %d at %d: %d updated, %v", v, from, m.seq, len(lists.Updated), err)
	}
	for _, key := range append(keysOf(m.T, lists.Added), lists.Removed...) {
		if !m.touched(key, from) {
			m.Errorf("a resume of %v from %d at %d tells of %s, which has not changed", v, from, m.seq, key)
		}
	}
	m.same(holds, v, "who resumes")
	m.holders = append(m.holders, &holder{view: v, product: product, visible: visible, seen: m.seq, holds: holds})
	if len(m.holders) > 6 {
		m.holders = m.holders[1:]
	}
}

// touched says whether anything happened to a key after a seq.
func (m *model) touched(key string, from uint64) bool {
	r := m.world[key]
	if r == nil {
		return m.gone[key].seq > from
	}
	for _, seq := range r.Touched {
		if seq > from {
			return true
		}
	}
	return r.Born > from
}

func keysOf(t *testing.T, objects [][]byte) (keys []string) {
	t.Helper()
	for _, object := range objects {
		key, _, err := replicatest.Decode(object)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}

func (m *model) begin(v replicatest.View) {
	m.Helper()
	product := v.View()
	set := m.replica.Select(product)
	objects := m.replica.Whole(set, product, m.now)
	got := replicatest.State{}
	if err := got.Apply(wire.Lists{Added: objects}); err != nil || set.Len() != len(objects) {
		m.Errorf("%v selects %d, of which %d are told: %v", v, set.Len(), len(objects), err)
	}
	m.same(got, v, "who begins")
}

// records compares what requests get.
func (m *model) records() {
	m.Helper()
	all := replicatest.State{}
	for _, r := range m.replica.Records() {
		if err := all.Apply(wire.Lists{Added: [][]byte{r.AppendJSON(nil, replicatest.KeyName, m.now)}}); err != nil {
			m.Error(err)
		}
		if got := m.replica.Get(r.Key); got == nil || !slices.Equal(got.Fields, r.Fields) {
			m.Errorf("Get(%s) is %v, Records has %v", r.Key, got, r)
		}
	}
	m.same(all, replicatest.View{Only: m.only}, "Records")
	if m.replica.Len() != len(m.world) || m.replica.At() != m.seq {
		m.Errorf("%d records at %d, want %d at %d", m.replica.Len(), m.replica.At(), len(m.world), m.seq)
	}
	for key := range m.gone {
		if m.replica.Get(key) != nil {
			m.Errorf("%s is gone, and there", key)
		}
	}
}

// told reads lists as the reference has them.
func told(t *testing.T, l wire.Lists) replicatest.Told {
	t.Helper()
	decoded := func(objects [][]byte) map[string]replicatest.Fields {
		out := map[string]replicatest.Fields{}
		for _, object := range objects {
			key, fields, err := replicatest.Decode(object)
			if err != nil {
				t.Fatal(err)
			}
			out[key] = fields
		}
		return out
	}
	removed := slices.Clone(l.Removed)
	slices.Sort(removed)
	return replicatest.Told{Added: decoded(l.Added), Updated: decoded(l.Updated), Removed: removed, Observed: l.Observed}
}
