package geo_test

import (
	"math"
	"testing"

	"github.com/skygate-io/skygate/pkg/geo"
)

func TestBoxContains(t *testing.T) {
	alps := geo.Box{North: 48, South: 45, East: 16, West: 6}
	fiji := geo.Box{North: -15, South: -20, East: -175, West: 175}
	for name, tc := range map[string]struct {
		box  geo.Box
		lat  float64
		lon  float64
		want bool
	}{
		"inside":                     {alps, 46, 8, true},
		"north edge":                 {alps, 48, 8, true},
		"south edge":                 {alps, 45, 8, true},
		"east edge":                  {alps, 46, 16, true},
		"west edge":                  {alps, 46, 6, true},
		"corner":                     {alps, 48, 16, true},
		"north of it":                {alps, 48.001, 8, false},
		"south of it":                {alps, 44.999, 8, false},
		"east of it":                 {alps, 46, 16.001, false},
		"west of it":                 {alps, 46, 5.999, false},
		"no latitude":                {alps, math.NaN(), 8, false},
		"no longitude":               {alps, 46, math.NaN(), false},
		"antimeridian, west side":    {fiji, -17, 178, true},
		"antimeridian, east side":    {fiji, -17, -178, true},
		"antimeridian, on it":        {fiji, -17, 180, true},
		"antimeridian, on it, west":  {fiji, -17, -180, true},
		"antimeridian, edges":        {fiji, -20, 175, true},
		"antimeridian, outside":      {fiji, -17, 0, false},
		"antimeridian, just outside": {fiji, -17, -174.999, false},
		"antimeridian, no longitude": {fiji, -17, math.NaN(), false},
		"ends at 180":                {geo.Box{North: 1, South: -1, East: 180, West: 170}, 0, -180, true},
		"begins at -180":             {geo.Box{North: 1, South: -1, East: -170, West: -180}, 0, 180, true},
		"ends at -180":               {geo.Box{North: 1, South: -1, East: -180, West: 170}, 0, 180, true},
		"ends at -180, outside":      {geo.Box{North: 1, South: -1, East: -180, West: 170}, 0, -179, false},
		"only the antimeridian":      {geo.Box{North: 1, South: -1, East: -180, West: 180}, 0, 180, true},
		"only it, outside":           {geo.Box{North: 1, South: -1, East: -180, West: 180}, 0, 0, false},
		"all around":                 {geo.Box{North: 1, South: -1, East: 180, West: -180}, 0, 77, true},
		"one point":                  {geo.Box{North: 1, South: 1, East: 2, West: 2}, 1, 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tc.box.Contains(geo.Point{Lat: tc.lat, Lon: tc.lon}); got != tc.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestBoxShare(t *testing.T) {
	for name, tc := range map[string]struct {
		box  geo.Box
		want float64
	}{
		"the earth":               {geo.Box{North: 90, South: -90, East: 180, West: -180}, 1},
		"a half":                  {geo.Box{North: 90, South: 0, East: 180, West: -180}, 0.5},
		"an eighth":               {geo.Box{North: 0, South: -90, East: 90, West: 0}, 0.125},
		"over the antimeridian":   {geo.Box{North: 0, South: -90, East: -135, West: 135}, 0.125},
		"the antimeridian":        {geo.Box{North: 90, South: -90, East: -180, West: 180}, 0},
		"a parallel":              {geo.Box{North: 50, South: 50, East: 180, West: -180}, 0},
		"30 degrees are half way": {geo.Box{North: 30, South: -30, East: 180, West: -180}, 0.5},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tc.box.Share(); math.Abs(got-tc.want) > 1e-12 {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

func TestAround(t *testing.T) {
	const degree = geo.EarthRadiusNM * math.Pi / 180 // its length in NM
	for name, tc := range map[string]struct {
		center geo.Point
		radius float64
		want   geo.Box
	}{
		"on the equator":        {geo.Point{Lat: 0, Lon: 10}, 5 * degree, geo.Box{North: 5, South: -5, East: 15, West: 5}},
		"wider in the north":    {geo.Point{Lat: 60, Lon: 10}, degree, geo.Box{North: 61, South: 59, East: 12.000305, West: 7.999695}},
		"a point":               {geo.Point{Lat: 50, Lon: 8}, 0, geo.Box{North: 50, South: 50, East: 8, West: 8}},
		"eastwards over 180":    {geo.Point{Lat: 0, Lon: 179}, 5 * degree, geo.Box{North: 5, South: -5, East: -176, West: 174}},
		"westwards over -180":   {geo.Point{Lat: 0, Lon: -179}, 5 * degree, geo.Box{North: 5, South: -5, East: -174, West: 176}},
		"the north pole inside": {geo.Point{Lat: 88, Lon: 10}, 5 * degree, geo.Box{North: 90, South: 83, East: 180, West: -180}},
		"the south pole inside": {geo.Point{Lat: -88, Lon: 10}, 5 * degree, geo.Box{North: -83, South: -90, East: 180, West: -180}},
		"on the north pole":     {geo.Point{Lat: 90, Lon: 10}, 5 * degree, geo.Box{North: 90, South: 85, East: 180, West: -180}},
		"half of the earth":     {geo.Point{Lat: 30, Lon: 10}, 90 * degree, geo.Box{North: 90, South: -60, East: 180, West: -180}},
		"all of it":             {geo.Point{Lat: 30, Lon: 10}, 20000, geo.Box{North: 90, South: -90, East: 180, West: -180}},
	} {
		t.Run(name, func(t *testing.T) {
			got := geo.Around(tc.center, tc.radius)
			for edge, diff := range map[string]float64{
				"north": got.North - tc.want.North, "south": tc.want.South - got.South,
				"east": got.East - tc.want.East, "west": tc.want.West - got.West,
			} {
				if diff < -1e-6 || diff > 3e-5 {
					t.Errorf("%s is %v° too large: %+v", edge, diff, got)
				}
			}
		})
	}
}

// FuzzAround: what counts as within the distance is in the box, and points of
// the circle come near each of its edges.
func FuzzAround(f *testing.F) {
	f.Add(50.0, 8.0, 100.0)
	f.Add(0.0, 179.9, 90.0)
	f.Add(-89.0, 0.0, 180.0)
	f.Add(89.9999999, 0.0, 0.01)
	f.Add(0.0, 0.0, 5403.6)
	f.Add(90.0, 0.0, 10807.3)
	f.Add(30.0, -180.0, 3603.5)
	f.Fuzz(func(t *testing.T, lat, lon, radius float64) {
		center := geo.Point{Lat: lat, Lon: lon}
		if !center.Valid() || !(radius >= 0 && radius <= 20000) {
			t.Skip()
		}
		box := geo.Around(center, radius)
		if !(box.North >= box.South && box.North <= 90 && box.South >= -90) || math.Abs(box.East) > 180 || math.Abs(box.West) > 180 {
			t.Fatalf("%+v is no box", box)
		}
		north, south, east, west := -90.0, 90.0, 0.0, 0.0
		for i := range 720 {
			// Beyond the circle by less than the rounding, too: it is the distance that decides.
			for _, stretch := range []float64{0, 0.5, 1 - 1e-9, 1, 1 + 1e-12} {
				p := geo.Destination(center, float64(i)/2, radius*stretch)
				if geo.DistanceNM(center, p) > radius {
					continue
				}
				if !box.Contains(p) {
					t.Fatalf("%v is %v NM from %v, but not in %+v", p, geo.DistanceNM(center, p), center, box)
				}
				dLon := math.Remainder(p.Lon-lon, 360)
				north, south = max(north, p.Lat), min(south, p.Lat)
				east, west = max(east, dLon), min(west, dLon)
			}
		}
		if radius < 1e-3 || math.Abs(lat)+radius/60 > 85 {
			return // Destination is too coarse to find the edges of small circles, and of those near a pole
		}
		if box.North-north > 1e-4 || south-box.South > 1e-4 {
			t.Errorf("%+v is too high: %v to %v", box, south, north)
		}
		for edge, wide := range map[string]float64{"east": box.East - lon - east, "west": lon + west - box.West} {
			if math.Remainder(wide, 360) > 1e-3+east/100 {
				t.Errorf("%s of %+v is too wide: %v to %v of %v", edge, box, west, east, lon)
			}
		}
	})
}
