package record

import (
	"iter"
	"maps"
	"slices"
)

// Table is a set of records by key. The zero value is not ready: use
// [NewTable]. It is owned by one goroutine, or guarded by its owner's lock.
type Table struct {
	rows map[string]*Record
}

// NewTable gives an empty table.
func NewTable() *Table { return &Table{rows: map[string]*Record{}} }

// Len is the number of records.
func (t *Table) Len() int { return len(t.rows) }

// Get gives the record under a key, nil when there is none. It stays the
// table's: read it before the next Apply.
func (t *Table) Get(key string) *Record { return t.rows[key] }

// All yields the records in the order of their keys. They stay the table's.
func (t *Table) All() iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		for _, key := range slices.Sorted(maps.Keys(t.rows)) {
			if !yield(t.rows[key]) {
				return
			}
		}
	}
}

// Apply brings the table to the state after the change. The change is not
// kept: its field lists are copied.
func (t *Table) Apply(c *Change) {
	for i := range c.Added {
		t.rows[c.Added[i].Key] = c.Added[i].Clone()
	}
	for i := range c.Updated {
		u := &c.Updated[i]
		row := t.rows[u.Key]
		if row == nil {
			row = &Record{Key: u.Key}
			t.rows[u.Key] = row
		}
		row.Fields.Merge(u.Fields)
	}
	for _, key := range c.Removed {
		delete(t.rows, key)
	}
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
