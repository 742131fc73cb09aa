package demo

import (
	"math"

	"github.com/skygate-io/skygate/pkg/geo"
)

// The routes of all that flies low, slowly, in company or not at all.

// circuit takes off from the airfield, flies a few rounds with a touch-and-go
// after each, lands and rolls away.
func (s *Sim) circuit() []*flight {
	w := s.anyAirport().field
	const pattern = fieldElevation + 1000
	r := route{
		{at: w.spot(0.4, 0.35), alt: fieldElevation, ground: true, hold: 30},
		{at: w.spot(-0.1, 0.3), alt: fieldElevation, gs: 10, ground: true},
		{at: w.spot(-0.1, 0), alt: fieldElevation, gs: 8, ground: true},
	}
	var uses []int
	for range 2 + s.rng.IntN(5) {
		uses = append(uses, len(r))
		r = append(r,
			fix{at: w.spot(0.35, 0), alt: fieldElevation, gs: 60, ground: true},
			fix{at: w.spot(1.6, 0), alt: fieldElevation + 700, gs: 78},
			fix{at: w.spot(1.6, -1.1), alt: pattern, gs: 88},
			fix{at: w.spot(-1.5, -1.1), alt: pattern, gs: 88},
			fix{at: w.spot(-1.5, 0), alt: fieldElevation + 450, gs: 72},
			fix{at: w.spot(0.05, 0), alt: fieldElevation, gs: 58})
	}
	r = append(r,
		fix{at: w.spot(0.5, 0), alt: fieldElevation, gs: 12, ground: true},
		fix{at: w.spot(0.5, 0.35), alt: fieldElevation, gs: 8, ground: true},
		fix{at: w.spot(0.5, 0.35), alt: fieldElevation, ground: true, hold: 30})
	return s.booked(s.fleet.small(), r, w, uses...)
}

// tour is a light aircraft that wanders past an airport at a height of its own.
func (s *Sim) tour() []*flight {
	return s.single(s.fleet.small(), s.wander())
}

// anonymous is a target that a ground station saw by its transponder's replies
// and broadcasts (TIS-B): where and how it moves, not who it is.
func (s *Sim) anonymous() []*flight {
	return s.single(s.fleet.anonymous(), s.wander())
}

// wander goes past an airport from fix to fix, always to the left of the last.
func (s *Sim) wander() route {
	a := s.anyAirport()
	gs := 100 + s.rng.Float64()*40
	alt := 2000 + 500*float64(s.rng.IntN(9))
	bearing := s.rng.Float64() * 360
	r := route{{at: geo.Destination(a.centre, bearing, 45), alt: alt, gs: gs}}
	for range 2 + s.rng.IntN(3) {
		bearing = math.Mod(bearing+60+s.rng.Float64()*80, 360)
		alt = math.Max(1500, alt+500*float64(s.rng.IntN(5)-2))
		r = append(r, fix{at: geo.Destination(a.centre, bearing, 10+s.rng.Float64()*30), alt: alt, gs: gs})
	}
	return append(r, fix{at: geo.Destination(a.centre, bearing, 50), alt: alt, gs: gs})
}

// rescue is a helicopter that flies from its pad to a place, hovers there for
// two minutes and comes back.
func (s *Sim) rescue() []*flight {
	a := s.anyAirport()
	bearing := s.rng.Float64() * 360
	far := 8 + s.rng.Float64()*18
	high := elevation + 900 + 100*float64(s.rng.IntN(6))
	gs := 115 + s.rng.Float64()*20
	scene := geo.Destination(a.pad, bearing, far)
	home := geo.BearingDeg(scene, a.pad)
	pad := fix{at: a.pad, alt: elevation, ground: true}
	stay := func(f fix, seconds float64) fix {
		f.hold = seconds
		return f
	}
	r := route{
		stay(pad, 30),
		{at: geo.Destination(a.pad, bearing, far-1.5), alt: high, gs: gs},
		{at: scene, alt: elevation + 250, hold: 120},
		{at: geo.Destination(scene, home, far-1.5), alt: high, gs: gs},
		{at: a.pad, alt: elevation, gs: 8},
		stay(pad, 60),
	}
	return s.single(s.fleet.helicopter(), r)
}

