package replica

import (
	"github.com/skygate-io/skygate/pkg/view"
)

// Step is what leads from a view of the records to a later one: slots, each in
// at most one of the sets. It is valid until the next one is asked for.
type Step struct {
	// Added are seen now and were not before, or were replaced as a whole.
	Added Set
	// Updated are still seen, and changed.
	Updated Set
	// Removed are no longer seen.
	Removed Set
	// From is the position that it leads from.
	From uint64
}

// Advance gives what leads from a view at seq from, when visible was seen of it,
// to the present, and makes visible what is seen now. Only what changed since is
// looked at.
func (r *Replica) Advance(v *view.View, visible *Set, from uint64) Step {
	dirt := r.dirty(from)
	now := append(r.scratch.now[:0], *visible...).grown(len(r.slots))
	r.scratch.now = now
	for w := range now {
		now[w] &^= dirt[w]
	}
	r.find(v, dirt, now)
	step := r.step(*visible, now, dirt, from)
	*visible = append((*visible)[:0], now...)
	return step
}

// Switch gives what leads from one view, of which visible was seen at seq from,
// to another at the present, and what is seen of that. A record that both see is
// told whole when they show different fields.
func (r *Replica) Switch(old *view.View, visible Set, from uint64, v *view.View) (Step, Set) {
	now := r.Select(v)
	step := r.step(visible, now, r.dirty(from), from)
	if !old.SameFields(v) {
		copy(step.Added, now)
		clear(step.Updated)
	}
	return step, now
}

// Since gives what leads anyone who held the view at seq from, whatever they saw
// of it then, to the present, and what is seen now: what changed since and is
// seen is told whole, what changed and is not seen is gone. ok is false when that
// is no longer known.
func (r *Replica) Since(v *view.View, from uint64) (step Step, now Set, ok bool) {
	if from < r.floor || from > r.at {
		return Step{}, nil, false
	}
	now = r.Select(v)
	dirt := r.dirty(from)
	step = r.blank(len(now), from)
	for w, word := range now {
		step.Added[w] = dirt[w] & word
		step.Removed[w] = dirt[w] &^ word
	}
	for i := range step.Removed.all() {
		if _, known := r.byKey[r.slots[i].key]; !known { // a free slot
			step.Removed.drop(i)
		}
	}
	return step, now, true
}

// step compares what was seen at seq from with what is seen now.
func (r *Replica) step(before, now, dirt Set, from uint64) Step {
	step := r.blank(len(now), from)
	for w, word := range now {
		was := before.word(w)
		step.Added[w] = word &^ was
		step.Updated[w] = word & was & dirt[w]
		step.Removed[w] = was &^ word
	}
	for i := range step.Updated.all() {
		if r.slots[i].born > from {
			step.Updated.drop(i)
			step.Added.put(i)
		}
	}
	return step
}

// blank gives a step of empty sets, in the memory of the one before.
func (r *Replica) blank(words int, from uint64) Step {
	sized := func(s Set) Set {
		s = s[:0].grown(64 * words)
		return s[:words]
	}
	r.scratch.step = Step{
		Added: sized(r.scratch.step.Added), Updated: sized(r.scratch.step.Updated), Removed: sized(r.scratch.step.Removed),
		From: from,
	}
	return r.scratch.step
}

// Select gives what a view sees at the present.
func (r *Replica) Select(v *view.View) Set {
	now := Set(nil).grown(len(r.slots))
	r.find(v, r.live, now)
	return now
}

// Sees says whether a view sees the record under a key.
func (r *Replica) Sees(v *view.View, key string) bool {
	i, ok := r.byKey[key]
	return ok && r.live.Has(i) && v.Filter().Matches(key, &r.looks[i].attrs)
}

// find puts those of some slots that a view sees into a set. It looks at those
// that the view might see.
func (r *Replica) find(v *view.View, of, into Set) {
	f := v.Filter()
	if f == nil {
		for w := range into {
			into[w] |= of.word(w) & r.live.word(w)
		}
		return
	}
	if keys, ok := f.Keys(); ok {
		for _, key := range keys {
			if i, ok := r.byKey[key]; ok && of.Has(i) && r.live.Has(i) && f.Matches(key, &r.looks[i].attrs) {
				into.put(i)
			}
		}
		return
	}
	// From here on it matters not which key a record has.
	if box, ok := f.Bounds(); ok && size(box) < len(r.slots) {
		r.grid.in(box, func(slots []int32) { // of records that are there: they have a position
			for _, i := range slots {
				if of.Has(i) && f.Matches("", &r.looks[i].attrs) {
					into.put(i)
				}
			}
		})
		return
	}
	for i := range of.all() {
		if r.live.Has(i) && f.Matches("", &r.looks[i].attrs) {
			into.put(i)
		}
	}
}

// word is a word of a set, that beyond its end is empty.
func (s Set) word(w int) uint64 {
	if w < len(s) {
		return s[w]
	}
	return 0
}
