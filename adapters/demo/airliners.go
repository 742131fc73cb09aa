package demo

import (
	"math"

	"github.com/skygate-io/skygate/pkg/geo"
)

// Of the routes that follow, airliners fly three: across the area at their
// cruising level, in to land, and out.

// crossing goes from the edge of the area to the other side.
func (s *Sim) crossing() []*flight {
	id := s.fleet.airliner()
	m := id.model
	entry := s.rng.Float64() * 360
	way := math.Mod(entry+180+s.spread(55), 360)
	from := geo.Destination(s.config.Centre, entry, s.radius)
	to := geo.Destination(s.config.Centre, way, s.radius)
	level := s.cruiseLevel(m, geo.BearingDeg(from, to))
	gs := m.cruise + s.spread(14)
	r := route{{at: from, alt: level, gs: gs}, {at: to, alt: level, gs: gs}}
	if s.rng.IntN(3) == 0 { // by way of a beacon that lies off the straight line
		beacon := geo.Destination(s.config.Centre, s.rng.Float64()*360, 0.4*s.radius*s.rng.Float64())
		r = route{r[0], {at: beacon, alt: level, gs: gs}, r[1]}
		if s.rng.IntN(2) == 0 && level+2000 <= m.top {
			r[2].alt += 2000 // lighter by now: a step up
		}
	}
	return s.single(id, r)
}

// cruiseLevel is a level of the semicircular rule (ICAO Annex 2, appendix 3):
// odd thousands of feet to the east, even ones to the west.
func (s *Sim) cruiseLevel(m *model, course float64) float64 {
	steps := int(m.top-m.bottom) / 2000
	level := m.bottom + 2000*float64(s.rng.IntN(steps+1))
	if course >= 180 {
		level += 1000
	}
	return level
}

// The lie of the arrival and departure routes, in NM from the airport.
const (
	gateDistance = 100.0 // where arrivals begin and departures end
	initialFix   = 28.0
	baseFix      = 12.0
	finalFix     = 6.0
	downwind     = 6.0 // how far aside
)

// arrival comes down from cruise, is led to the final approach, lands and
// rolls to a stand.
func (s *Sim) arrival() []*flight {
	a := s.anyAirport()
	id := s.fleet.airliner()
	r := s.descent(a, id.model)
	lands := len(r) // the fix after these is the touch-down
	side := s.spread(0.4)
	r = append(r,
		fix{at: a.landing.spot(0.16, 0), alt: elevation, gs: id.model.approach},
		fix{at: a.landing.spot(1.3, 0), alt: elevation, gs: 20, ground: true},
		fix{at: a.landing.spot(1.55, 0), alt: elevation, gs: 18, ground: true},
		a.onGround(0.55, 0, 15),
		a.onGround(-0.2+side, 0, 8),
		fix{at: a.apron(-0.2+side, 0), alt: elevation, ground: true, hold: 60},
	)
	return s.booked(id, r, a.landing, lands)
}

// descent is the part of an arrival before the touch-down: from one of four
// directions, straight on to the final approach or along a downwind leg first.
func (s *Sim) descent(a *airport, m *model) route {
	gates := [...]float64{-38, 38, -122, 122} // degrees from the side that is landed from
	gate := gates[s.rng.IntN(len(gates))]
	from := math.Mod(a.course+180+gate+s.spread(3)+360, 360)
	high := math.Min(m.top, 31000) - 1000*float64(s.rng.IntN(4))
	r := route{
		{at: geo.Destination(a.centre, from, gateDistance), alt: high, gs: m.cruise - 15},
		{at: geo.Destination(a.centre, from, initialFix), alt: 9000, gs: math.Min(290, m.cruise-15)},
	}
	if math.Abs(gate) > 90 {
		side := downwind
		if gate > 0 { // seen from the approach, right is the runway's left
			side = -downwind
		}
		r = append(r,
			fix{at: a.landing.spot(3, side), alt: 7000, gs: 230},
			fix{at: a.landing.spot(-baseFix, side), alt: elevation + 4200, gs: 190})
	}
	return append(r,
		fix{at: a.landing.spot(-baseFix, 0), alt: elevation + 3600, gs: 180},
		fix{at: a.landing.spot(-finalFix, 0), alt: elevation + 1900, gs: m.approach + 14})
}

// departure rolls from a stand to the runway, takes off and climbs out to one
// of four directions.
func (s *Sim) departure() []*flight {
	a := s.anyAirport()
	id := s.fleet.airliner()
	m := id.model
	stand := -0.2 + s.spread(0.4)
	to := [...]float64{-75, -25, 20, 60}[s.rng.IntN(4)]
	out := math.Mod(a.course+to+s.spread(4)+360, 360)
	level := s.cruiseLevel(m, out)
	r := route{
		{at: a.apron(stand, 0), alt: elevation, ground: true, hold: 20},
		a.onGround(-1.2, 0, 15),
		a.onGround(-1.2, -0.45, 12),
		{at: a.takeoff.spot(1.05, 0), alt: elevation, gs: m.approach + 8, ground: true},
		{at: a.takeoff.spot(5, 0), alt: 5000, gs: 190},
		{at: geo.Destination(a.centre, out, 26), alt: math.Min(16000, level), gs: math.Min(300, m.cruise)},
		{at: geo.Destination(a.centre, out, gateDistance), alt: level, gs: m.cruise},
	}
	return s.booked(id, r, a.takeoff, 3)
}
