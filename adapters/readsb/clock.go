package readsb

import (
	"hash/maphash"
	"time"
)

// The ages in a file relate to the file's now, which is told by the clock of the
// receiver; the program's times are told by this machine's clock.
const (
	// maxSkew is how far a receiver's clock may be off to be believed. One that was
	// further off is believed again below regained: what the file's own age adds
	// to the difference must not make the times jump to and fro.
	maxSkew  = 5 * time.Second
	regained = 3 * time.Second
	// maxDate is how far the time at which a file was sent may be from both when it
	// was written and when it came; one that is further off is no clock's.
	maxDate = 6 * time.Hour
	// staleAfter is how old the newest data may be before the source is stale.
	staleAfter = time.Minute
)

// clock relates a receiver's clock to this machine's. The zero value believes it.
type clock struct{ off bool }

// moment is when a file was written, in this machine's clock. All times are in
// unix milliseconds: received is when it came (this machine's clock), now what
// the file says (the receiver's), date when it was sent (the receiver's, from
// the Date header); 0 is unknown.
//
// When now is far from here, either the receiver's clock is off or the file is
// old. Date and now come from one host, so their difference is the file's age,
// however wrong that host's clock is. Nothing is ever in the future.
func (c *clock) moment(received, now, date int64) int64 {
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

var seed = maphash.MakeSeed()

// edition tells two contents of a file apart: by its now, else by its bytes. It
// says nothing about which is newer: after a receiver's restart, now may go
// back.
type edition struct {
	now int64
	sum uint64
}

func editionOf(f *Frame, body []byte) edition {
	if f.Now != 0 {
		return edition{now: f.Now}
	}
	return edition{sum: maphash.Bytes(seed, body)}
}
