//go:build !race

package safety_test

import (
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/safety"
)

func TestAllocRead(t *testing.T) {
	p := plane{key: "4B1805", at: zurich, alt: 30000, gs: 450, track: 90, vr: -640, fields: `"flight":"SWR12A" "squawk":"1000" "category":"a3"`}
	f := p.record(start)
	f.Set("seen", record.Time(start.UnixMilli()))
	if n := testing.AllocsPerRun(100, func() { safety.Read("4B1805", f, start.UnixMilli()) }); n != 0 {
		t.Errorf("reading a record allocates %v times, want 0", n)
	}
}

// Aircraft that fly through the cells of the grid and past each other, none in danger.
func TestAllocObserveFindsNothing(t *testing.T) {
	m := safety.New(safety.DefaultConfig())
	all := rounds(500)
	now := start.Add(4 * time.Second)
	observe := func() {
		for _, round := range all {
			for _, a := range round {
				if events := m.Observe(a, now); events != nil {
					t.Fatalf("told %v", events)
				}
			}
		}
	}
	observe()
	if n := testing.AllocsPerRun(10, observe); n != 0 {
		t.Errorf("2,000 observations that find nothing allocate %v times, want 0", n)
	}
}

// A conflict that goes on and has nothing new to tell: the encounter, and a note
// of who it is.
func TestAllocObserveOfAnOngoingConflict(t *testing.T) {
	m := safety.New(safety.DefaultConfig())
	a, b := pair(zurich, 0.1, 0)
	one, other := safety.Read(a.key, a.record(start), start.UnixMilli()), safety.Read(b.key, b.record(start), start.UnixMilli())
	m.Observe(one, start)
	if events := m.Observe(other, start); len(events) != 1 {
		t.Fatalf("told %v", events)
	}
	if n := testing.AllocsPerRun(100, func() { m.Observe(one, start) }); n > 4 {
		t.Errorf("an observation of an ongoing conflict allocates %v times, want 4 at most", n)
	}
}
