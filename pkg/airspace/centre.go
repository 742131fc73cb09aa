package airspace

import (
	"math"

	"github.com/skygate-io/skygate/pkg/geo"
)

// Centre is where the shape is as a whole: of an area its centre of gravity, of lines
// the middle of their points. It need not lie inside. Longitudes are counted on from
// the first point, so that it is right across the antimeridian, too; around a pole it
// is not.
func (s *Shape) Centre() geo.Point {
	first := s.Parts[0][0][0]
	var x, y, weight float64
	for _, rings := range s.Parts {
		if s.Type == Polygon || s.Type == Polygons {
			cx, cy, a := gravity(rings[0], first)
			x, y, weight = x+cx*a, y+cy*a, weight+a
		}
	}
	if weight < 1e-12 { // lines, and areas without any
		x, y, weight = 0, 0, 0
		for _, rings := range s.Parts {
			for _, ring := range rings {
				for _, p := range ring {
					x, y, weight = x+offset(p, first), y+p.Lat-first.Lat, weight+1
				}
			}
		}
	}
	return geo.Point{Lat: max(-90, min(90, first.Lat+y/weight)), Lon: wrap(first.Lon + x/weight)}
}

// gravity gives the centre of gravity of a ring, relative to a point, and its area.
func gravity(ring []geo.Point, from geo.Point) (x, y, area float64) {
	for i := range len(ring) - 1 {
		ax, ay := offset(ring[i], from), ring[i].Lat-from.Lat
		bx, by := offset(ring[i+1], from), ring[i+1].Lat-from.Lat
		cross := ax*by - bx*ay
		area += cross
		x += (ax + bx) * cross
		y += (ay + by) * cross
	}
	if math.Abs(area) < 1e-12 {
		return 0, 0, 0
	}
	return x / (3 * area), y / (3 * area), math.Abs(area) / 2
}

// offset is how far a point is to the east of another, the shorter way, in degrees.
func offset(p, from geo.Point) float64 { return math.Remainder(p.Lon-from.Lon, 360) }

// RadiusNM is how far the farthest point is from another, in nautical miles.
func (s *Shape) RadiusNM(from geo.Point) (nm float64) {
	for _, rings := range s.Parts {
		for _, ring := range rings {
			for _, p := range ring {
				nm = max(nm, geo.DistanceNM(from, p))
			}
		}
	}
	return nm
}
