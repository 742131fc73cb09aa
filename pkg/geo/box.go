package geo

import "math"

// Box is a region between two parallels and two meridians, in degrees, its
// edges included. One whose West is greater than its East crosses the
// antimeridian; from West -180 to East 180 it goes all around.
type Box struct{ North, South, East, West float64 }

// Contains says whether a point lies in the box. Longitudes -180 and 180 are
// the same meridian.
func (b Box) Contains(p Point) bool {
	if !(p.Lat >= b.South && p.Lat <= b.North) {
		return false
	}
	return b.spans(p.Lon) || (p.Lon == 180 || p.Lon == -180) && b.spans(-p.Lon)
}

func (b Box) spans(lon float64) bool {
	if b.West > b.East {
		return lon >= b.West || lon <= b.East
	}
	return lon >= b.West && lon <= b.East
}

// Share is the part of the earth's surface that the box covers, 0 to 1.
func (b Box) Share() float64 {
	const rad = math.Pi / 180
	width := b.East - b.West
	if b.West > b.East {
		width += 360
	}
	return width / 360 * (math.Sin(b.North*rad) - math.Sin(b.South*rad)) / 2
}

// slack, in radians, is by how much [Around] goes beyond the circle: more than
// what rounding can take from [DistanceNM], which is worst near the antipode
// (4e-8: the arcsine of nearly 1). On the ground it is 64 cm.
const slack = 1e-7

// Around is the smallest box that holds every point at most as far from p as
// [DistanceNM] counts, to within two metres. Around a pole it spans all longitudes.
func Around(p Point, radiusNM float64) Box {
	const deg = 180 / math.Pi
	radius := radiusNM/EarthRadiusNM + slack
	b := Box{North: p.Lat + radius*deg, South: p.Lat - radius*deg, East: 180, West: -180}
	if b.North >= 90 || b.South <= -90 {
		b.North, b.South = math.Min(b.North, 90), math.Max(b.South, -90)
		return b
	}
	// The meridians that touch the circle do so nearer to the pole than p.
	touch := math.Sin(radius) / math.Cos(p.Lat/deg)
	width := (math.Asin(math.Min(1, touch)) + slack) * deg
	b.East, b.West = p.Lon+width, p.Lon-width
	if b.East > 180 {
		b.East -= 360
	}
	if b.West < -180 {
		b.West += 360
	}
	return b
}
