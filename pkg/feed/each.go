package feed

import (
	"maps"
	"slices"

	"github.com/skygate-io/skygate/pkg/record"
)

// eachHeld is how many records are passed over while the lock is held: half a
// millisecond, so that nobody waits for all of them.
const eachHeld = 256

// Each calls do for every record as it is merged, in no order, with the feed's lock
// held: do reads, keeps none of the fields (their values it may), and returns. Of a
// record that comes or goes meanwhile it may be told or not.
func (f *Feed) Each(do func(key string, fields record.Fields, observed int64)) {
	f.mu.Lock()
	rows := slices.Collect(maps.Values(f.merged.rows))
	f.mu.Unlock()
	for held := range slices.Chunk(rows, eachHeld) {
		f.mu.Lock()
		for _, r := range held {
			if !r.expired {
				do(r.key, r.now, r.observed)
			}
		}
		f.mu.Unlock()
	}
}
