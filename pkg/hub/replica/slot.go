package replica

import (
	"slices"
	"strings"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/view"
)

// slot is where a record is, or was. What a reader of many records looks at is kept
// together: to find which fields changed it reads seqs alone. (With name, value and
// seq of each field side by side a record took 1,000 bytes, not 600, and a change of
// 10,000 of them 2.5 ms, not 2.1.)
type slot struct {
	key      string
	head     string   // how its JSON begins: with the key
	sort     string   // also of one that is gone
	shape    *shape   // the names of the fields, vanished ones among them
	seqs     []uint64 // at which each field became what it is
	values   []string // raw; "" is that of a field that vanished
	born     uint64   // the seq at which it appeared, or was replaced as a whole
	observed int64    // of the change that changed it last, unix milliseconds
	next     int32    // the slot that was looked up after it
}

// look is what a filter looks at, and where the grid has it. It stands apart from the
// rest: a flush to many views looks at a hundred records for each of them, and this is 80
// bytes of 200.
type look struct {
	attrs view.Attributes
	where place
}

func (r *Replica) newSlot(key string) slot {
	return slot{key: key, head: string(record.AppendKey(nil, r.keyName, key))}
}

// shape is the names of a record's fields, sorted. Records with the same names
// share one, so that a name is looked for in memory that is read for all of them.
type shape struct {
	names  []string
	labels []string // the names as they stand in JSON, with a comma before and a colon after
}

// manyShapes bounds the shapes that are remembered: a source that invents names
// without end costs what it sends, and no more.
const manyShapes = 1024

// shapeOf gives the one for some names, sorted.
func (r *Replica) shapeOf(names []string) *shape {
	if last := r.lastShape; last != nil && slices.Equal(last.names, names) {
		return last
	}
	key := strings.Join(names, "\x00")
	s := r.shapes[key]
	if s == nil {
		if len(r.shapes) >= manyShapes {
			clear(r.shapes)
		}
		s = &shape{names: slices.Clone(names)}
		for _, name := range names {
			s.labels = append(s.labels, ","+record.String(name)+":")
		}
		r.shapes[key] = s
	}
	r.lastShape = s
	return s
}

// find gives the place of a name among those of a shape, at or after a place.
func (s *shape) find(name string, after int) (at int, found bool) {
	for at = after; at < len(s.names); at++ {
		if s.names[at] >= name {
			return at, s.names[at] == name
		}
	}
	return at, false
}

// fill gives a slot all the fields of a record.
func (r *Replica) fill(i int32, fields record.Fields, seq uint64) {
	s, attrs := &r.slots[i], &r.looks[i].attrs
	names := r.scratch.names[:0]
	s.seqs, s.values = s.seqs[:0], s.values[:0]
	if cap(s.values) < len(fields) {
		s.seqs, s.values = make([]uint64, 0, len(fields)+2), make([]string, 0, len(fields)+2)
	}
	for _, f := range fields {
		attrs.Set(f.Name, f.Raw)
		r.note(s, f)
		if r.keeps(f.Name) {
			names, s.seqs, s.values = append(names, f.Name), append(s.seqs, seq), append(s.values, f.Raw)
		}
	}
	r.scratch.names = names
	s.shape = r.shapeOf(names)
}

// patch gives a slot the fields that changed.
func (r *Replica) patch(i int32, fields record.Fields, seq uint64) {
	s, attrs := &r.slots[i], &r.looks[i].attrs
	at := 0
	for _, f := range fields {
		attrs.Set(f.Name, f.Raw)
		r.note(s, f)
		if !r.keeps(f.Name) {
			continue
		}
		i, found := s.shape.find(f.Name, at)
		at = i
		switch {
		case found:
			s.seqs[i], s.values[i] = seq, f.Raw
		case f.Raw != "":
			names := append(append(append(r.scratch.names[:0], s.shape.names[:i]...), f.Name), s.shape.names[i:]...)
			r.scratch.names = names
			s.shape = r.shapeOf(names)
			s.seqs, s.values = slices.Insert(s.seqs, i, seq), slices.Insert(s.values, i, f.Raw)
		}
	}
}

// empty lets go of what a slot holds of a record that is gone.
func (s *slot) empty() {
	s.shape, s.seqs, s.values, s.observed = nil, nil, nil, 0
}

func (s *slot) record() *record.Record {
	out := &record.Record{Key: s.key, Fields: make(record.Fields, 0, len(s.values))}
	for i, raw := range s.values {
		if raw != "" {
			out.Fields = append(out.Fields, record.Field{Name: s.shape.names[i], Raw: raw})
		}
	}
	return out
}

// append appends the record as a JSON object, or what changed of it after the
// sheet's position; nothing when nothing that is shown did.
func (s *slot) append(dst []byte, sh *sheet, now int64) []byte {
	start := len(dst)
	dst = append(dst, s.head...)
	told := false
	for i, seq := range s.seqs {
		if sh.from == wholeRecord {
			if s.values[i] == "" {
				continue
			}
		} else if seq <= sh.from {
			continue
		}
		if sh.view.Shows(s.shape.names[i]) {
			dst = record.AppendValue(append(dst, s.shape.labels[i]...), s.values[i], now)
			told = true
		}
	}
	if !told && sh.from != wholeRecord {
		return dst[:start]
	}
	return append(dst, '}')
}
