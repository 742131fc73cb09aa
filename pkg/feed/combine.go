package feed

import (
	"slices"
	"strings"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/wire"
)

// origin is where a field's value comes from: which source, and when it was heard.
type origin struct {
	at     int64 // unix milliseconds
	source int
}

// nobody is the source of a field that the feed makes itself.
const nobody = -1

// combine merges an update into a record that several sources report. The newest
// value of a field counts; one that a source no longer reports vanishes if it was
// that source's.
func (m *merger) combine(r *row, u *record.Update, source int, observed, now int64) {
	for len(r.heard) < len(m.sources) {
		r.heard = append(r.heard, 0)
	}
	r.heard[source] = observed
	barred := m.barred(r, u, source, observed)
	fields, origins := make(record.Fields, 0, max(len(r.now), len(u.Fields))), make([]origin, 0, max(len(r.now), len(u.Fields)))
	keep := func(i int) {
		fields, origins = append(fields, r.now[i]), append(origins, r.origins[i])
	}
	take := func(f record.Field) {
		fields = append(fields, record.Field{Name: m.name(f.Name), Raw: f.Raw})
		origins = append(origins, origin{m.heardAt(f.Name, u, observed), source})
	}
	i, j := 0, 0
	for i < len(r.now) || j < len(u.Fields) {
		switch {
		case j == len(u.Fields) || i < len(r.now) && r.now[i].Name < u.Fields[j].Name: // not reported
			if !u.Whole || r.origins[i].source != source {
				keep(i)
			}
			i++
		case i == len(r.now) || r.now[i].Name > u.Fields[j].Name: // new
			if f := u.Fields[j]; f.Raw != "" && (!barred || !m.isDated(f.Name)) {
				take(record.Field{Name: f.Name, Raw: strings.Clone(f.Raw)})
			}
			j++
		default:
			m.choose(r, i, u.Fields[j], u, source, observed, barred, keep, take)
			i++
			j++
		}
	}
	r.now, r.origins, r.aligned = fields, origins, false
	m.nameReceivers(r, now)
}

// choose takes a source's value of a field, or keeps the one that there is.
func (m *merger) choose(r *row, i int, f record.Field, u *record.Update, source int, observed int64, barred bool, keep func(int), take func(record.Field)) {
	own := r.origins[i].source == source
	switch {
	case barred && m.isDated(f.Name), m.owned(r, r.origins[i], source), !own && m.heardAt(f.Name, u, observed) <= r.origins[i].at:
		keep(i)
	case f.Raw == "": // vanished, for this source
		if !own {
			keep(i)
		}
	case f.Raw == r.now[i].Raw:
		take(r.now[i]) // the same, heard anew
	default:
		take(record.Field{Name: f.Name, Raw: strings.Clone(f.Raw)})
	}
}

// heardAt is when a field's value was heard.
func (m *merger) heardAt(name string, u *record.Update, observed int64) int64 {
	if by := m.dated[name]; by != "" {
		if at, ok := record.ParseTime(u.Fields.Get(by)); ok {
			return min(at, observed)
		}
	}
	return observed
}

// isDated says whether a field is one that a preferred source is preferred for.
func (m *merger) isDated(name string) bool {
	return m.dated[name] != "" || m.policy.Prefer != nil && name == m.policy.Prefer.Field
}

// barred says whether another source knows better where the record is.
func (m *merger) barred(r *row, u *record.Update, source int, observed int64) bool {
	p := m.policy.Prefer
	if p == nil {
		return false
	}
	i := slices.IndexFunc(r.now, func(f record.Field) bool { return f.Name == p.Field })
	if i < 0 || r.origins[i].source == source || observed-r.origins[i].at >= p.For.Milliseconds() {
		return false
	}
	rank := func(raw string) int {
		at := slices.Index(p.Order, strings.Trim(raw, `"`))
		if at < 0 {
			return len(p.Order)
		}
		return at
	}
	return rank(u.Fields.Get(p.Field)) > rank(r.now[i].Raw)
}

// nameReceivers tells which sources hear the record.
func (m *merger) nameReceivers(r *row, now int64) {
	name := m.policy.Receivers
	if name == "" {
		return
	}
	var set uint64
	for i, at := range r.heard {
		if at+m.ttl > now {
			set |= 1 << (i % 64)
		}
	}
	raw, ok := m.heardBy[set]
	if !ok {
		names := []string{}
		for i, source := range m.sources {
			if set&(1<<(i%64)) != 0 {
				names = append(names, source)
			}
		}
		text, _ := wire.Marshal(names) // texts can always be encoded
		raw = string(text)
		m.heardBy[set] = raw
	}
	i, found := slices.BinarySearchFunc(r.now, name, func(f record.Field, name string) int { return strings.Compare(f.Name, name) })
	if !found {
		r.now = slices.Insert(r.now, i, record.Field{Name: name})
		r.origins = slices.Insert(r.origins, i, origin{source: nobody})
	}
	r.now[i].Raw, r.origins[i] = raw, origin{source: nobody}
}

// age drops the fields of a record that no source has told for the time to live.
func (m *merger) age(r *row, now int64) {
	before := len(r.now)
	receivers := r.now.Get(m.policy.Receivers)
	kept := 0
	for i := range r.now {
		if o := r.origins[i]; o.source == nobody || o.at+m.ttl > now {
			r.now[kept], r.origins[kept] = r.now[i], o
			kept++
		}
	}
	clear(r.now[kept:])
	r.now, r.origins, r.aligned = r.now[:kept], r.origins[:kept], false
	m.assume(r)
	m.nameReceivers(r, now)
	if kept != before || r.now.Get(m.policy.Receivers) != receivers {
		m.touch(r)
	}
}
