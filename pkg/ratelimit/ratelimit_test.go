package ratelimit_test

import (
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/ratelimit"
)

func TestPacer(t *testing.T) {
	start := time.Unix(1_700_000_000, 0)
	p := ratelimit.New(10)
	if wait := p.Take(start); wait != 0 {
		t.Fatalf("the first waits %v", wait)
	}
	// Asking before it is due costs nothing: the answer stays the same moment.
	for _, after := range []time.Duration{0, 10 * time.Millisecond, 99 * time.Millisecond} {
		if wait := p.Take(start.Add(after)); wait != 100*time.Millisecond-after {
			t.Errorf("%v after the first: wait %v", after, wait)
		}
	}
	if wait := p.Take(start.Add(100 * time.Millisecond)); wait != 0 {
		t.Errorf("when it is due: wait %v", wait)
	}
	// A long silence earns no burst.
	later := start.Add(time.Hour)
	if wait := p.Take(later); wait != 0 {
		t.Errorf("after a silence: wait %v", wait)
	}
	if wait := p.Take(later); wait != 100*time.Millisecond {
		t.Errorf("right after that: wait %v", wait)
	}
}
