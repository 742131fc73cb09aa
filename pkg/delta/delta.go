// Package delta compares records and folds changes.
//
// Two laws hold it together, and are its tests: applying Diff(a, b) to a gives
// b; applying Fold(c1, c2) gives what applying c1 and then c2 gives, to anyone
// who holds the state before c1.
//
// Everything here is a pure function over immutable input.
package delta

import (
	"slices"

	"github.com/skygate-io/skygate/pkg/record"
)

// Diff gives the fields of after that differ from before, and with an empty
// value those that vanished. Fields that noise names come along, but news says
// whether any other differs: without news there is nothing to tell.
func Diff(before, after record.Fields, noise func(name string) bool) (patch record.Fields, news bool) {
	add := func(f record.Field) {
		if patch == nil {
			patch = make(record.Fields, 0, 8)
		}
		patch = append(patch, f)
		news = news || !noise(f.Name)
	}
	i, j := 0, 0
	for i < len(before) || j < len(after) {
		switch {
		case i < len(before) && j < len(after) && before[i].Name == after[j].Name: // nearly always
			if before[i].Raw != after[j].Raw {
				add(after[j])
			}
			i++
			j++
		case j == len(after) || i < len(before) && before[i].Name < after[j].Name:
			add(record.Field{Name: before[i].Name})
			i++
		default:
			add(after[j])
			j++
		}
	}
	return patch, news
}

// Noise gives the test for a policy's noise fields. They are few: looking at each is
// faster than a hash.
func Noise(names []string) func(string) bool {
	names = slices.Clone(names)
	return func(name string) bool { return slices.Contains(names, name) }
}

// Fold gives one change that leads where the given ones lead one after the
// other. It names every field that one of them names, even one that went back:
// who holds a state in between (a field's newer value) must be led to the end
// as well. A key stands in at most one of its lists.
func Fold(changes ...*record.Change) *record.Change {
	if len(changes) == 1 {
		return changes[0]
	}
	f := folder{at: map[string]int{}}
	var observed int64
	for _, c := range changes {
		observed = max(observed, c.Observed)
		for i := range c.Added {
			f.add(&c.Added[i])
		}
		for i := range c.Updated {
			f.update(&c.Updated[i])
		}
		for _, key := range c.Removed {
			f.remove(key)
		}
	}
	out := f.change()
	out.Observed = observed
	return out
}

// folder keeps one outcome per key, in the order in which keys were first named.
type folder struct {
	at       map[string]int
	outcomes []outcome
}

type outcome struct {
	key    string
	fate   fate
	fields record.Fields
	mine   bool // fields is the folder's own, not a published change's
}

type fate int

const (
	unnamed fate = iota
	added
	updated
	removed
)

func (f *folder) of(key string) *outcome {
	i, ok := f.at[key]
	if !ok {
		i = len(f.outcomes)
		f.at[key] = i
		f.outcomes = append(f.outcomes, outcome{key: key})
	}
	return &f.outcomes[i]
}

func (f *folder) add(r *record.Record) {
	o := f.of(r.Key)
	o.fate, o.fields, o.mine = added, r.Fields, false
}

func (f *folder) remove(key string) {
	o := f.of(key)
	o.fate, o.fields, o.mine = removed, nil, false
}

func (f *folder) update(r *record.Record) {
	o := f.of(r.Key)
	switch o.fate {
	case unnamed:
		o.fate, o.fields = updated, r.Fields
	case updated:
		o.fields = overlay(o.fields, r.Fields)
	default: // what was removed begins anew
		if !o.mine {
			o.fields, o.mine = append(make(record.Fields, 0, len(o.fields)+len(r.Fields)), o.fields...), true
		}
		o.fate = added
		o.fields.Merge(r.Fields)
	}
}

func (f *folder) change() *record.Change {
	c := &record.Change{}
	for _, o := range f.outcomes {
		r := record.Record{Key: o.key, Fields: o.fields}
		switch o.fate {
		case added:
			c.Added = append(c.Added, r)
		case updated:
			c.Updated = append(c.Updated, r)
		case removed:
			c.Removed = append(c.Removed, o.key)
		}
	}
	return c
}

// overlay gives the patch that equals patch a, then patch b. Unlike
// [record.Fields.Merge] it keeps fields without a value: they tell of a
// vanished field.
func overlay(a, b record.Fields) record.Fields {
	out := make(record.Fields, 0, len(a)+len(b))
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case j == len(b) || i < len(a) && a[i].Name < b[j].Name:
			out = append(out, a[i])
			i++
		case i < len(a) && a[i].Name == b[j].Name:
			i++
		default:
			out = append(out, b[j])
			j++
		}
	}
	return out
}
