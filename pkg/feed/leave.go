package feed

// leave takes note that a source no longer lists a record. It ends when no other
// source lists it; otherwise it stays as it is, and what the source has told of it is
// the other's, until that tells it anew.
func (m *merger) leave(r *row, source int, now int64) {
	if r == nil {
		return
	}
	heir := -1
	if source < len(r.heard) {
		r.heard[source] = 0
	}
	for i, at := range r.heard {
		if at != 0 {
			heir = i
		}
	}
	m.end(r, source, 0)
	if heir < 0 {
		r.until = now
		heir = source
	}
	for i := range r.origins {
		if r.origins[i].source == source {
			r.origins[i] = origin{source: heir} // older than whatever is told next
		}
	}
}

// end takes note of when a record ends by itself, as a source tells; 0 is not known. Of
// several sources the last end counts.
func (m *merger) end(r *row, source int, until int64) {
	if len(m.sources) <= 1 {
		r.until = until
		return
	}
	if until == 0 && r.ends == nil {
		r.until = 0
		return
	}
	for len(r.ends) < len(m.sources) {
		r.ends = append(r.ends, 0)
	}
	r.ends[source] = until
	r.until = 0
	for _, end := range r.ends {
		r.until = max(r.until, end)
	}
}

// owned says whether a field is another source's, which keeps it: in a topic without a
// time to live sources list, and the first that lists a field is as good as any. (The
// newest would be another with every poll.)
func (m *merger) owned(r *row, o origin, source int) bool {
	return m.ttl == forever && o.source != source && o.source != nobody && r.heard[o.source] != 0
}
