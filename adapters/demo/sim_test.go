package demo

import (
	"slices"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
)

func seeded(change func(*Config)) Config {
	c := DefaultConfig()
	c.Seed = 7
	if change != nil {
		change(&c)
	}
	return c
}

func TestTwoHoursOfTraffic(t *testing.T) {
	t.Parallel()
	c := seeded(func(c *Config) { c.Interval = 3 * time.Second })
	w := watch(t, c)
	w.forDuration(2 * time.Hour)

	if w.fewest < c.Aircraft*8/10 || w.most > c.Aircraft*12/10 {
		t.Errorf("from %d to %d aircraft, want about %d", w.fewest, w.most, c.Aircraft)
	}
	if w.takeoffs < 40 || w.landings < 40 {
		t.Errorf("%d take-offs and %d landings, want more", w.takeoffs, w.landings)
	}
	if len(w.alarms) < 10 || len(w.alarms) > 60 || !slices.Contains(w.alarms, "7700") || !slices.Contains(w.alarms, "7600") {
		t.Errorf("emergencies: %v", w.alarms)
	}
	for key, a := range w.alarmed {
		if w.last[key].at-a.since > w.longestAlarm() {
			t.Errorf("%s: the emergency does not end", key)
		}
	}
	if w.silences < 100 {
		t.Errorf("%d drop-outs, want more", w.silences)
	}
	for category := range fastest {
		if category != "A4" && w.categories[category] == 0 { // A4 is rare
			t.Errorf("no aircraft of category %q", category)
		}
	}
	if w.categories["~"] == 0 {
		t.Error("no target without an ICAO address")
	}
}

// The places where geometry is difficult, and the ends of the other ranges.
func TestTrafficAnywhere(t *testing.T) {
	at := func(lat, lon float64) func(*Config) {
		return func(c *Config) { c.Centre = geo.Point{Lat: lat, Lon: lon} }
	}
	cases := map[string]struct {
		change func(*Config)
		lasts  time.Duration
	}{
		"antimeridian":      {at(-17.75, 179.99), 5 * time.Minute},
		"antimeridian west": {at(52, -180), 5 * time.Minute},
		"equator":           {at(0, 0), 5 * time.Minute},
		"near the north":    {at(89, 40), 5 * time.Minute},
		"near the south":    {at(-89, -120), 5 * time.Minute},
		"one aircraft":      {func(c *Config) { c.Aircraft = 1 }, time.Hour},
		"a few aircraft":    {func(c *Config) { c.Aircraft = 12 }, time.Hour},
		"many aircraft":     {func(c *Config) { c.Aircraft = 1500 }, time.Minute},
		"often":             {func(c *Config) { c.Interval = 100 * time.Millisecond }, time.Minute},
		"seldom":            {func(c *Config) { c.Interval = 10 * time.Second }, time.Hour},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := seeded(tc.change)
			w := watch(t, c)
			w.forDuration(tc.lasts)
			if slack := max(2, c.Aircraft/5); w.fewest < c.Aircraft-slack || w.most > c.Aircraft+slack {
				t.Errorf("from %d to %d aircraft, want about %d", w.fewest, w.most, c.Aircraft)
			}
		})
	}
}

func TestSeedDecides(t *testing.T) {
	play := func(seed uint64) []byte {
		sim, err := NewSim(seeded(func(c *Config) { c.Seed = seed }))
		if err != nil {
			t.Fatal(err)
		}
		var out []byte
		for i := range 60 {
			now := start.Add(time.Duration(i) * time.Second)
			for _, u := range sim.Step(now) {
				out = u.AppendJSON(out, "hex", now.UnixMilli())
			}
		}
		return out
	}
	first := play(1)
	if !slices.Equal(first, play(1)) {
		t.Error("the same seed gave other traffic")
	}
	if slices.Equal(first, play(2)) {
		t.Error("another seed gave the same traffic")
	}
	if slices.Equal(play(0), play(0)) {
		t.Error("no seed gave the same traffic twice")
	}
}

func TestClockThatJumps(t *testing.T) {
	for name, jump := range map[string]time.Duration{
		"back": -time.Hour, "nowhere": 0, "a minute on": time.Minute, "a night on": 8 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			sim, err := NewSim(seeded(nil))
			if err != nil {
				t.Fatal(err)
			}
			sim.Step(start)
			before := map[string]geo.Point{}
			for _, f := range sim.flights {
				before[f.key] = f.pos
			}
			if got := len(sim.Step(start.Add(jump))); got < 100 {
				t.Errorf("%d aircraft after the jump, want about 140", got)
			}
			for _, f := range sim.flights {
				if was, known := before[f.key]; known && geo.DistanceNM(was, f.pos) > 600.0/60 {
					t.Errorf("%s went from %v to %v", f.key, was, f.pos)
				}
			}
		})
	}
}

// A pair flies close together, and says that it is military.
func TestPatrolKeepsFormation(t *testing.T) {
	sim, err := NewSim(seeded(nil))
	if err != nil {
		t.Fatal(err)
	}
	pairs := 0
	for i := range 600 {
		seen := map[string]geo.Point{}
		for _, u := range sim.Step(start.Add(time.Duration(i) * time.Second)) {
			if u.Fields.Get("military") == "true" {
				w := watcher{t: t, now: start.Add(time.Duration(i) * time.Second)}
				seen[u.Key] = w.read(u).pos
			}
		}
		var at []geo.Point
		for _, p := range seen {
			at = append(at, p)
		}
		if len(at) != 2 {
			continue // one was not heard
		}
		pairs++
		if d := geo.DistanceNM(at[0], at[1]); d < 0.1 || d > 0.2 {
			t.Fatalf("the two are %v NM apart", d)
		}
	}
	if pairs < 300 {
		t.Errorf("a pair was heard in %d steps of 600", pairs)
	}
}

func BenchmarkStep(b *testing.B) {
	sim, err := NewSim(seeded(func(c *Config) { c.Aircraft = 10000 }))
	if err != nil {
		b.Fatal(err)
	}
	now := start
	sim.Step(now)
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Second)
		sim.Step(now)
	}
}
