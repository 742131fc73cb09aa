// Package replica holds a state topic's records as its readers need them: not
// only what is, but since when, so that anyone who holds the state at an earlier
// position can be led to the present one.
//
// Every record, every field and every record that is gone carries the seq of its
// last change. From that follows the one function that all of a hub's work on
// state is made of: what leads from a view at one position to a view at the
// present ([Replica.Advance], [Replica.Switch], [Replica.Since]). Nothing is
// accumulated for an audience.
//
// Records live in slots, numbered densely, so that sets of records are bit sets.
// Work is proportional to what a view sees, or may see: a grid of cells of one
// degree finds what lies in a region, and only what changed is looked at again.
//
// A Replica is owned by one goroutine, or guarded by its owner's lock. It holds
// no clock.
package replica

import (
	"slices"
	"strings"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/view"
)

// Replica is the records of a topic at a position. Use [New].
type Replica struct {
	// Static.
	keyName string
	only    map[string]struct{} // the fields that are kept; nil for all
	whole   bool                // what changed is told whole
	sortBy  string              // the field that holds a record's sort, "" for none

	slots []slot
	looks []look   // by slot
	seqs  []uint64 // of each slot's last change: scanned to find what changed
	byKey map[string]int32
	last  int32 // the slot that was looked up last
	live  Set
	free  []int32
	grid  grid

	shapes    map[string]*shape // by their names
	lastShape *shape

	at    uint64 // the position
	gone  []tombstone
	floor uint64 // what was gone at or before it may be forgotten

	// Made on demand, and valid until the next change.
	changed []changedSince
	sheets  map[sheetKey]*sheet
	spare   []*sheet
	moment  int64 // that the sheets are as of

	scratch struct {
		now            Set
		step           Step
		added, updated [][]byte
		removed        []string
		names          []string
	}
}

// tombstone remembers a record that is gone.
type tombstone struct {
	slot int32
	seq  uint64
	at   int64 // unix milliseconds
}

type changedSince struct {
	seq  uint64
	dirt Set
}

// New gives an empty replica, at seq 0. keyName is the field that holds a
// record's key on the wire. Of the fields it keeps those in only, nil for all
// (filters read them all, all the same); whole says that a record that changed is
// told as a whole.
func New(keyName string, only []string, whole bool) *Replica {
	r := &Replica{keyName: keyName, whole: whole, byKey: map[string]int32{}, grid: grid{}, shapes: map[string]*shape{}, sheets: map[sheetKey]*sheet{}}
	if only != nil {
		r.only = make(map[string]struct{}, len(only))
		for _, name := range only {
			r.only[name] = struct{}{}
		}
	}
	return r
}

func (r *Replica) keeps(name string) bool {
	if r.only == nil {
		return true
	}
	_, ok := r.only[name]
	return ok
}

// Load puts records in at seq: what there is when a reader begins. Nothing is
// known of what was before.
func (r *Replica) Load(records []record.Record, seq uint64) {
	r.Apply(&record.Change{Added: records}, seq, 0)
	r.floor = seq
}

// At is the position.
func (r *Replica) At() uint64 { return r.at }

// Len is the number of records.
func (r *Replica) Len() int { return len(r.byKey) - len(r.gone) }

// Get copies the record under a key; nil when there is none.
func (r *Replica) Get(key string) *record.Record {
	i, ok := r.byKey[key]
	if !ok || !r.live.Has(i) {
		return nil
	}
	return r.slots[i].record()
}

