package safety_test

import (
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
)

func climbs(vr float64) *plane {
	return &plane{key: "AAAAAA", at: zurich, alt: 20000, gs: 400, track: 90, vr: vr}
}

func TestExtremeVerticalSpeed(t *testing.T) {
	s := newScript(t)
	p := climbs(-8999)
	p.alt = 100_000
	s.fly(3, p)
	p.vr = -9000
	s.fly(10, p)
	s.wantMessage("Extreme vertical speed: AAAAAA descending at 9000 fpm")
	p.vr = -10200 // a change worth telling
	s.fly(1, p)
	p.vr = -10600
	s.fly(1, p)
	p.vr = -12000
	s.fly(1, p)
	p.vr = -9100 // for longer than it takes to be believed
	s.fly(20, p)
	p.vr = -1000
	s.fly(60, p)
	s.want(
		"6 new low extreme_vs AAAAAA",
		"14 updated low extreme_vs AAAAAA",
		"15 updated warning extreme_vs AAAAAA",
		"16 updated critical extreme_vs AAAAAA",
		"21 updated critical extreme_vs AAAAAA",
		"31 updated low extreme_vs AAAAAA",
		"81 resolved low extreme_vs AAAAAA",
	)
}

func TestExtremeIsNormal(t *testing.T) {
	for name, tc := range map[string]struct {
		fields string
		vr     float64
		told   string
	}{
		"a fighter":                 {`"category":"A6"`, 14_999, ""},
		"a fighter, more than that": {`"category":"A6"`, 15_000, "climbing at 15000 fpm"},
		"a military one":            {`"military":true`, 14_999, ""},
		"a military airliner":       {`"military":true "category":"A5"`, 9_000, "climbing at 9000 fpm"},
		"geometric rate":            {`"geom_rate":9100`, 0, "climbing at 9100 fpm"},
		"no rate that can be":       {`"geom_rate":33001`, 0, ""},
		"on the ground":             {`"alt_baro":"ground"`, 9_000, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			p := climbs(tc.vr)
			p.alt = 0
			p.fields = tc.fields
			if strings.Contains(p.fields, "ground") {
				p.vr = 0
				p.fields += ` "baro_rate":9000`
			}
			s.fly(4, p)
			if told := len(s.events) > 0 && strings.HasSuffix(s.events[0].Message, tc.told); told != (tc.told != "") {
				t.Errorf("told %+v", s.events)
			}
		})
	}
}

// The receiver tells of an advisory, of another, and that it is over.
func TestAdvisory(t *testing.T) {
	s := newScript(t)
	p := climbs(0)
	ra := func(text, rat, at string) string {
		return `"acas_ra":{"unix_timestamp":` + at + `,"ARA":"1100001","RAT":"` + rat +
			`","MTE":"0","advisory_complement":"","advisory":"` + text + `","threat_id_hex":"484556"}`
	}
	s.fly(1, p)
	p.fields = ra("Climb", "0", "100")
	s.fly(2, p)
	s.wantMessage("TCAS RA: AAAAAA Climb, threat 484556")
	p.fields = ra("Level_Off", "0", "103")
	s.fly(2, p)
	p.fields = ra("Climb", "0", "101") // a receiver that is late
	s.fly(2, p)
	p.fields = ra("Clear", "1", "107")
	s.fly(2, p)
	p.fields = ra("Level_Off", "0", "103") // late again
	s.fly(1, p)
	p.fields = ""
	s.fly(30, p)
	s.want(
		"2 new critical tcas_ra AAAAAA",
		"4 updated critical tcas_ra AAAAAA",
		"8 resolved critical tcas_ra AAAAAA",
	)
	if raw := s.events[0].Details; !strings.Contains(raw, `"previous_vs":null`) || !strings.Contains(raw, `"threat_icao":"484556"`) {
		t.Errorf("details %s", raw)
	}
}

// A source of single messages never takes the advisory out of the record.
func TestAdvisoryThatStays(t *testing.T) {
	s := newScript(t)
	p := climbs(0)
	p.fields = `"acas_ra":{"ARA":"1100001","RAT":"0","advisory":"Level_Off","advisory_complement":"Do_not_pass_below"}`
	s.fly(200, p)
	s.want("1 new critical tcas_ra AAAAAA", "61 resolved critical tcas_ra AAAAAA")
	s.wantMessage("TCAS RA: AAAAAA Level_Off, Do_not_pass_below")
}

func TestNoAdvisory(t *testing.T) {
	for name, raw := range map[string]string{
		"cleared":         `{"ARA":"1100001","RAT":"1","advisory":"Clear"}`,
		"none":            `{"ARA":"0000000","RAT":"0","MTE":"0"}`,
		"an empty object": `{}`,
		"no object":       `[1]`,
		"no JSON":         `{"ARA`,
		"null":            `null`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			p := climbs(0)
			p.fields = `"acas_ra":` + raw
			s.fly(3, p)
			s.want()
		})
	}
}

