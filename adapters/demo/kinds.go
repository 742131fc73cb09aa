package demo

import (
	"cmp"
	"slices"
)

// kind is one sort of traffic.
type kind struct {
	name string
	// share is its part of all aircraft. The first kind has what is left.
	share float64
	// plan makes one flight, or more that go together; none when there is no
	// room for it now.
	plan func(*Sim) []*flight
}

var kinds = [...]kind{
	{"crossing", 0, (*Sim).crossing},
	{"arrival", 0.09, (*Sim).arrival},
	{"departure", 0.08, (*Sim).departure},
	{"circuit", 0.03, (*Sim).circuit},
	{"tour", 0.08, (*Sim).tour},
	{"rescue", 0.02, (*Sim).rescue},
	{"soaring", 0.007, (*Sim).soaring},
	{"patrol", 0.0134, (*Sim).patrol},
	{"anonymous", 0.0134, (*Sim).anonymous},
	{"vehicle", 0.02, (*Sim).apronVehicle},
}

// appear makes the flight that is missing most, or the next for which there is
// room. There always is for a crossing.
func (s *Sim) appear() []*flight {
	for _, kind := range s.scarcest() {
		if flights := kinds[kind].plan(s); flights != nil {
			for _, f := range flights {
				f.kind = kind
			}
			return flights
		}
	}
	return s.crossing()
}

// scarcest lists the kinds of which aircraft are missing, those first that lack
// the largest part of their share.
func (s *Sim) scarcest() []int {
	var short []int
	lack := make([]float64, len(kinds))
	for i := 1; i < len(kinds); i++ {
		want := kinds[i].share * float64(s.config.Aircraft)
		missing := want - float64(s.byKind[i])
		if lack[i] = missing / want; missing > 0.5 {
			short = append(short, i)
		}
	}
	slices.SortStableFunc(short, func(a, b int) int { return cmp.Compare(lack[b], lack[a]) })
	return short
}

// single makes one flight along a route.
func (s *Sim) single(id identity, r route) []*flight {
	f := s.newFlight(id)
	r = r.withTurns()
	if !s.started {
		r = r.from(s.rng.Float64() * r.timeTo(len(r)-1))
	}
	f.begin(r, s.clock)
	return []*flight{f}
}

// booked makes one flight along a route whose fixes uses need a runway. It is
// none when that is taken then.
func (s *Sim) booked(id identity, r route, w *runway, uses ...int) []*flight {
	r = r.withTurns()
	flown := 0.0
	if !s.started {
		flown = s.rng.Float64() * r.timeTo(len(r)-1)
	}
	times := make([]float64, len(uses))
	for i, fix := range uses {
		times[i] = s.clock - flown + r.timeTo(fix)
	}
	if !w.book(times, s.clock) {
		s.fleet.release(id.key)
		return nil
	}
	f := s.newFlight(id)
	f.begin(r.from(flown), s.clock)
	return []*flight{f}
}

func (s *Sim) newFlight(id identity) *flight {
	return &flight{identity: id, perf: id.model.perf, reception: newReception(s)}
}

func (s *Sim) anyAirport() *airport { return s.airports[s.rng.IntN(len(s.airports))] }

// spread is a random number from -most to most.
func (s *Sim) spread(most float64) float64 { return most * (2*s.rng.Float64() - 1) }
