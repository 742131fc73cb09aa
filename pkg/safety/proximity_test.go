package safety_test

import (
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
)

// pair gives two aircraft at the same level, so many miles apart, the second on
// a bearing from the first.
func pair(at geo.Point, miles, bearing float64) (a, b *plane) {
	a = &plane{key: "AAAAAA", at: at, alt: 30000}
	b = &plane{key: "BBBBBB", at: geo.Destination(at, bearing, miles), alt: 30000}
	return a, b
}

func (p *plane) flies(kt, track float64) { p.gs, p.track = kt, track }

var zurich = geo.Point{Lat: 47.5, Lon: 8.5}

const both = " proximity_conflict AAAAAA BBBBBB"

// 900 kt closure: within 2 NM 8 s before they meet, after which each second takes
// them a quarter of a mile apart. It is over 60 s after it was told.
func TestHeadOn(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 5, 90)
	a.flies(450, 90)
	b.flies(450, 270)
	s.fly(120, a, b)
	s.want("12 new critical"+both, "21 updated critical"+both, "72 resolved critical"+both)
}

// 50 kt closure from half a mile behind: 36 s to go, of which 35 count.
func TestOvertaking(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 1, 90)
	a.flies(300, 90)
	b.flies(250, 90)
	s.fly(60, a, b) // not there yet, in 72 s
	s.want("37 new critical" + both)
	s.wantMessage("Proximity conflict: AAAAAA and BBBBBB within 0.49nm, 0ft altitude separation now, converging to 0.00nm / 0ft in 35s")
}

// They never converge, nor are they nearer than a near miss.
func TestParallel(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 0.3, 0)
	a.flies(400, 90)
	b.flies(400, 90)
	s.fly(300, a, b)
	s.want()
}

// Nearer than that it does not matter what they do.
func TestParallelNearMiss(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 0.1, 0)
	a.flies(400, 90)
	b.flies(400, 90)
	s.fly(300, a, b)
	s.want("1 new critical" + both)
	s.wantMessage("Proximity conflict: AAAAAA and BBBBBB within 0.10nm, 0ft altitude separation")
}

// They have met, and one is faster.
func TestFarAheadOrPast(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 0.1, 90)
	a.flies(400, 90)
	b.flies(395, 90) // 72 s: further than counts
	s.tell(a)
	s.tell(b)
	s.wantMessage("Proximity conflict: AAAAAA and BBBBBB within 0.10nm, 0ft altitude separation, closure rate 5kt")
	if cpa := s.events[0].CPA; cpa == nil || cpa.Seconds < 71 || cpa.Seconds > 73 {
		t.Errorf("closest point of approach %+v", cpa)
	}
	s = newScript(t)
	b.flies(500, 90) // apart
	s.tell(a)
	s.tell(b)
	s.wantMessage("Proximity conflict: AAAAAA and BBBBBB within 0.10nm, 0ft altitude separation")
	if cpa := s.events[0].CPA; cpa != nil {
		t.Errorf("closest point of approach %+v", cpa)
	}
}

func TestFormation(t *testing.T) {
	for name, tc := range map[string]struct {
		a, b string
		told bool
	}{
		"two fighters":              {`"category":"A6"`, `"category":"A6"`, false},
		"a tanker and a fighter":    {`"t":"K35R" "category":"A5"`, `"military":true`, false},
		"a fighter and an airliner": {`"category":"A6"`, `"category":"A3"`, true},
		"two airliners":             {`"category":"A3"`, `"category":"A3"`, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			a, b := pair(zurich, 0.1, 0)
			a.flies(400, 90)
			b.flies(400, 90)
			a.fields, b.fields = tc.a, tc.b
			s.fly(30, a, b)
			if tc.told != (len(s.lines) > 0) {
				t.Errorf("told %v", s.lines)
			}
		})
	}
}

// Two fighters join up with 100 kt, which is a conflict, and then keep station,
// which is none.
func TestJoiningUp(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 0.9, 90)
	a.fields, b.fields = `"category":"A6"`, `"category":"A6"`
	a.flies(400, 90)
	b.flies(300, 90)
	s.fly(30, a, b)
	b.flies(400, 90)
	s.fly(120, a, b)
	s.want("1 new critical"+both, "76 resolved critical"+both)
}

