// Package geo holds the geometry of positions on the earth.
package geo

import (
	"fmt"
	"math"
)

// EarthRadiusNM is the radius used for distances, in nautical miles: the mean
// radius of 6,371.0 km.
const EarthRadiusNM = 3440.065

// Point is a position in degrees: latitude north, longitude east.
type Point struct{ Lat, Lon float64 }

// Valid says whether the point lies on the earth.
func (p Point) Valid() bool {
	return p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180
}

// Check says why the point does not lie on the earth, nil when it does.
func (p Point) Check() error {
	if p.Valid() {
		return nil
	}
	return fmt.Errorf("%v, %v is no position: lat is from -90 to 90, lon from -180 to 180", p.Lat, p.Lon)
}

// DistanceNM is the great-circle distance in nautical miles, by the haversine
// formula (within 0.4 % of the WGS-84 ellipsoid).
func DistanceNM(a, b Point) float64 {
	const rad = math.Pi / 180
	lat1, lat2 := a.Lat*rad, b.Lat*rad
	sinLat := math.Sin((lat2 - lat1) / 2)
	sinLon := math.Sin((b.Lon - a.Lon) * rad / 2)
	h := sinLat*sinLat + math.Cos(lat1)*math.Cos(lat2)*sinLon*sinLon
	return 2 * EarthRadiusNM * math.Asin(math.Min(1, math.Sqrt(h)))
}

// Destination is the point reached from p after distance nautical miles on the
// initial true bearing (degrees), along a great circle.
func Destination(p Point, bearing, distanceNM float64) Point {
	const rad = math.Pi / 180
	d, b := distanceNM/EarthRadiusNM, bearing*rad
	lat1 := p.Lat * rad
	sinLat2 := math.Sin(lat1)*math.Cos(d) + math.Cos(lat1)*math.Sin(d)*math.Cos(b)
	lat2 := math.Asin(math.Max(-1, math.Min(1, sinLat2)))
	dLon := math.Atan2(math.Sin(b)*math.Sin(d)*math.Cos(lat1), math.Cos(d)-math.Sin(lat1)*sinLat2)
	lon := math.Mod(p.Lon+dLon/rad+540, 360) - 180
	return Point{Lat: lat2 / rad, Lon: lon}
}

// BearingDeg is the initial true bearing from a to b, 0 to 360 degrees.
func BearingDeg(a, b Point) float64 {
	const rad = math.Pi / 180
	lat1, lat2, dLon := a.Lat*rad, b.Lat*rad, (b.Lon-a.Lon)*rad
	y := math.Sin(dLon) * math.Cos(lat2)
	x := math.Cos(lat1)*math.Sin(lat2) - math.Sin(lat1)*math.Cos(lat2)*math.Cos(dLon)
	return math.Mod(math.Atan2(y, x)/rad+360, 360)
}
