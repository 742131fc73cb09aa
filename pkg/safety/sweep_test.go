package safety

import (
	"fmt"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
)

// What nobody says is gone is forgotten, but not before its events have ended.
func TestForgotten(t *testing.T) {
	m := New(DefaultConfig())
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for i := range 100 {
		f := record.Fields{{Name: "alt_baro", Raw: "30000"}, {Name: "lat", Raw: "47.5"}, {Name: "lon", Raw: fmt.Sprint(i)}, {Name: "squawk", Raw: `"7700"`}}
		m.Observe(Read(fmt.Sprintf("%06X", i), f, now.UnixMilli()), now)
	}
	ended := 0
	for range 299 {
		now = now.Add(time.Second)
		ended += len(m.Tick(now))
	}
	if len(m.tracks) != 100 || ended != 0 {
		t.Errorf("%d aircraft after 299 s, %d events ended", len(m.tracks), ended)
	}
	for range 62 {
		now = now.Add(time.Second)
		ended += len(m.Tick(now))
	}
	if len(m.tracks) != 0 || len(m.grid.cubes) != 0 || len(m.lives) != 0 || ended != 100 {
		t.Errorf("%d aircraft, %d cells, %d lives; %d events ended", len(m.tracks), len(m.grid.cubes), len(m.lives), ended)
	}
}

func TestGoneLeavesNothing(t *testing.T) {
	m := New(DefaultConfig())
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	f := record.Fields{{Name: "alt_baro", Raw: "30000"}, {Name: "lat", Raw: "47.5"}, {Name: "lon", Raw: "8.5"}}
	for _, key := range []string{"AAAAAA", "BBBBBB", "CCCCCC"} {
		m.Observe(Read(key, f, now.UnixMilli()), now)
	}
	if len(m.lives) != 3 {
		t.Fatalf("%d conflicts, want 3", len(m.lives))
	}
	for i, key := range []string{"BBBBBB", "AAAAAA", "CCCCCC"} {
		if events := m.Gone(key, now); len(events) != 2-i {
			t.Errorf("%s is gone: %d events, want %d", key, len(events), 2-i)
		}
	}
	if len(m.tracks) != 0 || len(m.grid.cubes) != 0 || len(m.lives) != 0 {
		t.Errorf("%d aircraft, %d cells, %d lives", len(m.tracks), len(m.grid.cubes), len(m.lives))
	}
}

// Hundreds of aircraft at one place are in so many conflicts each, and no more.
func TestMaxPairs(t *testing.T) {
	m := New(DefaultConfig())
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	f := record.Fields{{Name: "alt_baro", Raw: "30000"}, {Name: "lat", Raw: "47.5"}, {Name: "lon", Raw: "8.5"}}
	for i := range 300 {
		m.Observe(Read(fmt.Sprintf("%06X", i), f, now.UnixMilli()), now)
	}
	for _, track := range m.tracks {
		if len(track.pairs) > maxPairs {
			t.Fatalf("%s is in %d conflicts", track.key, len(track.pairs))
		}
	}
	if len(m.lives) < 300 || len(m.lives) > 3000 {
		t.Errorf("%d conflicts", len(m.lives))
	}
}
