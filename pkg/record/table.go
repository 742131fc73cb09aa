package record

import (
	"iter"
	"maps"
	"slices"
)

// Table is a set of records by key. The zero value is not ready: use
// [NewTable]. It is owned by one goroutine, or guarded by its owner's lock.
type Table struct {
	rows map[string]*row
	last *row // that was looked up last
}

// row is a record, and the one that was looked up after it: changes name records in
// much the same order, so that one is tried first. (To find each by its key, and its
// fields by comparing which name is less, a change of 10,000 took 5.3 ms, not 1.6.)
type row struct {
	Record
	next *row
	gone bool
}

// NewTable gives an empty table.
func NewTable() *Table { return &Table{rows: map[string]*row{}} }

// Len is the number of records.
func (t *Table) Len() int { return len(t.rows) }

// Get gives the record under a key, nil when there is none. It stays the
// table's: read it before the next Apply.
func (t *Table) Get(key string) *Record {
	if r := t.rows[key]; r != nil {
		return &r.Record
	}
	return nil
}

// All yields the records in the order of their keys. They stay the table's.
func (t *Table) All() iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		for _, key := range slices.Sorted(maps.Keys(t.rows)) {
			if !yield(&t.rows[key].Record) {
				return
			}
		}
	}
}

// Apply brings the table to the state after the change. The change is not
// kept: its field lists are copied.
func (t *Table) Apply(c *Change) {
	for i := range c.Added {
		a := &c.Added[i]
		t.lookUp(a.Key).Fields = slices.Clone(a.Fields)
	}
	for i := range c.Updated {
		u := &c.Updated[i]
		t.lookUp(u.Key).Fields.Merge(u.Fields)
	}
	for _, key := range c.Removed {
		if r := t.rows[key]; r != nil {
			r.gone, r.next = true, nil
			delete(t.rows, key)
		}
	}
}

// lookUp gives the row of a key, an empty one when there is none.
func (t *Table) lookUp(key string) *row {
	last := t.last
	if last != nil && last.next != nil && last.next.Key == key && !last.next.gone {
		t.last = last.next
		return t.last
	}
	r := t.rows[key]
	if r == nil {
		r = &row{Record: Record{Key: key}}
		t.rows[key] = r
	}
	if last != nil {
		last.next = r
	}
	t.last = r
	return r
}

// Clone copies the record and its list of fields; the values are shared.
func (r *Record) Clone() *Record {
	return &Record{Key: r.Key, Fields: slices.Clone(r.Fields)}
}

// Records copies every record, in the order of their keys.
func (t *Table) Records() []Record {
	out := make([]Record, 0, len(t.rows))
	for r := range t.All() {
		out = append(out, *r.Clone())
	}
	return out
}
