package feedtest

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Pace notes when something is tried, in a bubble of time ([synctest.Test]). It is safe for
// concurrent use.
type Pace struct {
	// Begun is when it began.
	Begun time.Time

	mu    sync.Mutex // guards times
	times []time.Duration
}

// NewPace begins now.
func NewPace() *Pace { return &Pace{Begun: time.Now()} }

// Since is how much time has passed.
func (p *Pace) Since() time.Duration { return time.Since(p.Begun) }

// Try notes that something is tried, and gives when, since the start.
func (p *Pace) Try() time.Duration {
	since := p.Since()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.times = append(p.times, since)
	return since
}

// Tried gives when something was tried, since the start.
func (p *Pace) Tried() []time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.times)
}

// Until lets time pass, up to that since the start, and all that happens then happen.
func (p *Pace) Until(since time.Duration) {
	time.Sleep(since - p.Since())
	synctest.Wait()
}

// WantBackOff wants the pauses between attempts to grow from about a second to the longest,
// and to vary.
func (p *Pace) WantBackOff(t *testing.T, longest time.Duration) {
	t.Helper()
	tried := p.Tried()
	if len(tried) < 12 {
		t.Fatalf("it was tried %d times", len(tried))
	}
	if first := tried[1] - tried[0]; first < 500*time.Millisecond || first > 1500*time.Millisecond {
		t.Errorf("the second attempt was %v after the first", first)
	}
	varied := map[time.Duration]bool{}
	for i := 10; i < len(tried); i++ {
		pause := tried[i] - tried[i-1]
		varied[pause] = true
		if pause < longest/2 || pause > longest {
			t.Errorf("%v between attempts", pause)
		}
	}
	if len(varied) < 2 {
		t.Errorf("the pauses do not vary: %v", varied)
	}
}
