package safety_test

import (
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// once has a plane tell something else in one observation, and then the truth again.
func (s *script) once(p *plane, change func(*plane), others ...*plane) {
	s.t.Helper()
	s.now = s.now.Add(time.Second)
	for _, o := range append(others, p) {
		o.fly(1)
	}
	bad := *p
	change(&bad)
	s.tell(&bad)
	for _, o := range others {
		s.tell(o)
	}
	s.keep(s.m.Tick(s.now))
}

// What a single damaged message says of one of two, of whom one flies far
// above the other, tells nothing.
func TestOneBadSampleTellsNothing(t *testing.T) {
	for name, change := range map[string]func(p, other *plane){
		"vertical speed":             func(p, _ *plane) { p.vr = 12_000 },
		"vertical speed, down":       func(p, _ *plane) { p.vr = -32_000 },
		"a climb's sign":             func(p, _ *plane) { p.vr = -p.vr },
		"position, beside the other": func(p, other *plane) { p.at = geo.Destination(other.at, 0, 0.05) },
		"position, far away":         func(p, _ *plane) { p.at = geo.Point{Lat: -33, Lon: 151} },
		"position, null island":      func(p, _ *plane) { p.at = geo.Point{} },
		"altitude, that of other":    func(p, other *plane) { p.alt = other.alt },
		"altitude, below the sea":    func(p, _ *plane) { p.alt = -1000 },
		"altitude, ground":           func(p, _ *plane) { p.alt, p.fields = 0, `"alt_baro":"ground"` },
		"speed, none":                func(p, _ *plane) { p.gs, p.fields = 0, `"gs":0 "track":90` },
		"speed, beyond any":          func(p, _ *plane) { p.gs = 4000 },
		"nothing":                    func(p, _ *plane) { *p = plane{key: p.key, at: p.at} },
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			a := &plane{key: "AAAAAA", at: zurich, alt: 20_000, gs: 400, track: 90, vr: 1800}
			b := &plane{key: "BBBBBB", at: geo.Destination(zurich, 0, 0.12), alt: 28_000, gs: 400, track: 90, vr: 1800}
			if name == "position, beside the other" {
				b.at, b.alt = geo.Destination(zurich, 0, 8), a.alt
			}
			s.fly(10, a, b)
			s.once(a, func(p *plane) { change(p, b) }, b)
			s.fly(30, a, b)
			s.once(b, func(p *plane) { change(p, a) }, a)
			s.fly(30, a, b)
			s.want()
		})
	}
}

// Nor does it end a conflict that goes on, or make another of it.
func TestOneBadSampleEndsNothing(t *testing.T) {
	for name, change := range map[string]func(*plane){
		"position":  func(p *plane) { p.at = geo.Destination(p.at, 45, 30) },
		"no place":  func(p *plane) { p.at = geo.Point{} },
		"altitude":  func(p *plane) { p.alt = 45_000 },
		"below sea": func(p *plane) { p.alt = -900 },
		"ground":    func(p *plane) { p.alt, p.fields = 0, `"alt_baro":"ground"` },
		"no speed":  func(p *plane) { p.gs, p.fields = 0, `"gs":0 "track":90` },
		"an hour":   func(p *plane) { p.late = time.Hour },
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			a, b := pair(zurich, 0.1, 0)
			a.flies(400, 90)
			b.flies(400, 90)
			s.fly(10, a, b)
			for range 5 {
				s.once(b, change, a)
				s.fly(20, a, b)
			}
			s.want("1 new critical" + both)
		})
	}
}

// What is told twice is believed: it is somewhere else now.
func TestLeapThatIsTrue(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 30, 0)
	a.flies(400, 90)
	b.flies(400, 90)
	s.fly(10, a, b)
	b.at = geo.Destination(a.at, 0, 0.1)
	s.fly(1, a, b)
	s.want()
	s.fly(1, a, b)
	s.want("12 new critical" + both)

	s = newScript(t)
	a, b = pair(zurich, 0.1, 0)
	b.alt += 8000
	s.fly(10, a, b)
	b.alt = a.alt
	s.fly(1, a, b)
	s.want()
	s.fly(1, a, b)
	s.want("12 new critical" + both)
}

// A leap that was told once and repeated as it was, because another field changed,
// is told once.
func TestLeapRepeated(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 30, 0)
	s.fly(10, a, b)
	far := *b
	far.at = geo.Destination(a.at, 0, 0.1)
	f := far.record(s.now)
	for range 5 {
		f.Set("seen_pos", record.Time(start.Add(10500*time.Millisecond).UnixMilli()))
		s.now = s.now.Add(time.Second)
		s.observe(b.key, f, s.now.UnixMilli())
		s.tell(a)
	}
	s.want()
}

