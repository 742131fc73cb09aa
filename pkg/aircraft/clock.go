package aircraft

import "time"

// What a receiver tells relates to its own clock; the program's times are those
// of this machine's.
const (
	// maxSkew is how far a receiver's clock may be off to be believed. One that was
	// further off is believed again below regained: what the age of a message
	// itself adds to the difference must not make the times jump to and fro.
	maxSkew  = 5 * time.Second
	regained = 3 * time.Second
	// maxDate is how far the time at which something was sent may be from both when
	// it was written and when it came; one that is further off is no clock's.
	maxDate = 6 * time.Hour
)

// Clock relates a receiver's clock to this machine's. The zero value believes
// it. It is owned by one goroutine.
type Clock struct{ off bool }

// Moment is when something was written, in this machine's clock. All times are
// in unix milliseconds: received is when it came (this machine's clock), now what
// it says (the receiver's), date when it was sent (the receiver's, from a Date
// header); 0 is unknown.
//
// When now is far from here, either the receiver's clock is off or what it wrote
// is old. Date and now come from one host, so their difference is the age,
// however wrong that host's clock is. Nothing is ever in the future.
func (c *Clock) Moment(received, now, date int64) int64 {
	if now == 0 {
		return received
	}
	limit := maxSkew
	if c.off {
		limit = regained
	}
	c.off = apart(received, now) > limit.Milliseconds()
	switch {
	case !c.off:
		return min(now, received)
	case date == 0, min(apart(date, now), apart(date, received)) > maxDate.Milliseconds():
		return received
	}
	return received - max(0, date-now)
}

// apart is the time between two moments, in milliseconds: a time.Duration holds
// only 292 years.
func apart(a, b int64) int64 { return max(a-b, b-a) }
