package demo

import (
	"math"

	"github.com/skygate-io/skygate/pkg/geo"
)

// reception is how well a receiver hears an aircraft.
type reception struct {
	quietUntil float64 // s: nothing is heard before; 0 when there is no drop-out
	over       bool    // nothing will be heard any more
	overSince  float64 // s
	messages   uint64
	aerial     float64   // dB, what its antenna and transmitter make of it
	rssi       float64   // dBFS, of the last message
	shown      geo.Point // the position as it is reported
	far        float64   // NM from the receiver to it
}

func newReception(s *Sim) reception {
	return reception{messages: uint64(10 + s.rng.IntN(5000)), aerial: s.spread(3)}
}

// What happens to an aircraft's messages, as chances per second.
const (
	fade = 0.004     // a drop-out begins; at the edge of the area six times as often
	loss = 1. / 27e3 // it is heard no more: behind a hill, switched off
	miss = 0.03      // nothing is heard in one step
)

// hear says whether anything is heard of the flight in a step of dt seconds.
func (f *flight) hear(s *Sim, dt float64) bool {
	f.shown = geo.Point{Lat: math.Round(f.pos.Lat*1e6) / 1e6, Lon: math.Round(f.pos.Lon*1e6) / 1e6}
	f.far = geo.DistanceNM(s.config.Centre, f.shown)
	far := math.Min(f.far/s.radius, 1)
	f.rssi = math.Max(-38, math.Min(-2, -4-26*math.Sqrt(far)+f.aerial+s.spread(0.7)))
	switch luck := s.rng.Float64(); {
	case luck < loss*dt && f.leader == nil:
		s.end(f)
		return false
	case s.clock < f.quietUntil:
		return false
	case f.quietUntil > 0: // a drop-out ends with a message, not with the next one
		f.quietUntil = 0
	case luck < loss*dt+fade*(1+5*far)*math.Min(dt, 2): // in a longer step something is heard again
		f.quietUntil = s.clock + 2 + s.rng.Float64()*10
		return false
	case luck > 1-miss:
		return false
	}
	f.messages += uint64(math.Max(1, dt*(6-4*far)))
	return true
}
