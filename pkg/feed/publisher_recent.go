package feed

import "time"

// recent are the keys of what was published lately. They are forgotten in the
// order in which they came: hearing one again does not keep it.
type recent struct {
	bounds Remember
	until  map[string]time.Time
	order  []string // oldest first
}

// has says whether a key is remembered.
func (r *recent) has(key string, now time.Time) bool {
	until, ok := r.until[key]
	return ok && now.Before(until)
}

// add remembers a key that is not, and forgets what is over the bounds.
func (r *recent) add(key string, now time.Time) {
	if r.bounds.For <= 0 || r.bounds.Most <= 0 {
		return
	}
	for len(r.order) > 0 && (len(r.order) >= r.bounds.Most || !r.has(r.order[0], now)) {
		delete(r.until, r.order[0])
		r.order[0] = ""
		r.order = r.order[1:]
	}
	r.until[key] = now.Add(r.bounds.For)
	r.order = append(r.order, key)
}