// Without an altitude to follow it, an extreme vertical speed must be told for a while.
func TestExtremeOnceWithoutAltitude(t *testing.T) {
	s := newScript(t)
	p := climbs(500)
	p.alt = 0
	s.fly(10, p)
	s.once(p, func(p *plane) { p.vr = 12_000 })
	s.fly(10, p)
	s.once(p, func(p *plane) { p.vr = 12_000 })
	s.once(p, func(p *plane) { p.vr = -12_000 })
	s.once(p, func(p *plane) { p.vr = 12_000 })
	s.want()
	p.vr = 12_000
	s.fly(3, p)
	s.want("26 new critical extreme_vs AAAAAA")
}

// Aircraft that do not know where they are.
func TestNullIsland(t *testing.T) {
	s := newScript(t)
	a, b := pair(geo.Point{}, 0, 0)
	s.fly(30, a, b)
	s.want()
}

// A transponder tells 10,000 ft/min, up, down or both, and keeps its level; or its
// altitude goes the other way.
func TestExtremeThatIsNot(t *testing.T) {
	for name, tc := range map[string]struct{ climbs, tells float64 }{
		"up":               {0, 10_000},
		"down":             {0, -16_500},
		"a climb":          {1500, 10_000},
		"the other way":    {-9500, 10_000},
		"three times less": {4000, 12_500},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			p := climbs(tc.climbs)
			p.alt = 60_000
			for range 100 {
				p.fly(1)
				told := *p
				told.vr = tc.tells
				s.now = s.now.Add(time.Second)
				s.tell(&told)
				s.keep(s.m.Tick(s.now))
			}
			s.want()
		})
	}
}

// The altitude comes in steps of 100 ft, as some transponders have it, and the
// feed once in ten seconds: what is true is told.
func TestExtremeInSteps(t *testing.T) {
	for name, every := range map[string]int{"each second": 1, "in ten": 10} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			p := climbs(-9600)
			p.alt = 60_000
			for i := range 61 {
				p.fly(1)
				told := *p
				told.alt -= float64(int(told.alt) % 100)
				s.now = s.now.Add(time.Second)
				if i%every == 0 {
					s.tell(&told)
				}
			}
			if len(s.lines) != 1 {
				t.Errorf("told %v, want one event", s.lines)
			}
		})
	}
}

// Vertical speeds that change their sign all the time, or once and back, or while
// the altitude stays; with traffic near.
func TestReversalThatIsNot(t *testing.T) {
	for name, tc := range map[string]struct {
		keeps bool // its altitude
		tells func(second int) float64
	}{
		"each second":         {false, func(i int) float64 { return float64(2500 - 5000*(i%2)) }},
		"once in ten":         {false, func(i int) float64 { return map[bool]float64{true: 3000, false: -3000}[i%10 == 0] }},
		"once in five":        {false, func(i int) float64 { return map[bool]float64{true: 3000, false: -3000}[i%5 == 0] }},
		"once, after silence": {false, func(i int) float64 { return map[bool]float64{true: 3000, false: 0}[i == 20] }},
		"the altitude stays":  {true, func(i int) float64 { return float64(2500 - 5000*(i/10%2)) }},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			p := climbs(-3000)
			p.gs = 0
			for i := range 60 {
				if !tc.keeps {
					p.fly(1)
				}
				told := *p
				told.vr = tc.tells(i)
				s.now = s.now.Add(time.Second)
				s.tell(&told)
				other := &plane{key: "BBBBBB", at: geo.Destination(zurich, 0, 2.5), alt: p.alt - 800}
				s.tell(other)
			}
			s.want()
		})
	}
}

// Two receivers, of which one is three seconds late: what it says of the past is no
// reversal, and does not hide one.
func TestLateReceiver(t *testing.T) {
	s := newScript(t)
	p := climbs(-2500)
	var past []plane
	for i := range 40 {
		if i == 20 {
			p.vr = 2500
		}
		s.fly(1, p)
		if past = append(past, *p); i >= 3 {
			s.observe(p.key, past[i-3].record(s.now.Add(-3*time.Second)), s.now.Add(-3*time.Second).UnixMilli())
		}
	}
	s.want("22 new critical tcas_ra AAAAAA")
}
