// Package record holds the nouns of every stream: a record (one entity's
// current fields), a change (what happened to a set of records between two
// positions) and a table (a set of records that changes are applied to).
//
// A field's value is the raw JSON text of that value. It is never decoded on
// its way from a source to a client: merging and comparing are string
// operations, encoding is concatenation.
//
// The one exception is a time ([Time]): inside it is absolute, so that it does
// not change while nothing happens; on the wire it becomes an age in seconds.
//
// Nothing here starts a goroutine, reads a clock or does I/O.
package record

import (
	"slices"
	"strings"
	"time"
)

// Field is one named value of a record.
type Field struct {
	Name string
	// Raw is the value's JSON text, or the text made by [Time]. In an update it
	// is empty for a field that vanished.
	Raw string
}

// Fields are sorted by name, each name once.
type Fields []Field

// Record is one entity's fields, without the field that holds its key.
type Record struct {
	Key    string
	Fields Fields
}

// Update is what a source reports about one entity. Its strings may point into
// a larger buffer: who keeps one clones it.
type Update struct {
	Record
	// Observed is when the source heard the newest of this, in unix milliseconds
	// of this machine's clock.
	Observed int64
	// Whole says that the update names every field the entity has, so that a
	// field that it lacks has vanished. Otherwise other fields stay as they are.
	Whole bool
	// Until is when the entity ends by itself, in unix milliseconds; 0 is not known.
	Until int64
	// Gone says that the source no longer lists the entity; the update has no fields.
	Gone bool
}

// Change is what happened to a topic's records from one position to a later
// one. A key is in at most one of the three lists. A published Change is
// immutable, and so is all that it points to.
type Change struct {
	// Added records replace whatever was known under their key.
	Added []Record
	// Updated records name the fields that changed; Raw is empty for one that vanished.
	Updated []Record
	// Removed are the keys of records that are gone.
	Removed []string
	// Event is what happened, in a topic of events; such a change has no lists.
	Event *Event
	// Once keeps the event from being told twice, by whomever.
	Once Once
	// Observed is the time of the newest source message in the change, in unix
	// milliseconds; 0 when there is none (records removed by age).
	Observed int64
}

// Event is something that happened. Its record is what there is to say of it;
// the key tells what it is about, so that of several with one key the newest
// stands for them all.
type Event struct {
	// Name is the name of the event that clients get: "safety:event".
	Name string
	// Owner is who alone is to be told, by the id of an identity; "" is everyone.
	Owner string
	// Record has the key among its fields, too, when that is to be told as another
	// value than a text: a number.
	Record
}

// Once names what an event tells, so that of all that are published under one Key
// within For after the first only that one is told. Without a Key there is no such
// promise.
type Once struct {
	Key string
	For time.Duration
}

// Empty says whether the change names no record.
func (c *Change) Empty() bool { return c.Len() == 0 }

// Len is the number of records that the change names.
func (c *Change) Len() int {
	n := len(c.Added) + len(c.Updated) + len(c.Removed)
	if c.Event != nil {
		n++
	}
	return n
}

// Size is about how many bytes the change takes on the wire.
func (c *Change) Size() int {
	n := 12 * len(c.Removed)
	for _, list := range [][]Record{c.Added, c.Updated} {
		for i := range list {
			n += list[i].size()
		}
	}
	if c.Event != nil {
		n += c.Event.size()
	}
	return n
}

func (r *Record) size() int {
	n := 20
	for _, f := range r.Fields {
		n += len(f.Name) + len(f.Raw) + 4
	}
	return n
}

// Get returns the raw value of a field, or "" when the record lacks it.
func (f Fields) Get(name string) string {
	if i, ok := f.find(name); ok {
		return f[i].Raw
	}
	return ""
}

// Set gives a field a value, in place where it can. An empty raw deletes it.
func (f *Fields) Set(name, raw string) {
	i, ok := f.find(name)
	switch {
	case ok && raw == "":
		*f = slices.Delete(*f, i, i+1)
	case ok:
		(*f)[i].Raw = raw
	case raw != "":
		*f = slices.Insert(*f, i, Field{name, raw})
	}
}

// Merge sets every field of patch; those with an empty value are deleted.
func (f *Fields) Merge(patch Fields) {
	i := 0
	for _, p := range patch {
		i += f.from(i, p.Name)
		switch known := i < len(*f) && (*f)[i].Name == p.Name; {
		case known && p.Raw == "":
			*f = slices.Delete(*f, i, i+1)
		case known:
			(*f)[i].Raw = p.Raw
		case p.Raw != "":
			*f = slices.Insert(*f, i, p)
		}
	}
}

// from is how many fields after the first i have names before a name. Nearly always
// it is there: to compare for equality is quicker than for which is less.
func (f *Fields) from(i int, name string) (n int) {
	rest := (*f)[i:]
	for n = range rest {
		if rest[n].Name == name {
			return n
		}
	}
	for n = 0; n < len(rest) && rest[n].Name < name; n++ {
	}
	return n
}

// Sort puts fields collected in any order into theirs. Of several with one
// name the last stays, as in a JSON object.
func (f *Fields) Sort() {
	slices.SortStableFunc(*f, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	out := (*f)[:0]
	for i, field := range *f {
		if i+1 < len(*f) && (*f)[i+1].Name == field.Name {
			continue
		}
		out = append(out, field)
	}
	clear((*f)[len(out):])
	*f = out
}

func (f Fields) find(name string) (int, bool) {
	return slices.BinarySearchFunc(f, name, func(a Field, name string) int { return strings.Compare(a.Name, name) })
}
