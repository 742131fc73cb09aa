package safety

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/skygate-io/skygate/pkg/geo"
)

// FuzzGrid: tracks that come, move and go are found around any place, just those
// that looking at all of them finds.
func FuzzGrid(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 3))
		centres := []geo.Point{{Lat: 47, Lon: 8}, {Lat: 0, Lon: 180}, {Lat: 90}, {Lat: -89.9, Lon: 77}, {Lat: 0, Lon: 0}}
		centre := centres[rng.IntN(len(centres))]
		const size = 8
		g := newGrid(size)
		levels := func(t *track) band {
			i, _ := strconv.Atoi(t.key)
			return band{float64(i), float64(2 * i)}
		}
		tracks := make([]*track, 60)
		for i := range tracks {
			tracks[i] = &track{Aircraft: Aircraft{key: fmt.Sprint(i)}}
		}
		for range 500 {
			one := tracks[rng.IntN(len(tracks))]
			if rng.IntN(4) == 0 {
				g.remove(one)
				continue
			}
			one.at, _, _ = frame(geo.Destination(centre, rng.Float64()*360, rng.Float64()*40))
			g.place(one, one.at, levels(one))
		}
		for range 50 {
			at, _, _ := frame(geo.Destination(centre, rng.Float64()*360, rng.Float64()*40))
			within := rng.Float64() * size
			wanted := band{float64(rng.IntN(40)), 30}.wider(0)
			found, complete := g.around(nil, at, within, wanted)
			var want []string
			for _, one := range tracks {
				if one.placed && one.at.minus(at).length() <= within && levels(one).meets(wanted) {
					want = append(want, one.key)
				}
			}
			var got []string
			for i, n := range found {
				got = append(got, n.track.key)
				if i > 0 && found[i-1].square > n.square {
					t.Error("a farther one comes first")
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) || !complete {
				t.Fatalf("found %v, complete %v, within %v NM of %v: want %v", got, complete, within, at, want)
			}
		}
		for _, one := range tracks {
			g.remove(one)
		}
		if len(g.cubes) != 0 {
			t.Errorf("%d cells are left", len(g.cubes))
		}
	})
}