// The vertical speed turns as an advisory makes it; then it turns back.
func TestInferredAdvisory(t *testing.T) {
	s := newScript(t)
	p := climbs(-2500)
	s.fly(10, p)
	p.vr = 2500
	s.fly(10, p)
	s.wantMessage("TCAS RA suspected: AAAAAA VS reversed from -2500 to +2500 fpm")
	if want := `{"previous_vs":-2500,"current_vs":2500,"vs_change":5000,"altitude":`; !strings.HasPrefix(s.events[0].Details, want) {
		t.Errorf("details %s", s.events[0].Details)
	}
	p.vr = -1500
	s.fly(100, p)
	s.want("12 new critical tcas_ra AAAAAA", "72 resolved critical tcas_ra AAAAAA")
}

// Where the receiver tells of advisories, what it tells counts: the vertical speed
// turns once more when the conflict is over.
func TestAdvisoryIsNotInferredTwice(t *testing.T) {
	s := newScript(t)
	p := climbs(-2500)
	s.fly(5, p)
	p.vr = 2500
	p.fields = `"acas_ra":{"unix_timestamp":100,"ARA":"1100001","RAT":"0","advisory":"Climb"}`
	s.fly(5, p)
	p.vr = -2500
	p.fields = `"acas_ra":{"unix_timestamp":105,"ARA":"1100001","RAT":"1"}`
	s.fly(5, p)
	p.fields = ""
	s.fly(30, p)
	s.want("6 new critical tcas_ra AAAAAA", "11 resolved critical tcas_ra AAAAAA")
}

func TestNoInferredAdvisory(t *testing.T) {
	denver := geo.Point{Lat: 39.8617, Lon: -104.6732}
	for name, tc := range map[string]struct {
		change func(*plane)
		told   bool
	}{
		"as it is":             {func(*plane) {}, true},
		"a helicopter":         {func(p *plane) { p.fields = `"category":"A7"` }, false},
		"a light aircraft":     {func(p *plane) { p.fields = `"category":"A1"` }, false},
		"goes around":          {func(p *plane) { p.alt = 2500 }, false},
		"goes around, Denver":  {func(p *plane) { p.at, p.alt = denver, 8000 }, false},
		"as high, elsewhere":   {func(p *plane) { p.alt = 8000 }, true},
		"no altitude is known": {func(p *plane) { p.alt = 0 }, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			p := climbs(-2500)
			p.gs = 0
			tc.change(p)
			p.alt += 5 * 2500 / 60
			if p.alt < 250 {
				p.alt = 0
			}
			s.fly(5, p)
			p.vr = 2500
			s.fly(2, p)
			if tc.told != (len(s.lines) > 0) {
				t.Errorf("told %v", s.lines)
			}
		})
	}
}

// A reversal is compared with what was about four seconds ago, if anything was
// heard then.
func TestReversalSpan(t *testing.T) {
	for name, tc := range map[string]struct {
		gap  int
		told bool
	}{"2 s": {2, true}, "4 s": {4, true}, "30 s": {30, true}, "31 s": {31, false}} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			p := climbs(-2500)
			s.fly(2, p)
			p.fly(float64(tc.gap - 1))
			s.now = s.now.Add(time.Duration(tc.gap-1) * time.Second)
			p.vr = 2500
			s.fly(1, p)
			s.want() // seen once
			s.fly(1, p)
			if tc.told != (len(s.lines) > 0) {
				t.Errorf("told %v", s.lines)
			}
		})
	}
}

func TestReversalNeedsTraffic(t *testing.T) {
	for name, tc := range map[string]struct {
		other  *plane
		change func(p *plane)
		told   bool
	}{
		"alone":                    {nil, nil, false},
		"traffic":                  {&plane{key: "BBBBBB", at: geo.Destination(zurich, 0, 2.5), alt: 19500}, nil, true},
		"far away":                 {&plane{key: "BBBBBB", at: geo.Destination(zurich, 0, 3.5), alt: 19500}, nil, false},
		"far below":                {&plane{key: "BBBBBB", at: geo.Destination(zurich, 0, 2.5), alt: 18000}, nil, false},
		"a stale position":         {&plane{key: "BBBBBB", at: geo.Destination(zurich, 0, 2.5), alt: 19500, late: 12 * time.Second}, nil, false},
		"less of a change":         {&plane{key: "BBBBBB", at: geo.Destination(zurich, 0, 2.5), alt: 19500}, func(p *plane) { p.vr = 900 }, false},
		"an aircraft without TCAS": {&plane{key: "BBBBBB", at: geo.Destination(zurich, 0, 2.5), alt: 19500}, func(p *plane) { p.fields = `"category":"B1"` }, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			p := climbs(-3000)
			p.gs = 0
			if tc.other != nil {
				s.tell(tc.other)
			}
			s.fly(5, p)
			p.alt, p.vr = 20000, 1200
			if tc.change != nil {
				tc.change(p)
			}
			s.fly(2, p)
			s.fly(100)
			if !tc.told {
				s.want()
				return
			}
			s.want("7 new warning vs_reversal AAAAAA", "67 resolved warning vs_reversal AAAAAA")
			if got, want := s.events[0].Message, "VS reversal: AAAAAA -3000 → +1200 fpm"; got != want {
				t.Errorf("message %q, want %q", got, want)
			}
		})
	}
}
