package replica

import (
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// wholeRecord stands for "from nothing" where a position is asked for.
const wholeRecord = ^uint64(0)

// sheet holds records as JSON, each made when it is first needed and shared by
// all views that show the same fields and come from the same position.
type sheet struct {
	from   uint64
	view   *view.View // one of those that show these fields
	spans  []span     // by slot
	text   []byte
	number uint32 // of its use: spans of earlier ones do not count
}

type span struct {
	start, end int32 // equal: there is nothing to tell
	number     uint32
}

// Lists gives a step's records as JSON, as of now (unix milliseconds). They are
// valid until the next call.
func (r *Replica) Lists(step Step, v *view.View, now int64) (lists wire.Lists) {
	whole, patches := r.sheet(wholeRecord, v, now), r.sheet(step.From, v, now)
	lists = wire.Lists{Added: r.scratch.added[:0], Updated: r.scratch.updated[:0], Removed: r.scratch.removed[:0]}
	for i := range step.Added.all() {
		lists.Added = append(lists.Added, r.text(whole, i, now))
		lists.Observed = max(lists.Observed, r.slots[i].observed)
	}
	for i := range step.Updated.all() {
		text := r.text(patches, i, now)
		switch {
		case len(text) == 0:
			continue
		case r.whole:
			lists.Added = append(lists.Added, r.text(whole, i, now))
		default:
			lists.Updated = append(lists.Updated, text)
		}
		lists.Observed = max(lists.Observed, r.slots[i].observed)
	}
	for i := range step.Removed.all() {
		lists.Removed = append(lists.Removed, r.slots[i].key)
	}
	r.scratch.added, r.scratch.updated, r.scratch.removed = lists.Added, lists.Updated, lists.Removed
	return lists
}

// Whole gives the records of a set as JSON, as of now (unix milliseconds). They
// are valid until the next change.
func (r *Replica) Whole(of Set, v *view.View, now int64) [][]byte {
	sheet := r.sheet(wholeRecord, v, now)
	out := make([][]byte, 0, of.Len())
	for i := range of.all() {
		out = append(out, r.text(sheet, i, now))
	}
	return out
}

// sheetKey names a sheet: where it comes from, and the fields that it shows.
type sheetKey struct {
	from  uint64
	shown string
}

// manySheets is up to how many sheets are kept for the next time: a crowd of views
// with fields of their own is not to leave its memory behind.
const manySheets = 64

// sheet gives the one for a position and the fields of a view.
func (r *Replica) sheet(from uint64, v *view.View, now int64) *sheet {
	if now != r.moment {
		r.moment = now
		r.clearSheets()
	}
	key := sheetKey{from, v.Shown()}
	if s := r.sheets[key]; s != nil {
		return s
	}
	s := &sheet{}
	if last := len(r.spare) - 1; last >= 0 {
		s, r.spare = r.spare[last], r.spare[:last]
	}
	r.sheets[key] = s
	s.from, s.view, s.text = from, v, s.text[:0]
	s.number++
	if len(s.spans) < len(r.slots) {
		s.spans = append(s.spans, make([]span, len(r.slots)-len(s.spans))...)
	}
	return s
}

// clearSheets begins anew, with the memory of some of the sheets.
func (r *Replica) clearSheets() {
	for _, s := range r.sheets {
		if len(r.spare) < manySheets {
			r.spare = append(r.spare, s)
		}
	}
	clear(r.sheets)
}

// text gives a slot's record on a sheet; nothing when there is nothing to tell.
func (r *Replica) text(s *sheet, i int32, now int64) []byte {
	p := &s.spans[i]
	if p.number != s.number {
		start := len(s.text)
		s.text = r.slots[i].append(s.text, s, now)
		*p = span{int32(start), int32(len(s.text)), s.number}
	}
	return s.text[p.start:p.end:p.end]
}
