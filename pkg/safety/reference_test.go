package safety_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/safety"
)

// target is an aircraft of random traffic: a plane at the place that it tells,
// which is some time old.
type target struct {
	plane
	age float64 // s
}

func (t *target) record(now time.Time) record.Fields {
	f := t.plane.record(now)
	f.Set("seen_pos", record.Time(now.UnixMilli()-int64(t.age*1000)))
	return f
}

// in is where it is some seconds from now: along a great circle.
func (t *target) in(seconds float64) geo.Point {
	if t.gs == 0 {
		return t.at
	}
	return geo.Destination(t.at, t.track, t.gs*(t.age+seconds)/3600)
}

// level is its altitude then; it is told together with the position.
func (t *target) level(seconds float64) float64 { return t.alt + t.vr/60*(t.age+seconds) }

func (t *target) isLight() bool { return t.fields == `"category":"A1"` }

// verdict is what the slow, obvious judge says of a pair.
type verdict struct {
	conflict bool
	severity string
	close    bool // to a line: the other answer is right, too
}

// judge plays a pair forward in small steps and looks when it is closest. The
// defaults of the configuration are written out here.
func judge(a, b *target) (v verdict) {
	below := func(value, line float64) bool {
		v.close = v.close || math.Abs(value-line) < 0.003*line+0.001
		return value < line
	}
	nm, ft := 0.5, 500.0
	if a.isLight() && b.isLight() {
		nm, ft = 0.2, 200
	}
	apart := geo.DistanceNM(a.in(0), b.in(0))
	if apart > 2.01 {
		return v
	}
	const step = 0.1
	distance, at := apart, 0.0
	moving := a.gs > 0 && b.gs > 0
	look := func(from, to, step float64) {
		for t := from; moving && t <= to; t += step {
			if d := geo.DistanceNM(a.in(t), b.in(t)); d < distance {
				distance, at = d, t
			}
		}
	}
	look(1, 37, 1)
	look(max(step, at-1), at+1, step)
	v.close = moving && math.Abs(at-35) < 0.2 || at == step
	if at > 35 {
		distance, at = apart, 0
	}
	vertical := math.Abs(b.level(at) - a.level(at))
	if distance > nm*1.01 || vertical > ft*1.01 || moving && at == 0 && apart > 0.16 {
		return v
	}
	v.conflict = below(apart, 2) && below(distance, nm) && below(vertical, ft) &&
		(at > 0 || !moving || below(apart, 0.15))
	switch {
	case below(distance, 0.5*nm) && below(vertical, 0.6*ft):
		v.severity = "critical"
	case below(distance, 0.7*nm) || below(vertical, 0.8*ft):
		v.severity = "warning"
	default:
		v.conflict = false
	}
	return v
}

// traffic gives random aircraft within a few miles of a place.
func traffic(rng *rand.Rand, centre geo.Point, n int) []*target {
	all := make([]*target, n)
	for i := range all {
		t := &target{age: float64(rng.IntN(1300)) / 100}
		t.key = fmt.Sprintf("%06X", i+1)
		t.at = geo.Destination(centre, rng.Float64()*360, 5*math.Sqrt(rng.Float64()))
		t.at = geo.Point{Lat: math.Round(t.at.Lat*1e6) / 1e6, Lon: math.Round(t.at.Lon*1e6) / 1e6}
		t.alt = float64(4000 + rng.IntN(2000))
		if rng.IntN(10) > 0 {
			t.gs, t.track = float64(60+rng.IntN(600)), float64(rng.IntN(360))
		}
		t.vr = float64(rng.IntN(41)-20) * 100
		if rng.IntN(4) == 0 {
			t.fields = `"category":"A1"`
		}
		all[i] = t
	}
	return all
}

var centres = map[string]geo.Point{
	"middle latitude": {Lat: 47.5, Lon: 8.5}, "equator": {Lat: 0, Lon: 0}, "antimeridian": {Lat: 20, Lon: 180},
	"antimeridian, north": {Lat: 75, Lon: -179.99}, "north pole": {Lat: 89.99, Lon: 10}, "south pole": {Lat: -89.9999, Lon: 0},
}

// Of random traffic the monitor finds the conflicts that looking at every pair finds.
// One half is heard later than the other, by nearly as much as the monitor lets
// tracks fly on before it looks where they are.
func TestAllPairs(t *testing.T) {
	cfg := safety.DefaultConfig()
	cfg.Airports = nil
	var conflicts, undecided, pairs int
	for _, name := range slices.Sorted(maps.Keys(centres)) {
		for seed := range uint64(2) {
			rng := rand.New(rand.NewPCG(seed, 11))
			all := traffic(rng, centres[name], 75)
			m := safety.New(cfg)
			told := map[string]string{}
			const later = 1.99
			for i, p := range all {
				now := start
				if i >= len(all)/2 {
					now = start.Add(later * 1000 * time.Millisecond)
				}
				for _, e := range m.Observe(safety.Read(p.key, p.record(now), now.UnixMilli()), now) {
					if e.Type == "proximity_conflict" {
						told[e.ICAO+" "+e.ICAO2] = e.Severity.String()
					}
				}
			}
			if dropped := m.Dropped(); dropped != nil {
				t.Errorf("%s, seed %d: dropped %v", name, seed, dropped)
			}
			for i, a := range all {
				for j, b := range all[i+1:] {
					pairs++
					first := *a
					if i < len(all)/2 && i+1+j >= len(all)/2 {
						first.age += later
					}
					v := judge(&first, b)
					got, ok := told[a.key+" "+b.key]
					switch {
					case v.close:
						undecided++
					case ok != v.conflict || ok && got != v.severity:
						t.Errorf("%s, seed %d: %s and %s: told %q, want %+v\n%+v\n%+v", name, seed, a.key, b.key, got, v, *a, *b)
					case ok:
						conflicts++
					}
				}
			}
		}
	}
	if conflicts < 150 || undecided*100 > pairs {
		t.Errorf("%d conflicts, %d of %d pairs undecided, which is no test", conflicts, undecided, pairs)
	}
	t.Logf("%d conflicts, %d of %d pairs undecided", conflicts, undecided, pairs)
}
