// Package histogram counts durations in buckets whose width grows with what
// they hold, as HdrHistogram does: 32 to each doubling, so a quantile is at most
// 1/32 above the truth. Histograms of several runs are merged and then asked;
// the mean of two runs' percentiles would be the percentile of nothing.
//
// A Histogram has one owner: it is not safe for concurrent use.
package histogram

import (
	"encoding/json"
	"errors"
	"math"
	"math/bits"
	"time"
)

const (
	subBits = 5 // 2^5 buckets to each doubling
	buckets = (64 - subBits) << subBits
)

// Histogram counts durations. The zero value is empty and ready.
type Histogram struct {
	counts [buckets]uint64
	total  uint64
}

// Record counts a duration; one below zero counts as zero.
func (h *Histogram) Record(d time.Duration) {
	h.counts[bucket(d)]++
	h.total++
}

// Count is the number of durations recorded.
func (h *Histogram) Count() uint64 { return h.total }

// Merge adds what another histogram holds.
func (h *Histogram) Merge(other *Histogram) {
	for i, n := range other.counts {
		h.counts[i] += n
	}
	h.total += other.total
}

// Quantile is the longest duration of the bucket below which, or in which, the
// part q (0 to 1) of all durations lies; 0 when there are none.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.total == 0 {
		return 0
	}
	rank := max(1, uint64(math.Ceil(q*float64(h.total))))
	var seen uint64
	for i, n := range h.counts {
		if seen += n; seen >= rank {
			return longest(i)
		}
	}
	return longest(buckets - 1)
}

// bucket is the index for a duration: its own value below 2^(subBits+1), then
// the doubling it lies in, and its leading bits in that.
func bucket(d time.Duration) int {
	v := uint64(max(d, 0))
	shift := max(0, bits.Len64(v)-subBits-1)
	return shift<<subBits + int(v>>shift)
}

// longest is the longest duration that bucket i holds.
func longest(i int) time.Duration {
	shift := max(0, i>>subBits-1)
	lead := uint64(i - shift<<subBits)
	return time.Duration((lead+1)<<shift - 1)
}

// MarshalJSON gives the buckets that hold something: [[index, count], …].
func (h *Histogram) MarshalJSON() ([]byte, error) {
	pairs := [][2]uint64{}
	for i, n := range h.counts {
		if n > 0 {
			pairs = append(pairs, [2]uint64{uint64(i), n})
		}
	}
	return json.Marshal(pairs)
}

// UnmarshalJSON takes what MarshalJSON gave.
func (h *Histogram) UnmarshalJSON(text []byte) error {
	var pairs [][2]uint64
	if err := json.Unmarshal(text, &pairs); err != nil {
		return err
	}
	*h = Histogram{}
	for _, p := range pairs {
		if p[0] >= buckets {
			return errors.New("histogram: there is no such bucket")
		}
		h.counts[p[0]] += p[1]
		h.total += p[1]
	}
	return nil
}