// Records copies every record, in the order of their keys.
func (r *Replica) Records() []record.Record {
	out := make([]record.Record, 0, r.Len())
	for i := range r.live.all() {
		out = append(out, *r.slots[i].record())
	}
	slices.SortFunc(out, func(a, b record.Record) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// Copy copies the records in a set.
func (r *Replica) Copy(of Set) []record.Record {
	out := make([]record.Record, 0, of.Len())
	for i := range of.all() {
		out = append(out, *r.slots[i].record())
	}
	return out
}

// Apply brings the records to the state after the change, at seq, which is
// appended at now (unix milliseconds). The change is not kept, its strings are.
func (r *Replica) Apply(c *record.Change, seq uint64, now int64) {
	r.at = seq
	r.changed = r.changed[:0]
	r.clearSheets()
	for i := range c.Added {
		r.add(&c.Added[i], seq, c.Observed)
	}
	for i := range c.Updated {
		r.update(&c.Updated[i], seq, c.Observed)
	}
	for _, key := range c.Removed {
		r.remove(key, seq, now)
	}
}

func (r *Replica) add(rec *record.Record, seq uint64, observed int64) {
	i := r.slot(rec.Key, seq)
	s := &r.slots[i]
	s.born, s.observed, s.sort = seq, observed, ""
	r.looks[i].attrs = view.Attributes{}
	r.fill(i, rec.Fields, seq)
	r.grid.move(r.looks, i)
}

func (r *Replica) update(patch *record.Record, seq uint64, observed int64) {
	i, ok := r.lookUp(patch.Key)
	if !ok {
		r.add(patch, seq, observed)
		return
	}
	r.seqs[i] = seq
	s := &r.slots[i]
	s.observed = max(s.observed, observed)
	r.patch(i, patch.Fields, seq)
	r.grid.move(r.looks, i)
}

func (r *Replica) remove(key string, seq uint64, now int64) {
	i, ok := r.lookUp(key)
	if !ok {
		return
	}
	r.slots[i].empty()
	r.looks[i].attrs = view.Attributes{}
	r.seqs[i] = seq
	r.live.drop(i)
	r.grid.move(r.looks, i)
	r.gone = append(r.gone, tombstone{i, seq, now})
}

// lookUp gives the slot of a record that is there. Changes name the records in much
// the same order, so the one that came after the last one is tried first: to find it
// by its key is a hash and three cache misses.
func (r *Replica) lookUp(key string) (i int32, ok bool) {
	if r.last < int32(len(r.slots)) {
		if i = r.slots[r.last].next; i < int32(len(r.slots)) && r.slots[i].key == key && r.live.Has(i) {
			r.last = i
			return i, true
		}
	}
	if i, ok = r.byKey[key]; !ok || !r.live.Has(i) {
		return 0, false
	}
	r.slots[r.last].next, r.last = i, i
	return i, true
}

// slot gives the slot for a key that is there from seq on: the one that it had
// if that is remembered, so that nobody takes it for another's.
func (r *Replica) slot(key string, seq uint64) int32 {
	i, ok := r.byKey[key]
	switch {
	case ok && !r.live.Has(i):
		r.gone = slices.DeleteFunc(r.gone, func(t tombstone) bool { return t.slot == i })
	case ok:
	case len(r.free) > 0:
		i = r.free[len(r.free)-1]
		r.free = r.free[:len(r.free)-1]
		r.slots[i] = r.newSlot(key)
	default:
		i = int32(len(r.slots))
		r.slots = append(r.slots, r.newSlot(key))
		r.looks = append(r.looks, look{where: nowhere})
		r.seqs = append(r.seqs, 0)
	}
	r.byKey[key] = i
	r.live = r.live.grown(len(r.slots))
	r.live.put(i)
	r.seqs[i] = seq
	return i
}

// Forget lets go of what has been gone since before a moment (unix milliseconds)
// and at or before seq, which everyone who holds a set of slots has passed, and
// of the oldest that are gone when they are more than a number. A resume from
// before what was forgotten is no longer possible.
func (r *Replica) Forget(before int64, seq uint64, most int) {
	n := 0
	for n < len(r.gone) && r.gone[n].seq <= seq && (r.gone[n].at < before || len(r.gone)-n > most) {
		t := r.gone[n]
		delete(r.byKey, r.slots[t.slot].key)
		r.slots[t.slot] = slot{}
		r.free = append(r.free, t.slot)
		r.floor = max(r.floor, t.seq)
		n++
	}
	r.gone = slices.Delete(r.gone, 0, n)
}

// Forgettable is the seq of the newest record that Forget would let go of if
// everyone had passed it; 0 when there is none.
func (r *Replica) Forgettable(before int64, most int) (seq uint64) {
	for n, t := range r.gone {
		if t.at >= before && len(r.gone)-n <= most {
			break
		}
		seq = t.seq
	}
	return seq
}

// Floor is the oldest position from which [Replica.Since] can lead to the present.
func (r *Replica) Floor() uint64 { return r.floor }

// dirty gives the slots that changed after seq. It is made once for all who ask
// before the next change.
func (r *Replica) dirty(seq uint64) Set {
	for _, c := range r.changed {
		if c.seq == seq {
			return c.dirt
		}
	}
	n := len(r.changed)
	var dirt Set
	if n < cap(r.changed) {
		dirt = r.changed[:n+1][n].dirt // of an earlier position: its memory serves again
	}
	dirt = dirt[:0].grown(len(r.slots))
	for i, changed := range r.seqs {
		if changed > seq {
			dirt.put(int32(i))
		}
	}
	r.changed = append(r.changed, changedSince{seq, dirt})
	return dirt
}
