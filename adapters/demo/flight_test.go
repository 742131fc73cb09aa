package demo

import (
	"math"
	"slices"
	"testing"

	"github.com/skygate-io/skygate/pkg/geo"
)

// A flight that misses a fix could circle it for ever.
func TestEveryFlightEnds(t *testing.T) {
	for _, lat := range []float64{50, -89} {
		sim, err := NewSim(seeded(func(c *Config) { c.Centre.Lat = lat }))
		if err != nil {
			t.Fatal(err)
		}
		sim.started = true // so that all begin at the beginning
		for _, kind := range kinds {
			for range 10 {
				sim.clock += largeGap * 20 // a runway that is free again
				for _, f := range kind.plan(sim) {
					begun, points := f.at, len(f.ahead)
					if f.leader != nil {
						continue
					}
					f.advance(sim.clock + 3*3600)
					if !f.landed() {
						t.Fatalf("latitude %v, %s: after 3 hours %d of %d fixes are ahead", lat, kind.name, len(f.ahead), points)
					}
					if f.at-begun < 240 {
						t.Errorf("latitude %v, %s: over after %v s", lat, kind.name, f.at-begun)
					}
				}
			}
		}
	}
}

// An arrival comes down to the runway in line with it, and stops.
func TestArrivalLands(t *testing.T) {
	sim, err := NewSim(seeded(nil))
	if err != nil {
		t.Fatal(err)
	}
	sim.started = true
	for range 50 {
		sim.clock += 1e4
		f := sim.arrival()[0]
		w := sim.airports[0].landing
		for !f.ground {
			f.advance(f.at + 1)
		}
		if d := geo.DistanceNM(f.pos, w.spot(0.16, 0)); d > 0.1 {
			t.Errorf("touched down %v NM from where it should", d)
		}
		if off := math.Abs(angle(w.course, f.track)); off > 3 {
			t.Errorf("touched down %v° off the runway", off)
		}
		if f.gs < 100 || f.gs > 160 {
			t.Errorf("touched down at %v kt", f.gs)
		}
		f.advance(f.at + 1800)
		if !f.landed() || f.gs != 0 || !f.ground {
			t.Errorf("half an hour later: %+v", f.motion)
		}
	}
}

func TestRouteFrom(t *testing.T) {
	a := geo.Point{Lat: 50, Lon: 8}
	r := route{
		{at: a, alt: 1000, gs: 100, ground: true, hold: 60},
		{at: geo.Destination(a, 90, 10), alt: 2000, gs: 100, ground: true},
		{at: geo.Destination(a, 90, 20), alt: 3000, gs: 200},
	}.withTurns()
	if got := r.timeTo(2); math.Abs(got-(60+360+240)) > 0.1 {
		t.Fatalf("the route takes %v s", got)
	}
	half := r.from(60 + 360 + 120)
	if len(half) != 2 || half[0].ground || math.Round(half[0].alt) != 2500 || math.Round(half[0].gs) != 150 {
		t.Errorf("in the middle of the last leg: %+v", half)
	}
	if d := geo.DistanceNM(a, half[0].at); math.Abs(d-15) > 0.01 {
		t.Errorf("%v NM from the beginning, want 15", d)
	}
	if got := r.from(60 + 180)[0]; !got.ground || math.Round(got.alt) != 1500 {
		t.Errorf("in the middle of the first leg: %+v", got)
	}
	if got := r.from(30)[0]; got.at != a || got.alt != 1000 {
		t.Errorf("while it is held: %+v", got)
	}
	if got := r.from(0); !slices.Equal(got[1:], r[1:]) || got[0].at != a {
		t.Errorf("at the beginning: %+v", got)
	}
	if got := r.from(1e6); len(got) != 1 || got[0] != r[2] {
		t.Errorf("past the end: %+v", got)
	}
}

func TestRunwayIsBookedOnce(t *testing.T) {
	w := &runway{gap: 100}
	for _, step := range []struct {
		times []float64
		now   float64
		want  bool
	}{
		{[]float64{1000}, 0, true},
		{[]float64{1099}, 0, false},
		{[]float64{901}, 0, false},
		{[]float64{1100}, 0, true},
		{[]float64{500, 1050}, 0, false}, // all or none: 500 stays free
		{[]float64{500, 1200}, 0, true},
		{[]float64{1000}, 1101, true}, // long past
	} {
		if got := w.book(step.times, step.now); got != step.want {
			t.Errorf("book %v at %v: %v, want %v", step.times, step.now, got, step.want)
		}
	}
}
