package feed

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/skygate-io/skygate/pkg/delta"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// jitter is how far the time of one and the same message may move between two
// reports of it: receivers write times and ages to a tenth of a second.
const jitter = 250 // ms

// maxNames bounds the table of field names, so that a source that invents names
// without end costs what it sends and no more.
const maxNames = 4096

// forever is the time to live of records that have none, in milliseconds: more than
// any clock counts, and little enough to be added to a time.
const forever = 1 << 60

// merger holds what a topic's sources have reported and what of it was told. It
// is a mechanism: no clock, no goroutine, no lock.
type merger struct {
	policy topic.Policy
	noise  func(string) bool
	ttl    int64 // ms
	rides  int64 // ms, how often noise is told

	sources []string // by their numbers
	assumed record.Fields
	rounded []precision // by name
	dated   map[string]string
	heardBy map[uint64]string // the field that names receivers, by the set of them

	rows  map[string]*row
	last  *row // that was looked up last
	dirty []*row
	gone  []string // told, and expired since
	names map[string]string

	annotators []Annotator

	patches record.Fields // the memory that the next patches are cut from

	refused uint64 // updates of new keys beyond the policy's MaxRecords
}

// precision is how a field is rounded.
type precision struct {
	name     string
	decimals int
}

func newMerger(policy topic.Policy) *merger {
	m := &merger{
		policy:  policy,
		noise:   delta.Noise(policy.Noise),
		ttl:     cmp.Or(policy.TTL.Milliseconds(), forever),
		rides:   policy.NoiseEvery.Milliseconds(),
		rows:    map[string]*row{},
		names:   map[string]string{},
		dated:   map[string]string{},
		heardBy: map[uint64]string{},
	}
	for name, raw := range policy.Assumed {
		m.assumed.Set(name, raw)
	}
	for _, name := range slices.Sorted(maps.Keys(policy.Precision)) {
		m.rounded = append(m.rounded, precision{name, policy.Precision[name]})
	}
	for by, names := range policy.Dated {
		for _, name := range names {
			m.dated[name] = by
		}
	}
	return m
}

// put takes an update of a source at the moment now (unix milliseconds), and gives
// its record. What is older than what is known, or than the time to live, is left
// out: then it gives nil.
func (m *merger) put(u *record.Update, source int, now int64) *row {
	observed := min(u.Observed, now)
	if observed+m.ttl <= now {
		return nil
	}
	r := m.lookUp(u.Key)
	switch {
	case u.Gone, u.Until != 0 && u.Until <= now:
		m.leave(r, source, now)
		return nil
	case r == nil && m.policy.MaxRecords > 0 && len(m.rows) >= m.policy.MaxRecords:
		m.refused++
		return nil
	case r == nil:
		r = &row{key: strings.Clone(u.Key)}
		m.rows[r.key] = r
	case m.stale(r, source, observed, now):
		return nil
	}
	m.round(u.Fields)
	switch {
	case len(m.sources) > 1:
		m.combine(r, u, source, observed, now)
	case u.Whole:
		m.replace(r, u.Fields)
	default:
		m.set(r, u.Fields)
	}
	m.assume(r)
	m.annotate(r, now)
	m.end(r, source, u.Until)
	r.observed = max(observed, min(r.observed, now))
	m.touch(r)
	return r
}

// lookUp gives a record by its key; nil when there is none. Sources tell of records in
// much the same order each time, so the one that came after the last one is tried first:
// to find it by its key is a hash and three cache misses.
func (m *merger) lookUp(key string) *row {
	last := m.last
	if last != nil && last.next != nil && last.next.key == key && !last.next.expired {
		m.last = last.next
		return m.last
	}
	r := m.rows[key]
	if r == nil {
		return nil
	}
	if last != nil {
		last.next = r
	}
	m.last = r
	return r
}

// assume gives a record the fields that every record has.
func (m *merger) assume(r *row) {
	for _, f := range m.assumed {
		i, there := slices.BinarySearchFunc(r.now, f.Name, func(f record.Field, name string) int { return strings.Compare(f.Name, name) })
		if there {
			continue
		}
		r.now, r.aligned = slices.Insert(r.now, i, f), false
		if r.origins != nil {
			r.origins = slices.Insert(r.origins, i, origin{source: nobody})
		}
	}
}

// stale says whether a source has told something newer of a record, and not only
// before its clock, or ours, was set back.
func (m *merger) stale(r *row, source int, observed, now int64) bool {
	known := r.observed
	if len(m.sources) > 1 {
		if source >= len(r.heard) {
			return false
		}
		known = r.heard[source]
	}
	return observed < known-jitter && known <= now+jitter
}

func (m *merger) touch(r *row) {
	if !r.dirty {
		r.dirty = true
		m.dirty = append(m.dirty, r)
	}
}

// round walks the fields and the names that are rounded side by side: both are sorted.
func (m *merger) round(fields record.Fields) {
	i := 0
	for _, p := range m.rounded {
		for i < len(fields) && fields[i].Name < p.name {
			i++
		}
		if i < len(fields) && fields[i].Name == p.name && fields[i].Raw != "" {
			fields[i].Raw = record.Round(fields[i].Raw, p.decimals)
		}
	}
}

// replace takes the new fields. Their values are copied, as the update's memory is its
// source's, and share one piece of memory: the next time all of them are compared.
func (m *merger) replace(r *row, fresh record.Fields) {
	if r.renew(fresh) {
		return
	}
	old := r.now
	out := make(record.Fields, 0, len(fresh))
	size := 0
	for i := range fresh {
		size += len(fresh[i].Raw)
	}
	var values strings.Builder
	values.Grow(size)
	i := 0
	for _, f := range fresh {
		for i < len(old) && old[i].Name < f.Name {
			i++
		}
		switch {
		case f.Raw == "":
			continue
		case i < len(old) && old[i].Name == f.Name:
			f.Name = old[i].Name
		default:
			f.Name = m.name(f.Name)
		}
		at := values.Len()
		values.WriteString(f.Raw)
		f.Raw = values.String()[at:]
		out = append(out, f)
	}
	r.now, r.aligned = out, false
}

func (m *merger) set(r *row, patch record.Fields) {
	for _, f := range patch {
		i, known := slices.BinarySearchFunc(r.now, f.Name, func(f record.Field, name string) int { return strings.Compare(f.Name, name) })
		switch {
		case known && r.now[i].Raw == f.Raw, !known && f.Raw == "":
		case known && f.Raw != "":
			r.now[i].Raw = strings.Clone(f.Raw)
			r.touch(i)
		default:
			r.now.Set(m.name(f.Name), strings.Clone(f.Raw))
			r.aligned = false
		}
	}
}

func (m *merger) name(name string) string {
	if known, ok := m.names[name]; ok {
		return known
	}
	name = strings.Clone(name)
	if len(m.names) < maxNames {
		m.names[name] = name
	}
	return name
}

// expire drops the records whose newest message is older than the time to live,
// and gives their keys.
func (m *merger) expire(now int64) (gone []string) {
	for key, r := range m.rows {
		// After a clock that was set back, what was heard before counts from now.
		r.observed, r.rideAt = min(r.observed, now), min(r.rideAt, now+2*m.rides)
		if r.observed+m.ttl > now && (r.until == 0 || r.until > now) {
			if r.origins != nil {
				m.age(r, now)
			}
			continue
		}
		delete(m.rows, key)
		gone = append(gone, key)
		for _, a := range m.annotators {
			a.Gone(key)
		}
		r.expired, r.next = true, nil
		if r.isTold {
			m.gone = append(m.gone, key)
		}
	}
	return gone
}
