package root

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/skygate-io/skygate/pkg/geo"
)

// BenchmarkClusters joins 10,000 aircraft over half of Europe, from far and from near.
func BenchmarkClusters(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	at := make([]geo.Point, 10_000)
	for i := range at {
		at[i] = geo.Point{Lat: 45 + random.NormFloat64()*4, Lon: 8 + random.NormFloat64()*6}
	}
	for _, zoom := range []float64{3, 7} {
		b.Run(fmt.Sprint("zoom=", zoom), func(b *testing.B) {
			for b.Loop() {
				clusters(at, reach(zoom))
			}
		})
	}
}
