package safety

import (
	"math/rand/v2"
	"slices"
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
		tracks := make([]*track, 60)
		for i := range tracks {
			tracks[i] = &track{}
		}
		for range 500 {
			one := tracks[rng.IntN(len(tracks))]
			if rng.IntN(4) == 0 {
				g.remove(one)
				continue
			}
			one.at, _, _ = frame(geo.Destination(centre, rng.Float64()*360, rng.Float64()*40))
			g.place(one)
		}
		for range 50 {
			at, _, _ := frame(geo.Destination(centre, rng.Float64()*360, rng.Float64()*40))
			within := rng.Float64() * size
			found := g.around(nil, at, within)
			for _, one := range tracks {
				if want := one.placed && one.at.minus(at).length() <= within; slices.Contains(found, one) != want {
					t.Fatalf("%v is found: %v, within %v NM of %v: %v", one.at, !want, within, at, want)
				}
			}
			if len(found) != len(slices.Compact(slices.Clone(found))) {
				t.Fatal("one is found twice")
			}
		}
		for _, one := range tracks {
			g.remove(one)
		}
		if len(g.cells) != 0 {
			t.Errorf("%d cells are left", len(g.cells))
		}
	})
}
