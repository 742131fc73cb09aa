package safety

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
)

// crowd gives what aircraft say that are as dense as no traffic is: a receiver
// gone mad, or somebody who plays one. They are within a number of degrees of
// latitude and longitude, at levels within so many feet, and fly anywhere.
func crowd(n int, lat, lon, feet float64, now time.Time) []Aircraft {
	rng := rand.New(rand.NewPCG(7, 7))
	all := make([]Aircraft, n)
	for i := range all {
		all[i] = Read(fmt.Sprintf("%06X", i), record.Fields{
			{Name: "alt_baro", Raw: record.Number(20_000+feet*rng.Float64(), 0)},
			{Name: "gs", Raw: fmt.Sprint(100 + rng.IntN(400))},
			{Name: "lat", Raw: record.Number(47+lat*rng.Float64(), 5)},
			{Name: "lon", Raw: record.Number(8+lon*rng.Float64(), 5)},
			{Name: "seen_pos", Raw: record.Time(now.UnixMilli())},
			{Name: "track", Raw: fmt.Sprint(rng.IntN(360))},
		}, now.UnixMilli())
	}
	return all
}

var crowds = map[string]struct{ lat, lon, feet float64 }{
	"1 by 0.2 degrees, all levels": {0.2, 1, 20_000},
	"1 by 0.2 degrees, one level":  {0.2, 1, 0},
	"one place":                    {0, 0, 0},
}

// However many there are, an observation looks at so many places and so many pairs,
// and so many conflicts are kept; what is left out is counted.
func TestCrowd(t *testing.T) {
	for name, c := range crowds {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
			m := New(DefaultConfig())
			for _, a := range crowd(10_000, c.lat/2, c.lon, c.feet, now) { // as dense as 20,000 in the whole
				looks, met := m.grid.looks, m.met
				m.Observe(a, now)
				if looks, met = m.grid.looks-looks, m.met-met; looks > maxLooks || met > maxPairs+maxNear {
					t.Fatalf("%d looks, %d pairs for one observation", looks, met)
				}
			}
			m.Tick(now.Add(time.Second))
			if m.pairs == 0 || m.pairs > maxConflicts || m.pairs != len(m.lives) {
				t.Errorf("%d conflicts", m.pairs)
			}
			if m.Dropped()["crowd"] == 0 {
				t.Errorf("dropped %v", m.Dropped())
			}
		})
	}
}

// Where not all can be looked at, the nearest are.
func TestNearestFirst(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	say := func(key string, lon float64) Aircraft {
		return Read(key, record.Fields{{Name: "alt_baro", Raw: "30000"}, {Name: "lat", Raw: "1"}, {Name: "lon", Raw: record.Number(lon, 5)}}, now.UnixMilli())
	}
	m := New(DefaultConfig())
	m.Observe(say("FFFFFF", 0.002), now) // 0.12 NM
	for i := range 200 {
		m.Observe(say(fmt.Sprintf("%06X", i), 0.02+float64(i)/15_000), now) // 1.2 NM and more
	}
	before := m.Dropped()["crowd"]
	events := m.Observe(say("EEEEEE", 0), now)
	if len(events) != 1 || events[0].ICAO2 != "FFFFFF" || m.Dropped()["crowd"] != before+1 {
		t.Errorf("told %+v, dropped %v, %d before", events, m.Dropped(), before)
	}
}

// A conflict goes on when so many come that not all can be looked at.
func TestConflictInACrowd(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	m := New(DefaultConfig())
	say := func(key string, lat float64) []Event {
		return m.Observe(Read(key, record.Fields{{Name: "alt_baro", Raw: "30000"}, {Name: "lat", Raw: record.Number(lat, 6)}, {Name: "lon", Raw: "1"}}, now.UnixMilli()), now)
	}
	var told []Event
	for second := range 120 {
		told = append(told, say("FFFFFE", 0)...)
		told = append(told, say("FFFFFF", 0.002)...)
		for i := range 100 * min(second, 1) {
			say(fmt.Sprintf("%06X", i), float64(i)/100_000)
		}
		now = now.Add(time.Second)
		m.Tick(now)
	}
	if len(told) != 1 || m.Dropped()["crowd"] == 0 {
		t.Errorf("told %d events, want one; dropped %v", len(told), m.Dropped())
	}
	for _, e := range m.Active() {
		if e.ID == told[0].ID {
			return
		}
	}
	t.Error("the conflict is over")
}

// Each operation is one observation of one of 20,000 aircraft: 10 to 20 µs, so they
// take less than half a core when each is heard once a second. (Of as many in a
// space as large as a continent it is 2 µs, see BenchmarkObserve.)
func BenchmarkObserveCrowd(b *testing.B) {
	for name, c := range crowds {
		b.Run(name, func(b *testing.B) {
			now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
			all := crowd(20_000, c.lat, c.lon, c.feet, now)
			m := New(DefaultConfig())
			for i := 0; b.Loop(); i++ {
				m.Observe(all[i%len(all)], now)
			}
		})
	}
}

// Each operation moves 10,000 aircraft on in the grid, as is done every two seconds:
// 1 to 2 ms.
func BenchmarkSettle(b *testing.B) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	m := New(DefaultConfig())
	for _, a := range crowd(10_000, 20, 20, 30_000, now) {
		m.Observe(a, now)
	}
	for b.Loop() {
		m.settled = 0
		m.settle(now.UnixMilli() + 1)
	}
}
