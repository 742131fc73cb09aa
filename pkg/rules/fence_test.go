package rules_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/pkg/rules"
)

// star is a polygon with many corners around a place, some of them dents.
func star(lat, lon float64, rng *rand.Rand) (points []string, holds func(lat, lon float64) bool) {
	const corners = 12
	var ys, xs [corners]float64
	for i := range corners {
		r := 1 + 9*rng.Float64()
		a := float64(i) / corners * 2 * math.Pi
		ys[i], xs[i] = r*math.Sin(a), r*math.Cos(a)
		points = append(points, fmt.Sprintf(`{"lat":%v,"lon":%v}`, lat+ys[i], wrap(lon+xs[i])))
	}
	// A point is inside where its triangle with the center holds it.
	return points, func(y, x float64) bool {
		cross := func(ax, ay, bx, by float64) float64 { return ax*by - ay*bx }
		for i := range corners {
			j := (i + 1) % corners
			if cross(xs[i], ys[i], x, y) >= 0 && cross(x, y, xs[j], ys[j]) >= 0 {
				return cross(xs[j]-xs[i], ys[j]-ys[i], x-xs[i], y-ys[i]) >= 0
			}
		}
		return false
	}
}

func wrap(lon float64) float64 { return math.Mod(lon+540, 360) - 180 }

func TestPolygonsAnywhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	inside := 0
	for _, lon := range []float64{0, 10, -95, 175, 180, -180, -172.5} {
		for range 5 {
			points, holds := star(40, lon, rng)
			for _, reversed := range []bool{false, true} {
				if reversed {
					for i, j := 0, len(points)-1; i < j; i, j = i+1, j-1 {
						points[i], points[j] = points[j], points[i]
					}
				}
				m := rules.New(nil)
				m.Set(ruled(t, `{"type":"geofence","operator":"inside","value":{"type":"polygon","points":[`+strings.Join(points, ",")+`]}}`))
				for i := range 60 {
					y, x := 24*rng.Float64()-12, 24*rng.Float64()-12
					at := fmt.Sprintf(`{"lat":%v,"lon":%v}`, 40+y, wrap(lon+x))
					got, want := len(m.Observe(fmt.Sprint(i), fields(t, at), 0, start)) == 1, holds(y, x)
					if got != want {
						t.Errorf("%s inside %v: %v, want %v", at, points, got, want)
					}
					if got {
						inside++
					}
				}
			}
		}
	}
	if inside < 500 {
		t.Errorf("only %d points are inside: that compares little", inside)
	}
}
