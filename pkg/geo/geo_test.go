package geo_test

import (
	"math"
	"testing"

	"github.com/skygate-io/skygate/pkg/geo"
)

// Distances and bearings of the WGS-84 ellipsoid, which the sphere meets within
// 0.6 %.
func TestDistanceAndBearing(t *testing.T) {
	for name, tc := range map[string]struct {
		a, b        geo.Point
		nm, bearing float64
	}{
		"Frankfurt to Zurich":     {geo.Point{Lat: 50.0333, Lon: 8.5706}, geo.Point{Lat: 47.4647, Lon: 8.5492}, 154.2, 180.3},
		"over the antimeridian":   {geo.Point{Lat: 0, Lon: 179.5}, geo.Point{Lat: 0, Lon: -179.5}, 60.1, 90},
		"a degree of latitude":    {geo.Point{Lat: 50, Lon: 8}, geo.Point{Lat: 51, Lon: 8}, 60.07, 0},
		"from one pole to other":  {geo.Point{Lat: 90, Lon: 0}, geo.Point{Lat: -90, Lon: 0}, 10801, 180},
		"London to New York":      {geo.Point{Lat: 51.4775, Lon: -0.4614}, geo.Point{Lat: 40.6398, Lon: -73.7789}, 2999, 288.3},
		"no distance":             {geo.Point{Lat: 50, Lon: 8}, geo.Point{Lat: 50, Lon: 8}, 0, 0},
		"the other side of earth": {geo.Point{Lat: 0, Lon: 0}, geo.Point{Lat: 0, Lon: 180}, 10807, 90},
	} {
		t.Run(name, func(t *testing.T) {
			if d := geo.DistanceNM(tc.a, tc.b); math.Abs(d-tc.nm) > tc.nm*0.006 {
				t.Errorf("distance %v NM, want %v", d, tc.nm)
			}
			if b := geo.BearingDeg(tc.a, tc.b); math.Abs(math.Remainder(b-tc.bearing, 360)) > 0.5 {
				t.Errorf("bearing %v°, want %v", b, tc.bearing)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	for p, want := range map[geo.Point]string{
		{}: "", {Lat: -90, Lon: 180}: "",
		{Lat: 91, Lon: 8}:     "91, 8 is no position: lat is from -90 to 90, lon from -180 to 180",
		{Lat: 1, Lon: -180.5}: "1, -180.5 is no position: lat is from -90 to 90, lon from -180 to 180",
	} {
		if err := p.Check(); (err == nil) != (want == "") || err != nil && err.Error() != want || (err == nil) != p.Valid() {
			t.Errorf("%v: %v, want %q", p, err, want)
		}
	}
}

// FuzzDestination: going a distance on a bearing leads to a point at that
// distance, on that bearing.
func FuzzDestination(f *testing.F) {
	f.Add(50.0, 8.0, 123.0, 45.0)
	f.Add(0.0, 179.9, 90.0, 60.0)
	f.Add(-89.0, 0.0, 180.0, 30.0)
	f.Fuzz(func(t *testing.T, lat, lon, bearing, distance float64) {
		from := geo.Point{Lat: lat, Lon: lon}
		if !from.Valid() || math.Abs(lat) > 89.9 || !(bearing >= 0 && bearing < 360) || !(distance >= 0.1 && distance < 5000) {
			t.Skip()
		}
		to := geo.Destination(from, bearing, distance)
		if !to.Valid() {
			t.Fatalf("%v is not on the earth", to)
		}
		if d := geo.DistanceNM(from, to); math.Abs(d-distance) > 1e-6*distance+1e-6 {
			t.Errorf("went %v NM, is %v away", distance, d)
		}
		if b := geo.BearingDeg(from, to); math.Abs(math.Remainder(b-bearing, 360)) > 1e-3 {
			t.Errorf("went on %v°, lies on %v°", bearing, b)
		}
	})
}
