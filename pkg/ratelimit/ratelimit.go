// Package ratelimit bounds how often something happens. A [Pacer] paces what
// conflates: a value that has to wait is replaced by a newer one, never dropped, so
// the last value always goes out. A [Bucket] bounds what is asked for: what is too
// much is refused. Both are thin layers over golang.org/x/time/rate.
package ratelimit

import (
	"time"

	"golang.org/x/time/rate"
)

// Pacer allows at most so many emissions a second, evenly spaced, the first at
// once. It is told the time and holds no timer. It is owned by one goroutine.
type Pacer struct {
	limit *rate.Limiter
}

// New gives a pacer for hz emissions a second.
func New(hz float64) *Pacer {
	return &Pacer{limit: rate.NewLimiter(rate.Limit(hz), 1)}
}

// Take says how long to wait before the next emission. When it is 0, the
// emission is due and counted: make it.
func (p *Pacer) Take(now time.Time) time.Duration {
	r := p.limit.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}
