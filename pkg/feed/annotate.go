package feed

import (
	"slices"
	"strings"

	"github.com/skygate-io/skygate/pkg/record"
)

// Annotator gives records fields that follow from others, and from other records. It
// is called with the feed's lock held, by one at a time.
type Annotator interface {
	// Names are those of all fields that it gives, sorted. No source has them.
	Names() []string
	// Annotate is told of a record as a source has reported it, at the moment now (unix
	// milliseconds), and gives its fields, sorted. It may keep the values, but not the list.
	Annotate(key string, fields record.Fields, now int64) record.Fields
	// Gone is told of a record that nobody hears any more.
	Gone(key string)
}

// Annotate adds an annotator. It is called before the first report.
func (f *Feed) Annotate(a Annotator) { f.merged.annotators = append(f.merged.annotators, a) }

// annotate gives a record the fields of the annotators.
func (m *merger) annotate(r *row, now int64) {
	for _, a := range m.annotators {
		fields := a.Annotate(r.key, r.now, now)
		for _, name := range a.Names() {
			r.put(name, fields.Get(name))
		}
	}
}

// put sets a field that no source has; "" is none.
func (r *row) put(name, raw string) {
	i, there := slices.BinarySearchFunc(r.now, name, func(f record.Field, name string) int { return strings.Compare(f.Name, name) })
	switch {
	case there && r.now[i].Raw == raw, !there && raw == "":
		return
	case there && raw != "":
		r.now[i].Raw = raw
		r.touch(i)
		return
	case there:
		r.now = slices.Delete(r.now, i, i+1)
		if r.origins != nil {
			r.origins = slices.Delete(r.origins, i, i+1)
		}
	default:
		r.now = slices.Insert(r.now, i, record.Field{Name: name, Raw: raw})
		if r.origins != nil {
			r.origins = slices.Insert(r.origins, i, origin{source: nobody})
		}
	}
	r.aligned = false
}
