package ratelimit

import (
	"time"

	"golang.org/x/time/rate"
)

// Bucket bounds what somebody asks for: so many a second, and so many at once after
// a while of silence. What finds none left is refused, and told when to come again.
// It is told the time and holds no timer. It is safe for concurrent use; a nil
// Bucket bounds nothing.
type Bucket struct {
	limit *rate.Limiter
}

// NewBucket gives a full bucket: hz a second, burst at once. hz 0 is no bound.
func NewBucket(hz float64, burst int) *Bucket {
	if hz <= 0 {
		return nil
	}
	return &Bucket{limit: rate.NewLimiter(rate.Limit(hz), burst)}
}

// Take takes one, or says how long to wait for it.
func (b *Bucket) Take(now time.Time) time.Duration {
	if b == nil {
		return 0
	}
	r := b.limit.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// Wait says how long to wait for one, and takes none.
func (b *Bucket) Wait(now time.Time) time.Duration {
	if b == nil {
		return 0
	}
	lacks := 1 - b.limit.TokensAt(now)
	return max(0, time.Duration(lacks/float64(b.limit.Limit())*float64(time.Second)))
}

// Spend takes so many, whether they are there or not: what is not there is owed. (What
// something costs may be known only afterwards.)
func (b *Bucket) Spend(now time.Time, n int) {
	if b != nil {
		b.limit.ReserveN(now, min(n, b.limit.Burst()))
	}
}
