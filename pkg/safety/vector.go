package safety

import (
	"math"

	"github.com/skygate-io/skygate/pkg/geo"
)

// vector is a place, seen from the centre of the earth (NM), or a velocity (NM/s).
type vector struct{ x, y, z float64 }

func (a vector) plus(b vector) vector             { return vector{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a vector) minus(b vector) vector            { return vector{a.x - b.x, a.y - b.y, a.z - b.z} }
func (a vector) times(f float64) vector           { return vector{a.x * f, a.y * f, a.z * f} }
func (a vector) dot(b vector) float64             { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a vector) square() float64                  { return a.dot(a) }
func (a vector) length() float64                  { return math.Sqrt(a.square()) }
func (a vector) after(v vector, s float64) vector { return a.plus(v.times(s)) }

const rad = math.Pi / 180

// radius is that of an earth (NM) on which a mile is a minute of arc, as the
// reference's plane and DAIDALUS' projection have it: 0.07 % below that of pkg/geo.
const radius = 60 / rad

// frame gives a point's place, and the directions north and east there. At a
// pole they are those of the point's meridian.
func frame(p geo.Point) (at, north, east vector) {
	sinLat, cosLat := math.Sincos(p.Lat * rad)
	sinLon, cosLon := math.Sincos(p.Lon * rad)
	up := vector{cosLat * cosLon, cosLat * sinLon, sinLat}
	north = vector{-sinLat * cosLon, -sinLat * sinLon, cosLat}
	east = vector{-sinLon, cosLon, 0}
	return up.times(radius), north, east
}

// point gives the point on the earth under (or over) a place.
func (a vector) point() geo.Point {
	return geo.Point{
		Lat: math.Atan2(a.z, math.Hypot(a.x, a.y)) / rad,
		Lon: math.Atan2(a.y, a.x) / rad,
	}
}

// approach is how two that keep their velocities come closest.
type approach struct {
	seconds  float64 // from now on; below 0 when they go apart
	distance float64 // NM
	// still says that they keep their distance: then it is now.
	still bool
}

// stillSquare is the square of a relative speed (NM/s) that is none: that of the
// reference, 0.001 kt².
const stillSquare = 0.001 / (3600 * 3600)

// closest gives the closest point of approach: r leads from the one to the other,
// v is its velocity relative to the one.
func closest(r, v vector) approach {
	vv := v.square()
	if vv < stillSquare {
		return approach{distance: r.length(), still: true}
	}
	t := -r.dot(v) / vv
	return approach{seconds: t, distance: r.after(v, t).length()}
}
