package readsb

import (
	"hash/maphash"
	"time"
)

// staleAfter is how old the newest data may be before the source is stale.
const staleAfter = time.Minute

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
