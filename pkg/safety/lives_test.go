package safety_test

import (
	"testing"

	"github.com/skygate-io/skygate/pkg/geo"
)

// Encounters as they are flown, each until it is long over: what is told of them,
// once each life.
func TestLives(t *testing.T) {
	denver := geo.Point{Lat: 39.8617, Lon: -104.6732}
	side := func(p *plane, bearing, nm float64) { p.at = geo.Destination(p.at, bearing, nm) }
	for name, tc := range map[string]struct {
		at      geo.Point
		nm      float64 // apart, to the east
		set     func(a, b *plane)
		then    map[int]func(a, b *plane) // at a second
		seconds int
		want    []string
	}{
		"head-on": {nm: 5, seconds: 200, want: []string{
			"12 new critical" + both,
			"21 updated critical" + both,
			"72 resolved critical" + both,
		},
			set: func(a, b *plane) { a.flies(450, 90); b.flies(450, 270) }},
		"overtaking": {nm: 1, seconds: 400, want: []string{
			"37 new critical" + both,
			"80 updated critical" + both,
			"88 updated critical" + both,
			"96 updated critical" + both,
			"104 updated critical" + both,
			"109 updated low" + both,
			"117 updated low" + both,
			"163 resolved low" + both,
		}, // 50 kt: 35 s to go, out of it 47 s after they have met
			set: func(a, b *plane) { a.flies(300, 90); b.flies(250, 90) }},
		"crossing": {nm: 5, seconds: 250, want: []string{
			"26 new critical" + both,
			"44 updated critical" + both,
			"92 resolved critical" + both,
		}, // at right angles, and both are at the corner at 42 s
			set: func(a, b *plane) { a.flies(300, 45); b.flies(300, 315) }},
		"parallel": {nm: 0.3, seconds: 600,
			set: func(a, b *plane) { a.flies(400, 0); b.flies(400, 0) }},
		"parallel, they come nearer, stay so, and part": {nm: 0.45, seconds: 500, want: []string{
			"72 new critical" + both,
			"91 updated critical" + both,
			"261 updated critical" + both,
			"272 updated critical" + both,
			"277 updated warning" + both,
			"288 updated warning" + both,
			"299 updated warning" + both,
			"345 resolved warning" + both,
		},
			set: func(a, b *plane) { a.flies(400, 0); b.flies(400, 0) },
			then: map[int]func(a, b *plane){
				60:  func(a, _ *plane) { a.track = 5 },
				90:  func(a, _ *plane) { a.track = 0 },
				250: func(a, _ *plane) { a.track = 355 },
				400: func(a, _ *plane) { a.track = 0 },
			}},
		"formation": {nm: 0.05, seconds: 300,
			set: func(a, b *plane) {
				a.flies(400, 0)
				b.flies(400, 0)
				a.fields, b.fields = `"category":"A6"`, `"category":"A6"`
			}},
		"formation that breaks": {nm: 0.05, seconds: 300, want: []string{
			"101 new critical" + both,
			"161 resolved critical" + both,
		},
			set: func(a, b *plane) {
				a.flies(400, 0)
				b.flies(400, 0)
				a.fields, b.fields = `"category":"A6"`, `"category":"A6"`
			},
			then: map[int]func(a, b *plane){100: func(a, b *plane) { a.track, b.track = 330, 30 }}},
		"departing pair": {at: denver, nm: 4, seconds: 200,
			set: func(a, b *plane) {
				side(a, 270, 2)
				side(b, 270, 2)
				side(b, 0, 0.3)
				a.alt, b.alt, a.vr, b.vr = 6000, 8000, 1200, -1000
				a.flies(160, 90)
				b.flies(160, 270)
			}},
		"departing pair, away from airports": {nm: 4, seconds: 200, want: []string{
			"23 new warning" + both,
			"48 updated warning" + both,
			"96 resolved warning" + both,
		},
			set: func(a, b *plane) {
				side(b, 0, 0.3)
				a.alt, b.alt, a.vr, b.vr = 6000, 7700, 1200, -1000
				a.flies(160, 90)
				b.flies(160, 270)
			}},
		"antimeridian, head-on": {at: geo.Point{Lat: 52, Lon: 179.97}, nm: 5, seconds: 200, want: []string{
			"12 new critical" + both,
			"21 updated critical" + both,
			"72 resolved critical" + both,
		},
			set: func(a, b *plane) { a.flies(450, 90); b.flies(450, 270) }},
		"one levels off in time": {nm: 8, seconds: 200, want: []string{
			"36 new critical" + both,
			"41 updated critical" + both,
			"42 new critical tcas_ra BBBBBB",
			"49 updated critical" + both,
			"96 resolved critical" + both,
			"102 resolved critical tcas_ra BBBBBB",
		},
			set:  func(a, b *plane) { a.flies(300, 90); b.flies(300, 270); b.alt += 1600; b.vr = -2000 },
			then: map[int]func(a, b *plane){40: func(_, b *plane) { b.vr = 1500 }}},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.at == (geo.Point{}) {
				tc.at = zurich
			}
			s := newScript(t)
			a, b := pair(tc.at, tc.nm, 90)
			tc.set(a, b)
			for second := range tc.seconds {
				if then := tc.then[second]; then != nil {
					then(a, b)
				}
				s.fly(1, a, b)
			}
			s.want(tc.want...)
		})
	}
}
