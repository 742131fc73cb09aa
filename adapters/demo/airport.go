package demo

import (
	"math"
	"slices"

	"github.com/skygate-io/skygate/pkg/geo"
)

// runway is a runway, used in one direction. It knows when it is taken.
type runway struct {
	threshold geo.Point
	course    float64 // degrees true
	elevation float64 // ft
	gap       float64 // s between two aircraft that use it

	booked []float64 // times of use, in seconds of the simulation
}

// spot is the point so far beyond the threshold, and so far to the right of
// the centre line (NM; negative: before it, to the left).
func (r *runway) spot(along, right float64) geo.Point {
	return offset(r.threshold, r.course, along, right)
}

// book takes the runway at those times, all or none of them.
func (r *runway) book(times []float64, now float64) bool {
	r.booked = slices.DeleteFunc(r.booked, func(t float64) bool { return t < now-r.gap })
	for _, t := range times {
		for _, taken := range r.booked {
			if math.Abs(t-taken) < r.gap {
				return false
			}
		}
	}
	r.booked = append(r.booked, times...)
	return true
}

// offset is the point so far ahead of p and so far to its right (NM), for one
// who looks along course.
func offset(p geo.Point, course, ahead, right float64) geo.Point {
	bearing := math.Mod(course+math.Atan2(right, ahead)*180/math.Pi+360, 360)
	return geo.Destination(p, bearing, math.Hypot(ahead, right))
}

// airport is a large airport, and the airfield that the small aircraft of the
// neighbourhood use.
type airport struct {
	centre  geo.Point
	course  float64 // degrees true, of all its runways
	landing *runway // to the right of the centre
	takeoff *runway // to the left
	field   *runway // short, away from the traffic of the large ones
	pad     geo.Point
}

// Elevations and runway spacings. A runway takes the next aircraft after 95 s:
// about 4 NM on the approach.
const (
	elevation      = 364.0 // ft
	fieldElevation = 520.0 // ft
	largeGap       = 95.0  // s
	smallGap       = 45.0  // s
)

func newAirport(centre geo.Point, course float64) *airport {
	return &airport{
		centre:  centre,
		course:  course,
		landing: &runway{threshold: offset(centre, course, -1, 0.45), course: course, elevation: elevation, gap: largeGap},
		takeoff: &runway{threshold: offset(centre, course, -1, -0.45), course: course, elevation: elevation, gap: largeGap},
		field:   &runway{threshold: offset(centre, course, -3, -13), course: course, elevation: fieldElevation, gap: smallGap},
		pad:     offset(centre, course, 1, 3.5),
	}
}

// apron is a point between the runways, so far ahead of the centre and to its
// right (NM).
func (a *airport) apron(ahead, right float64) geo.Point {
	return offset(a.centre, a.course, ahead, right)
}

// onGround is a fix on the apron that is rolled to at a speed in kt.
func (a *airport) onGround(ahead, right, gs float64) fix {
	return fix{at: a.apron(ahead, right), alt: elevation, gs: gs, ground: true}
}
