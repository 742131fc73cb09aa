// Package beat does things at steady rates, as a benchmark's source does: whether or
// not who gets them keeps up.
package beat

import "time"

// Beat is something that is done at a steady rate.
type Beat struct {
	Hz    float64
	Do    func() error
	Count bool // what comes of it is counted, by clients that count messages
}

// due is the moment of the n-th time, counted from 0.
func (b Beat) due(n int) time.Duration {
	return time.Duration(float64(n) / b.Hz * float64(time.Second))
}

// Counted is how many times of a window are.
func (b Beat) Counted(window time.Duration) (n int) {
	for b.Count && b.due(n) < window {
		n++
	}
	return n
}

// Play does all beats for a time. The first that fails ends it.
func Play(window time.Duration, beats ...Beat) error {
	begun, done := time.Now(), make([]int, len(beats))
	for {
		next, at := -1, window
		for i, b := range beats {
			if due := b.due(done[i]); due < at {
				next, at = i, due
			}
		}
		time.Sleep(time.Until(begun.Add(at)))
		if next < 0 {
			return nil
		}
		if err := beats[next].Do(); err != nil {
			return err
		}
		done[next]++
	}
}
