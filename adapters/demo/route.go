package demo

import (
	"math"

	"github.com/skygate-io/skygate/pkg/geo"
)

// fix is a place on a route and what holds when an aircraft is there.
type fix struct {
	at  geo.Point
	alt float64 // ft above the sea
	gs  float64 // kt
	// ground: the aircraft rolls to this fix.
	ground bool
	// hold is how long it stays, in seconds: at a stand, in the hover.
	hold float64
	// turn is the bearing from here to the next fix; see withTurns.
	turn float64
}

// route is a whole flight: where it begins, then where it goes.
type route []fix

// withTurns fills in the bearings from each fix to the next. Where the next is
// in the same place there is nothing to turn to.
func (r route) withTurns() route {
	for i := range r[:len(r)-1] {
		switch {
		case r[i].at != r[i+1].at:
			r[i].turn = geo.BearingDeg(r[i].at, r[i+1].at)
		case i > 0:
			r[i].turn = r[i-1].turn
		}
	}
	return r
}

// slowest is what an aircraft that is not standing moves with, in kt. It keeps
// one that is to stop at a fix from creeping up to it for ever.
const slowest = 4

// legTime is about how long it takes from one fix to the next, in seconds.
func legTime(from, to fix) float64 {
	mean := math.Max((from.gs+to.gs)/2, slowest)
	return from.hold + geo.DistanceNM(from.at, to.at)/mean*3600
}

// timeTo is about how long it takes from the beginning to fix i, in seconds.
func (r route) timeTo(i int) float64 {
	var sum float64
	for k := 1; k <= i; k++ {
		sum += legTime(r[k-1], r[k])
	}
	return sum
}

// from cuts off what lies before the moment t seconds after the beginning: the
// result begins where the aircraft is then.
func (r route) from(t float64) route {
	for i := 1; i < len(r); i++ {
		leg, hold := legTime(r[i-1], r[i]), r[i-1].hold
		if t < leg {
			rest := append(route{}, r[i-1:]...)
			rest[0] = between(r[i-1], r[i], math.Max(0, (t-hold)/(leg-hold)))
			return rest.withTurns()
		}
		t -= leg
	}
	return r[len(r)-1:]
}

// between is the fix at a share (0 to 1) of the way from one to the next.
func between(a, b fix, share float64) fix {
	distance := geo.DistanceNM(a.at, b.at)
	return fix{
		at:     geo.Destination(a.at, geo.BearingDeg(a.at, b.at), share*distance),
		alt:    a.alt + share*(b.alt-a.alt),
		gs:     a.gs + share*(b.gs-a.gs),
		ground: b.ground,
	}
}
