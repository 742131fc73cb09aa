package feed

// leave takes note that a source no longer lists a record. It ends when no other
// source lists it; otherwise what that source alone has told of it vanishes.
func (m *merger) leave(r *row, source int, now int64) {
	if r == nil {
		return
	}
	if !m.shared(r, source) {
		r.until = now
		return
	}
	r.heard[source] = 0
	kept := 0
	for i := range r.now {
		if r.origins[i].source != source {
			r.now[kept], r.origins[kept] = r.now[i], r.origins[i]
			kept++
		}
	}
	clear(r.now[kept:])
	r.now, r.origins, r.aligned = r.now[:kept], r.origins[:kept], false
	m.assume(r)
	m.touch(r)
}

// shared says whether another source lists the record, too.
func (m *merger) shared(r *row, source int) bool {
	for i, at := range r.heard {
		if i != source && at != 0 {
			return true
		}
	}
	return false
}