// soaring is a glider that is towed up from the airfield, circles in one
// thermal after another, glides between them, and comes back to land.
func (s *Sim) soaring() []*flight {
	w := s.anyAirport().field
	const slow, fast = 48, 66 // kt, circling and gliding
	place := w.spot(4, -3)
	alt := fieldElevation + 2200
	r := route{
		{at: w.spot(0, -0.1), alt: fieldElevation, ground: true, hold: 20},
		{at: w.spot(0.25, -0.1), alt: fieldElevation, gs: 55, ground: true},
		{at: w.spot(1.5, -0.1), alt: fieldElevation + 600, gs: 62},
		{at: place, alt: alt, gs: slow},
	}
	for range 3 + s.rng.IntN(3) {
		r = append(r, s.thermal(place, alt, slow)...)
		alt += thermalGain
		place = geo.Destination(place, s.rng.Float64()*360, 3+2*s.rng.Float64())
		alt -= 700
		r = append(r, fix{at: place, alt: alt, gs: fast})
	}
	r = append(r,
		fix{at: w.spot(-1.5, -1), alt: fieldElevation + 900, gs: fast},
		fix{at: w.spot(-1.2, -0.1), alt: fieldElevation + 600, gs: 54},
		fix{at: w.spot(0.05, -0.1), alt: fieldElevation, gs: 46},
		fix{at: w.spot(0.25, -0.1), alt: fieldElevation, gs: 5, ground: true},
		fix{at: w.spot(0.25, -0.1), alt: fieldElevation, ground: true, hold: 60})
	return s.single(s.fleet.glider(), r)
}

// thermalGain is what a glider climbs in one, in ft.
const thermalGain = 1500

// thermal is four rounds to the right around a place, rising.
func (s *Sim) thermal(place geo.Point, alt, gs float64) route {
	const rounds, corners, radius = 4, 8, 0.36
	start := s.rng.Float64() * 360
	var r route
	for i := range rounds * corners {
		alt += thermalGain / float64(rounds*corners)
		bearing := math.Mod(start+float64(i)*360/corners, 360)
		r = append(r, fix{at: geo.Destination(place, bearing, radius), alt: alt, gs: gs})
	}
	return r
}

// patrol is a pair of fighters that fly a racetrack together and leave.
func (s *Sim) patrol() []*flight {
	a := s.anyAirport()
	const high, gs, long, wide = 23500, 420, 28.0, 14.0
	axis := s.rng.Float64() * 360
	middle := geo.Destination(a.centre, s.rng.Float64()*360, 45)
	corner := func(ahead, right float64) fix {
		return fix{at: offset(middle, axis, ahead, right), alt: high, gs: gs}
	}
	r := route{corner(-80, -wide/2)}
	for range 2 + s.rng.IntN(2) {
		r = append(r, corner(long/2, -wide/2), corner(long/2, wide/2), corner(-long/2, wide/2), corner(-long/2, -wide/2))
	}
	r = append(r, corner(80, -wide/2))

	first := s.single(s.fleet.fighter(1), r)[0]
	second := s.newFlight(s.fleet.fighter(2))
	second.follow(first, 125, 0.15)
	second.squawk = first.squawk
	return []*flight{first, second}
}

// apronVehicle drives two rounds on the apron.
func (s *Sim) apronVehicle() []*flight {
	a := s.anyAirport()
	gs := 12 + s.rng.Float64()*10
	r := route{a.onGround(-0.9, -0.22, gs)}
	for range 2 {
		r = append(r, a.onGround(0.8, -0.22, gs), a.onGround(0.8, 0.22, gs), a.onGround(-0.9, 0.22, gs), a.onGround(-0.9, -0.22, gs))
	}
	return s.single(s.fleet.vehicle(), r)
}
