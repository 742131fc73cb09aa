package feed

import (
	"hash/fnv"
	"slices"

	"github.com/skygate-io/skygate/pkg/delta"
	"github.com/skygate-io/skygate/pkg/record"
)

// pending says whether flush might have something to tell.
func (m *merger) pending() bool { return len(m.dirty) > 0 || len(m.gone) > 0 }

// flush gives what changed since the last flush, nil when nothing did.
func (m *merger) flush(now int64) *record.Change {
	c := &record.Change{}
	for _, r := range m.dirty {
		r.dirty = false
		if !r.expired {
			m.tell(r, c, now)
		}
	}
	for _, key := range m.gone {
		if m.rows[key] == nil { // else it is back, and added whole
			c.Removed = append(c.Removed, key)
		}
	}
	clear(m.dirty)
	m.dirty, m.gone, m.patches = m.dirty[:0], m.gone[:0], nil
	if c.Empty() {
		return nil
	}
	return c
}

func (m *merger) tell(r *row, c *record.Change, now int64) {
	if !r.isTold {
		r.isTold, r.told, r.rideAt = true, slices.Clone(r.now), m.firstRide(r.key, now)
		r.align(m)
		c.Added = append(c.Added, record.Record{Key: r.key, Fields: slices.Clone(r.now)})
		c.Observed = max(c.Observed, r.observed)
		return
	}
	patch := m.patch(r, now)
	if patch == nil {
		return
	}
	if c.Updated == nil {
		c.Updated = make([]record.Record, 0, len(m.dirty))
	}
	c.Updated = append(c.Updated, record.Record{Key: r.key, Fields: patch})
	c.Observed = max(c.Observed, r.observed)
}

// patch gives what of a record is to be told, and notes that it is told; nil when
// there are no news.
func (m *merger) patch(r *row, now int64) record.Fields {
	if r.aligned {
		return m.patchTouched(r, now)
	}
	patch, news := delta.Diff(r.told, r.now, m.noise)
	if !news {
		return nil
	}
	// Noise that comes or goes is told with the first change, and takes the rest along:
	// a distance, say, that could not be known before there was a position.
	comesOrGoes := func(f record.Field) bool { return m.noise(f.Name) && (f.Raw == "" || r.told.Get(f.Name) == "") }
	switch {
	case now >= r.rideAt:
		r.rideAt = now + m.rides
	case !slices.ContainsFunc(patch, comesOrGoes):
		patch = slices.DeleteFunc(patch, func(f record.Field) bool { return m.noise(f.Name) })
	}
	for _, group := range m.policy.Together {
		patch = complete(patch, r.now, group)
	}
	r.told.Merge(patch)
	r.align(m)
	return patch
}

// firstRide gives from when on the noise of a record is told again that was told
// whole. Each has a moment of its own, so that those that were heard first together
// do not ride together.
func (m *merger) firstRide(key string, now int64) int64 {
	if m.rides <= 0 {
		return now
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(key))
	return now + m.rides + int64(h.Sum32())%m.rides
}

// complete adds a group's other fields to a patch that names one of them.
func complete(patch, whole record.Fields, group []string) record.Fields {
	named := func(name string) bool {
		return slices.ContainsFunc(patch, func(f record.Field) bool { return f.Name == name })
	}
	if !slices.ContainsFunc(group, named) {
		return patch
	}
	for _, name := range group {
		if !named(name) {
			patch.Set(name, whole.Get(name))
		}
	}
	return patch
}

// retell makes the next flush tell every record anew, as for a reader who knows
// none.
func (m *merger) retell() {
	m.dirty, m.gone = m.dirty[:0], m.gone[:0]
	for _, r := range m.rows {
		r.isTold, r.dirty, r.told, r.aligned = false, true, nil, false
		m.dirty = append(m.dirty, r)
	}
}
