package engineio

// queue is one lane of an outbox: first in, first out.
type queue struct {
	entries []entry
	head    int // index of the first
	bytes   int
}

type entry struct {
	frame *Frame
	state bool // may be dropped
}

func (q *queue) len() int { return len(q.entries) - q.head }

// fits says whether a frame finds room; an empty queue takes any.
func (q *queue) fits(f *Frame, frames, bytes int) bool {
	n := q.len()
	return n == 0 || n < frames && q.bytes+f.size <= bytes
}

func (q *queue) push(f *Frame, state bool) {
	if q.head > 0 && len(q.entries) == cap(q.entries) {
		n := copy(q.entries, q.entries[q.head:])
		clear(q.entries[n:])
		q.entries, q.head = q.entries[:n], 0
	}
	q.entries = append(q.entries, entry{f, state})
	q.bytes += f.size
}

// fill takes frames while they fit, none of which may be dropped, and says how many did.
func (q *queue) fill(frames []*Frame, most, bytes int) (taken int) {
	for _, f := range frames {
		if !q.fits(f, most, bytes) {
			break
		}
		q.push(f, false)
		taken++
	}
	return taken
}

func (q *queue) pop() *Frame {
	f := q.entries[q.head].frame
	q.entries[q.head] = entry{}
	q.head++
	q.bytes -= f.size
	if q.head == len(q.entries) {
		q.reset()
	}
	return f
}

func (q *queue) clear() {
	clear(q.entries)
	q.bytes = 0
	q.reset()
}

// reset empties the queue and keeps only a small array: most connections are
// never behind again.
func (q *queue) reset() {
	q.head = 0
	q.entries = q.entries[:0]
	if cap(q.entries) > 32 {
		q.entries = nil
	}
}

// purge drops the state frames of a topic and says how many.
func (q *queue) purge(topic string) (dropped int) {
	kept := q.entries[:q.head]
	for _, e := range q.entries[q.head:] {
		if e.state && e.frame.topic == topic {
			q.bytes -= e.frame.size
			dropped++
			continue
		}
		kept = append(kept, e)
	}
	clear(q.entries[len(kept):])
	q.entries = kept
	if q.head == len(q.entries) {
		q.reset()
	}
	return dropped
}
