package safety_test

import (
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/safety"
)

// A barometric and a geometric altitude may differ by hundreds of feet; of two
// that tell both, the same kind is compared.
func TestUnlikeAltitudes(t *testing.T) {
	for name, tc := range map[string]struct {
		a, b string
		told bool
	}{
		"geometric only, 700 ft above": {`"alt_baro":30000`, `"alt_geom":30700`, true},
		"800 ft above":                 {`"alt_baro":30000`, `"alt_geom":30800`, false},
		"both":                         {`"alt_baro":30000 "alt_geom":31000`, `"alt_geom":31100`, true},
		"both, the other way":          {`"alt_baro":30000 "alt_geom":31000`, `"alt_geom":30000`, false},
		"barometric, 700 ft above":     {`"alt_baro":30000`, `"alt_baro":30700`, false},
		"alt for want of others":       {`"alt":30000`, `"alt_baro":30200`, true},
		"none":                         {`"alt_baro":30000`, ``, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			a, b := pair(zurich, 0.1, 0)
			a.alt, b.alt, a.fields, b.fields = 0, 0, tc.a, tc.b
			s.tell(a)
			s.tell(b)
			if tc.told != (len(s.lines) > 0) {
				t.Errorf("told %v", s.lines)
			}
		})
	}
}

func TestNoneOfAPair(t *testing.T) {
	for name, change := range map[string]func(*plane){
		"an address that is none": func(p *plane) { p.key = "~BBBBBB" },
		"a shadow":                func(p *plane) { p.fields = `"type":"tisb_trackfile"` },
		"a stale position":        func(p *plane) { p.late = 16 * time.Second },
		"on the ground":           func(p *plane) { p.alt, p.fields = 0, `"alt_baro":"ground" "alt_geom":30000` },
		"low":                     func(p *plane) { p.alt = 499 },
		"slow":                    func(p *plane) { p.gs = 39 },
		"a hovering helicopter":   func(p *plane) { p.gs, p.fields = 4, `"category":"A7"` },
		"a bad position":          func(p *plane) { p.at.Lat = 91 },
		"a position of no worth":  func(p *plane) { p.fields = `"nic":5` },
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t, func(cfg *safety.Config) { cfg.MinNIC = 6 })
			a, b := pair(zurich, 0.1, 0)
			a.fields = `"nic":6`
			change(b)
			if b.alt == 499 {
				a.alt = 600
			}
			s.tell(a)
			s.tell(b)
			s.want()
		})
	}
}

// Two light aircraft may be closer than one and an airliner.
func TestScales(t *testing.T) {
	for name, tc := range map[string]struct {
		a, b string
		told bool
	}{
		"two light ones":         {`"category":"A1"`, `"category":"B1"`, false},
		"one and an airliner":    {`"category":"A1"`, `"category":"A3"`, true},
		"one and nobody knows":   {`"category":"A1"`, ``, true},
		"a drone and helicopter": {`"category":"B6"`, `"category":"A7"`, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			a, b := pair(zurich, 0.3, 90) // without speeds: the present counts
			a.fields, b.fields = tc.a, tc.b
			s.tell(a)
			s.tell(b)
			if tc.told != (len(s.lines) > 0) {
				t.Errorf("told %v", s.lines)
			}
		})
	}
}
