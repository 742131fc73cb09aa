package replay

import (
	"math"
	"time"
)

const (
	// maxGap is the longest silence that is played as it was. After a longer one,
	// or one into the past, the recording was taken up anew.
	maxGap = 5 * time.Minute
	// usual stands for a silence that is unknown or not played: recorded time
	// from one frame to the next.
	usual = time.Second
)

// schedule says when each frame is due. The zero value with a speed is ready.
type schedule struct {
	speed float64

	begun  bool
	last   int64         // when the last frame was recorded, unix milliseconds; 0 is unknown
	offset time.Duration // recorded time from the first frame to the last, gaps shortened
}

// due gives the time from the start of the play to the frame that was recorded
// at the given unix milliseconds, 0 when that is unknown.
func (s *schedule) due(recorded int64) time.Duration {
	if s.begun {
		s.offset += s.step(recorded)
	}
	s.begun, s.last = true, recorded
	return scaled(s.offset, s.speed)
}

func (s *schedule) step(recorded int64) time.Duration {
	ms := recorded - s.last
	if recorded == 0 || s.last == 0 || ms < 0 || ms > maxGap.Milliseconds() {
		return usual
	}
	return time.Duration(ms) * time.Millisecond
}

// scaled is how long recorded time takes to play.
func scaled(recorded time.Duration, speed float64) time.Duration {
	const forever = math.MaxInt64 / 4
	return time.Duration(min(float64(recorded)/speed, forever))
}
