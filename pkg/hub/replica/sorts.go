package replica

import (
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// SortBy says which field holds a record's sort. It is called before the first record.
func (r *Replica) SortBy(field string) { r.sortBy = field }

// note takes note of a record's sort.
func (r *Replica) note(s *slot, f record.Field) {
	if r.sortBy != "" && f.Name == r.sortBy {
		s.sort = record.Text(f.Raw)
	}
}

// Sorted gives the records of a set as [Replica.Whole] does, each with its sort.
func (r *Replica) Sorted(of Set, v *view.View, now int64) wire.Sorted {
	return wire.Sorted{Records: r.Whole(of, v, now), Sorts: r.Sorts(of)}
}

// Sorts gives the sort of each record in a set.
func (r *Replica) Sorts(of Set) []string {
	out := make([]string, 0, of.Len())
	for i := range of.all() {
		out = append(out, r.slots[i].sort)
	}
	return out
}

// Singles gives a step's records one by one, as of now (unix milliseconds), whole. They
// are valid until the next change.
func (r *Replica) Singles(step Step, v *view.View, now int64) (singles wire.Singles) {
	whole, patches := r.sheet(wholeRecord, v, now), r.sheet(step.From, v, now)
	for i := range step.Removed.all() {
		singles.Removed = append(singles.Removed, wire.Single{Key: r.slots[i].key, Sort: r.slots[i].sort})
	}
	for i := range step.Added.all() {
		singles.Added = append(singles.Added, wire.Single{Key: r.slots[i].key, Sort: r.slots[i].sort, Record: r.text(whole, i, now)})
	}
	for i := range step.Updated.all() {
		if len(r.text(patches, i, now)) > 0 {
			singles.Updated = append(singles.Updated, wire.Single{Key: r.slots[i].key, Sort: r.slots[i].sort, Record: r.text(whole, i, now)})
		}
	}
	return singles
}