// A departure climbs past an arrival at Denver, which is high.
func TestDepartingPair(t *testing.T) {
	denver := geo.Point{Lat: 39.8617, Lon: -104.6732}
	for name, tc := range map[string]struct {
		change  func(a, b *plane)
		nearest float64
		want    []string
	}{
		"a warning is none":     {func(_, _ *plane) {}, 0.3, nil},
		"critical is told":      {func(_, b *plane) { b.alt = 7300 }, 0.2, []string{"critical"}},
		"both climb":            {func(_, b *plane) { b.vr = 500 }, 0.3, []string{"warning"}},
		"above the airport":     {func(a, b *plane) { a.alt, b.alt = 9000, 9000 }, 0.3, []string{"warning"}},
		"far from any":          {func(a, b *plane) { a.at.Lat++; b.at.Lat++ }, 0.3, []string{"warning"}},
		"neither moves to tell": {func(a, b *plane) { a.vr, b.vr = 200, -200 }, 0.3, []string{"warning"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			a, b := pair(denver, tc.nearest, 0)
			a.at = geo.Destination(a.at, 270, 0.5)
			b.at = geo.Destination(b.at, 90, 0.5)
			a.alt, b.alt, a.vr, b.vr = 7000, 7000, 1200, -700
			a.flies(160, 90)
			b.flies(160, 270)
			tc.change(a, b)
			s.tell(a)
			s.tell(b)
			var got []string
			for _, e := range s.events {
				got = append(got, e.Severity.String())
			}
			if len(got) != len(tc.want) || len(got) > 0 && got[0] != tc.want[0] {
				t.Errorf("told %v, want %v", got, tc.want)
			}
		})
	}
}

// Places where longitudes jump, or mean nothing.
func TestPlaces(t *testing.T) {
	for name, at := range map[string]geo.Point{
		"antimeridian": {Lat: 10, Lon: 179.99}, "date line, north": {Lat: 80, Lon: 179.9},
		"near the north pole": {Lat: 89.98, Lon: 45}, "north pole": {Lat: 90, Lon: 0}, "south pole": {Lat: -89.999, Lon: 0},
		"equator": {Lat: 0, Lon: -0.01},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			a, b := pair(at, 1.5, 90)
			a.flies(450, geo.BearingDeg(a.at, b.at))
			b.flies(450, geo.BearingDeg(b.at, a.at))
			s.tell(a)
			s.tell(b)
			s.want("0 new critical" + both)
			e := s.events[0]
			if e.CPA == nil || e.CPA.DistanceNM > 0.01 || e.CPA.Seconds < 5.9 || e.CPA.Seconds > 6.1 {
				t.Fatalf("closest point of approach %+v", e.CPA)
			}
			middle := geo.Point{Lat: e.CPA.Lat, Lon: e.CPA.Lon}
			if d := geo.DistanceNM(a.at, middle); d < 0.74 || d > 0.76 {
				t.Errorf("they meet at %v, %v NM from one", middle, d)
			}
		})
	}
}

// 480 kt make two thirds of a mile in 5 s: side by side, one told late, they look
// like one behind the other.
func TestCommonTime(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 0.1, 0)
	a.flies(480, 90)
	b.flies(480, 90)
	b.late = 5 * time.Second
	s.tell(a)
	s.tell(b)
	s.want("0 new critical" + both)
	s.wantMessage("Proximity conflict: AAAAAA and BBBBBB within 0.10nm, 0ft altitude separation")
}

func TestVerticallyResolved(t *testing.T) {
	for name, tc := range map[string]struct {
		alt, vr float64
		want    []string
	}{
		"same level":             {30000, 0, []string{"12 new critical" + both}},
		"600 ft above":           {30600, 0, nil},
		"600 ft, comes down":     {30600, -3000, []string{"12 new critical" + both}},
		"same level, climbs off": {30000, 4500, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			a, b := pair(zurich, 5, 90)
			a.flies(450, 90)
			b.flies(450, 270)
			b.alt = tc.alt - tc.vr/60*12
			b.vr = tc.vr
			s.fly(12, a, b)
			s.want(tc.want...)
		})
	}
}
