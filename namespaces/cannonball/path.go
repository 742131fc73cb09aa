package cannonball

import (
	"math"
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
)

// How often a path takes a position, and how far back it goes.
const (
	pathStep = 10 * time.Second
	pathAge  = 20 * time.Minute
	pathGap  = 2 * time.Minute // after so long it begins anew
)

// Path is where an aircraft has been, lately. The zero value is ready. It is owned by
// who adds to it.
type Path struct{ points []point }

type point struct {
	at    time.Time
	where geo.Point
}

// Add notes a position; not one that comes right after another.
func (p *Path) Add(at time.Time, where geo.Point) {
	if n := len(p.points); n > 0 {
		switch since := at.Sub(p.points[n-1].at); {
		case since > pathGap || since < 0:
			p.points = p.points[:0]
		case since < pathStep:
			return
		}
	}
	p.points = append(p.points, point{at, where})
	old := 0
	for at.Sub(p.points[old].at) > pathAge {
		old++
	}
	p.points = slices.Delete(p.points, 0, old)
}

// last gives the end of the path: what is at most so old.
func (p *Path) last(age time.Duration) course {
	newest := p.points[len(p.points)-1].at
	i := slices.IndexFunc(p.points, func(q point) bool { return newest.Sub(q.at) <= age })
	return course{points: p.points[i:]}
}

// course is a part of a path.
type course struct{ points []point }

func (c course) span() time.Duration {
	return c.points[len(c.points)-1].at.Sub(c.points[0].at)
}

// area gives the middle of a course, and how far its farthest position is from
// there (nm).
func (c course) area() (centre geo.Point, radius float64) {
	first := c.points[0].where
	var lat, lon float64
	for _, p := range c.points {
		lat += p.where.Lat - first.Lat
		lon += turn(first.Lon, p.where.Lon)
	}
	n := float64(len(c.points))
	centre = geo.Point{Lat: first.Lat + lat/n, Lon: wrapped(first.Lon + lon/n)}
	for _, p := range c.points {
		radius = max(radius, geo.DistanceNM(centre, p.where))
	}
	return centre, radius
}

// within gives the longest end of a course that stays within a radius (nm) of its own
// middle.
func (c course) within(nm float64) course {
	for len(c.points) > 1 {
		if _, radius := c.area(); radius <= nm {
			break
		}
		// By a tenth at a time, so that a long course takes a few looks and not hundreds.
		c.points = c.points[max(1, len(c.points)/10):]
	}
	return c
}

// stepNM is the least move that tells a direction.
const stepNM = 0.05

// bearings are the directions of a course's moves, degrees.
func (c course) bearings() (out []float64) {
	from := c.points[0].where
	for _, p := range c.points[1:] {
		if geo.DistanceNM(from, p.where) >= stepNM {
			out = append(out, geo.BearingDeg(from, p.where))
			from = p.where
		}
	}
	return out
}

// turn is the change from one angle to another, from -180 to 180 degrees: to the right
// is above 0.
func turn(from, to float64) float64 {
	return math.Mod(to-from+540, 360) - 180
}

func wrapped(lon float64) float64 { return turn(0, lon) }
