//go:build !race

package rules_test

import "testing"

// Observations of aircraft that are known, and of which there is nothing to tell.
func TestAllocObserveFindsNothing(t *testing.T) {
	m, traffic := busy(t, 1000, 100)
	observe := func() {
		for _, a := range traffic {
			if told := m.Observe(a.Key, a.Fields, 0, start); told != nil {
				t.Fatalf("told %v", told)
			}
		}
	}
	for _, a := range traffic {
		m.Observe(a.Key, a.Fields, 0, start)
	}
	observe()
	if n := testing.AllocsPerRun(10, observe); n != 0 {
		t.Errorf("100 observations that find nothing allocate %v times, want 0", n)
	}
}
