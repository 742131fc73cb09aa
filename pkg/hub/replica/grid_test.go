package replica

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/skygate-io/skygate/pkg/geo"
)

func TestCellOf(t *testing.T) {
	for name, tc := range map[string]struct {
		at          geo.Point
		row, column int
	}{
		"the middle":               {geo.Point{Lat: 0, Lon: 0}, 90, 180},
		"just south-west of it":    {geo.Point{Lat: -0.1, Lon: -0.1}, 89, 179},
		"inside a cell":            {geo.Point{Lat: 45.99, Lon: 10.01}, 135, 190},
		"the north pole":           {geo.Point{Lat: 90, Lon: 0}, 179, 180},
		"near the north pole":      {geo.Point{Lat: 89.9, Lon: 0}, 179, 180},
		"the south pole":           {geo.Point{Lat: -90, Lon: 0}, 0, 180},
		"the antimeridian, west":   {geo.Point{Lat: 0, Lon: -180}, 90, 0},
		"the antimeridian, east":   {geo.Point{Lat: 0, Lon: 180}, 90, 0},
		"just west of it":          {geo.Point{Lat: 0, Lon: 179.99}, 90, 359},
		"just east of it":          {geo.Point{Lat: 0, Lon: -179.99}, 90, 0},
		"the corner of everything": {geo.Point{Lat: 90, Lon: 180}, 179, 0},
	} {
		if got := cellOf(tc.at); got != cell(tc.row*360+tc.column) {
			t.Errorf("%s: %v is in row %d, column %d, want %d, %d", name, tc.at, got/360, got%360, tc.row, tc.column)
		}
	}
}

func TestSizeOfBox(t *testing.T) {
	for name, tc := range map[string]struct {
		box  geo.Box
		want int
	}{
		"in one cell":             {geo.Box{North: 45.9, South: 45.1, East: 10.9, West: 10.1}, 1},
		"a point":                 {geo.Box{North: 45, South: 45, East: 10, West: 10}, 1},
		"across one edge":         {geo.Box{North: 45.9, South: 45.1, East: 11, West: 10.1}, 2},
		"four":                    {geo.Box{North: 46, South: 45.1, East: 11, West: 10.1}, 4},
		"across the antimeridian": {geo.Box{North: 0.5, South: 0, East: -179.5, West: 179.5}, 2},
		"up to it":                {geo.Box{North: 0.5, South: 0, East: 180, West: 179.5}, 2},
		"from it":                 {geo.Box{North: 0.5, South: 0, East: -179.5, West: -180}, 1},
		"it":                      {geo.Box{North: 0.5, South: 0, East: 180, West: 180}, 1},
		"all around":              {geo.Box{North: 0.5, South: 0, East: 180, West: -180}, 360},
		"nearly all around":       {geo.Box{North: 0.5, South: 0, East: 10.2, West: 10.5}, 360},
		"the earth":               {geo.Box{North: 90, South: -90, East: 180, West: -180}, 180 * 360},
	} {
		if got := size(tc.box); got != tc.want {
			t.Errorf("%s: %d cells, want %d", name, got, tc.want)
		}
	}
}

// TestGrid moves records about and looks for them in boxes: the grid gives all
// that are in a box, each once.
func TestGrid(t *testing.T) {
	lats := []float64{-90, -89.5, -1, -0.5, 0, 0.5, 1, 45.5, 89, 89.9, 90}
	lons := []float64{-180, -179.9, -179, -1, -0.5, 0, 0.5, 10.2, 10.5, 179, 179.9, 180}
	rng := rand.New(rand.NewPCG(1, 4))
	pick := func(from []float64) float64 { return from[rng.IntN(len(from))] }
	g, slots := grid{}, make([]look, 40)
	for i := range slots {
		slots[i].where = nowhere
	}
	for range 3000 {
		i := rng.IntN(len(slots))
		lat, lon := fmt.Sprint(pick(lats)), fmt.Sprint(pick(lons))
		if rng.IntN(5) == 0 {
			lat = ""
		}
		slots[i].attrs.Set("lat", lat)
		slots[i].attrs.Set("lon", lon)
		g.move(slots, int32(i))
		one, other := pick(lats), pick(lats)
		box := geo.Box{North: max(one, other), South: min(one, other), East: pick(lons), West: pick(lons)}
		var got []int32
		g.in(box, func(slots []int32) { got = append(got, slots...) })
		slices.Sort(got)
		if len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Fatalf("%+v gives slots twice: %v", box, got)
		}
		for i := range slots {
			p, ok := slots[i].attrs.Position()
			if in := ok && box.Contains(p); in && !slices.Contains(got, int32(i)) {
				t.Fatalf("%+v lacks %v", box, p)
			}
		}
	}
	count := 0
	for _, list := range g {
		count += len(list)
	}
	for i := range slots {
		if _, ok := slots[i].attrs.Position(); ok {
			count--
		}
	}
	if count != 0 {
		t.Errorf("%d more in the grid than records with a position", count)
	}
}
