package swarm

import (
	"math/bits"
	"time"

	"github.com/skygate-io/skygate/test/bench/histogram"
)

// Window is the messages that are counted: those with the numbers from First on.
type Window struct {
	First    int `json:"first"`
	Messages int `json:"messages"`
}

// Report is what became of the messages of a window, over all clients.
type Report struct {
	Received   int                  `json:"received"`   // each message once per client
	Missing    int                  `json:"missing"`    // never came
	Duplicated int                  `json:"duplicated"` // came again
	Disordered int                  `json:"disordered"` // came after a later one
	Closed     int                  `json:"closed"`     // clients that lost their connection, since the start
	Redials    int                  `json:"redials"`    // handshakes that failed and were tried again
	Latency    *histogram.Histogram `json:"latency"`    // from the harness's order to the read
}

// tally is what one client got of a window.
type tally struct {
	seen []uint64 // one bit per message
	last int      // the highest number so far
}

func newTally(w Window) tally {
	return tally{seen: make([]uint64, (w.Messages+63)/64), last: w.First - 1}
}

// add counts a message that came. A number outside the window belongs to
// another one, or to the warm-up, and does not count.
func (t *tally) add(w Window, r *Report, number int, took time.Duration) {
	i := number - w.First
	if i < 0 || i >= w.Messages {
		return
	}
	word, bit := &t.seen[i/64], uint64(1)<<(i%64)
	if *word&bit != 0 {
		r.Duplicated++
		return
	}
	*word |= bit
	r.Received++
	r.Latency.Record(took)
	if number < t.last {
		r.Disordered++
		return
	}
	t.last = number
}

// missing is how many of the window's messages have not come.
func (t *tally) missing(w Window) int {
	n := w.Messages
	for _, word := range t.seen {
		n -= bits.OnesCount64(word)
	}
	return n
}
