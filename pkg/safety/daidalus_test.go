package safety_test

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/recordings"
)

// Encounters of NASA's DAIDALUS, a second each line. What is expected of each is
// worked out from its geometry.
func TestDaidalus(t *testing.T) {
	const both = " proximity_conflict INTRUDER OWNSHIP"
	crossing := []string{"73 new warning" + both, "110 updated warning" + both, "157 resolved warning" + both}
	const crossingMessage = "Proximity conflict: INTRUDER and OWNSHIP within 1.94nm, 0ft altitude separation now, converging to 0.42nm / 0ft in 32s"
	for name, tc := range map[string]struct {
		want    []string
		message string // of the first event
	}{
		// They cross at right angles with 150 and 120 kt, 192 kt relative to each
		// other, and collide at 120 s, where the recording ends. When the 35 s that
		// count begin they are 1.87 NM apart, within the 2 NM that are looked at.
		// Seen last at 120 s, it is over 45 s later.
		"daidalus_C0_0_120.daa": {
			[]string{"85 new critical" + both, "165 resolved critical" + both},
			"Proximity conflict: INTRUDER and OWNSHIP within 1.87nm, 0ft altitude separation now, converging to 0.00nm / 0ft in 35s",
		},
		// They cross with 120 and 180 kt, 216 kt relative, and pass 0.416 NM apart at
		// 104.6 s: less than 0.5, and at one level, so a warning. Within 2 NM, which
		// are 1.956 along their relative course, from 32.5 s before on. A tenth of a
		// mile further apart than that 5.1 s later, out of 0.65 NM 8.3 s later.
		"daidalus_C1_0_120.daa": {crossing, crossingMessage},
		// The same through wind, of which positions and speeds over ground know nothing.
		"daidalus_C1_0_120_W.daa": {crossing, crossingMessage},
		// Head on with 300 kt relative, they pass 0.49998 NM apart at 100 s. Within 2 NM
		// from 23.2 s before on, 0.6 NM apart again 4.0 s later, 0.65 NM 5.0 s later.
		"daidalus_H0_0_120.daa": {
			[]string{"77 new warning" + both, "104 updated warning" + both, "149 resolved warning" + both},
			"Proximity conflict: INTRUDER and OWNSHIP within 1.98nm, 0ft altitude separation now, converging to 0.50nm / 0ft in 23s",
		},
		// Head on with 800 kt relative, they pass 0.141 NM apart at 200.2 s. Within 2 NM
		// from 9.0 s before on, 0.241 NM apart again 0.9 s later. It lives for 60 s.
		"daidalus_H1.daa": {
			[]string{"192 new critical" + both, "202 updated critical" + both, "252 resolved critical" + both},
			"Proximity conflict: INTRUDER and OWNSHIP within 1.82nm, 0ft altitude separation now, converging to 0.14nm / 0ft in 8s",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			play(t, s, recordings.File(t, "safety/"+name))
			s.fly(120)
			s.want(tc.want...)
			if len(s.events) > 0 && s.events[0].Message != tc.message {
				t.Errorf("message %q, want %q", s.events[0].Message, tc.message)
			}
		})
	}
}

// play plays a file to a monitor.
func play(t *testing.T, s *script, path string) {
	t.Helper()
	column := map[string]int{}
	for _, line := range recordings.Lines(t, path) {
		cells := strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ' ' })
		switch {
		case len(cells) == 0 || cells[0] == "##" || strings.HasPrefix(cells[0], "[") || cells[0] == "unitless":
			continue
		case cells[0] == "NAME":
			for i, name := range cells {
				column[name] = i
			}
			continue
		}
		value := func(name string) float64 {
			v, err := strconv.ParseFloat(cells[column[name]], 64)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			return v
		}
		p := &plane{key: strings.ToUpper(cells[0]), at: geo.Point{Lat: value("lat"), Lon: value("lon")}, alt: value("alt")}
		if _, ok := column["gs"]; ok {
			p.gs, p.track, p.vr = value("gs"), value("trk"), value("vs")
		} else {
			east, north := value("vx"), value("vy")
			p.gs, p.vr = math.Hypot(east, north), value("vz")
			p.track = math.Mod(math.Atan2(east, north)*180/math.Pi+360, 360)
		}
		s.now = start.Add(time.Duration(value("time") * float64(time.Second)))
		s.tell(p)
		s.keep(s.m.Tick(s.now))
	}
}
