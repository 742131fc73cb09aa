// Package demo is a simulation of the traffic around an airport. It is what
// the program shows when nothing else is configured, and a load that can be
// repeated for tests, examples and benchmarks.
//
// A [Sim] is pure: it holds no goroutine, reads no clock and gives the same
// updates for the same seed and steps. A [Source] is a Sim on a ticker.
//
// Every aircraft flies a route: a list of fixes with altitude and speed, made
// when it appears (airliners.go, locals.go). Flying it (flight.go) is a matter
// of turning towards the next fix, and of climbing and accelerating within the
// limits of its class. What it then looks like to a receiver is in report.go.
//
// Around each airport there are some 150 aircraft; for more the area grows and
// has more airports, so that a part of it always looks like a part of the world.
//
// Units: ft, kt, ft/min, degrees, NM, and seconds of the simulation, which
// begin with 0 at the first step.
package demo

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

const (
	// perAirport is how many aircraft the traffic of one airport is.
	perAirport = 150
	// airportRadius is how far that reaches, in NM.
	airportRadius = 120.0
	// longestGap is the longest time between two steps that is flown through, in
	// seconds. After a longer one (a computer that slept) the traffic goes on
	// from where it was.
	longestGap = 60.0
	// forgotten is how long after its last message an address may be given to
	// another aircraft, in seconds. By then every receiver has dropped it.
	forgotten = 120.0
)

// Sim is the simulation. It is used by one goroutine at a time.
type Sim struct {
	config   Config
	rng      *rand.Rand
	fleet    fleet
	radius   float64 // NM, of the whole area
	airports []*airport

	started bool
	last    time.Time // of the step before
	clock   float64   // seconds of the simulation
	flights []*flight // a wingman comes after its leader
	heard   int       // how many of them are not over
	byKind  []int     // the same by their kind
	danger  emergencies

	updates []record.Update
	refused uint64
}

// NewSim gives a simulation that has not begun. The error names a setting that
// is out of range.
func NewSim(c Config) (*Sim, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Seed == 0 {
		c.Seed = rand.Uint64()
	}
	rng := rand.New(rand.NewPCG(c.Seed, 0))
	s := &Sim{
		config: c,
		rng:    rng,
		fleet:  fleet{rng: rng, taken: map[string]bool{}},
		radius: airportRadius * math.Max(1, math.Sqrt(float64(c.Aircraft)/perAirport)),
		byKind: make([]int, len(kinds)),
	}
	s.build()
	return s, nil
}

// build places the airports: one in the middle, the others at random, where
// they have room.
func (s *Sim) build() {
	s.airports = []*airport{newAirport(s.config.Centre, 250)}
	count := (s.config.Aircraft + perAirport/2) / perAirport
	for tries := 0; len(s.airports) < count && tries < 50*count; tries++ {
		far := math.Sqrt(s.rng.Float64()) * (s.radius - airportRadius/2)
		at := geo.Destination(s.config.Centre, s.rng.Float64()*360, far)
		crowded := slices.ContainsFunc(s.airports, func(a *airport) bool {
			return geo.DistanceNM(a.centre, at) < 0.75*airportRadius
		})
		if !crowded {
			s.airports = append(s.airports, newAirport(at, 10*float64(s.rng.IntN(36))))
		}
	}
}

// Step moves the simulation on to now and gives the aircraft that were heard
// since the step before. The first step begins it, with all aircraft under way.
//
// The updates stay the Sim's: they are valid until the next Step.
func (s *Sim) Step(now time.Time) []record.Update {
	dt := s.tick(now)
	s.forget()
	s.fill()
	s.danger.step(s)

	at := now.UnixMilli()
	latest := math.Min(s.config.Interval.Seconds(), 1) * 0.9
	s.updates = s.updates[:0]
	for _, f := range s.flights {
		if f.over {
			continue
		}
		if f.leader == nil {
			f.advance(s.clock - s.rng.Float64()*latest)
		} else {
			f.advance(f.leader.at)
		}
		switch {
		case f.landed():
			s.end(f)
		case f.hear(s, dt):
			s.report(f, at)
		}
	}
	return s.updates
}

// Refused counts the records that were not used because they were not
// plausible. It is 0 unless the simulation is wrong.
func (s *Sim) Refused() uint64 { return s.refused }

// tick advances the clock and gives the seconds that went by.
func (s *Sim) tick(now time.Time) float64 {
	dt := 0.0
	if s.started {
		dt = min(max(now.Sub(s.last).Seconds(), 0), longestGap)
	}
	s.last = now
	s.clock += dt
	return dt
}

// forget drops the flights that ended a while ago.
func (s *Sim) forget() {
	s.flights = slices.DeleteFunc(s.flights, func(f *flight) bool {
		if !f.over || s.clock < f.overSince+forgotten {
			return false
		}
		s.fleet.release(f.key)
		return true
	})
}

// end makes a flight one that is not heard any more.
func (s *Sim) end(f *flight) {
	f.over, f.overSince = true, s.clock
	s.heard--
	s.byKind[f.kind]--
}

// fill brings the number of flights to the setting. Those of the first step are
// met somewhere on their way, the later ones at its beginning.
func (s *Sim) fill() {
	for s.heard < s.config.Aircraft {
		flights := s.appear()
		s.flights = append(s.flights, flights...)
		s.heard += len(flights)
		s.byKind[flights[0].kind] += len(flights)
	}
	s.started = true
}
