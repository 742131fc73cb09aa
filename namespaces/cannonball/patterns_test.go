package cannonball_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/namespaces/cannonball"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/geo"
)

// pilot flies: each part of a flight is so many seconds at a speed (kt), and a turn
// (degrees a second, to the right).
type pilot struct {
	at      geo.Point
	heading float64
	now     time.Time
	path    cannonball.Path
}

func newPilot(at geo.Point) *pilot {
	return &pilot{at: at, now: time.Unix(1_700_000_000, 0)}
}

func (p *pilot) fly(seconds int, kt, turn float64) *pilot {
	for range seconds {
		p.now = p.now.Add(time.Second)
		p.heading = math.Mod(p.heading+turn+360, 360)
		p.at = geo.Destination(p.at, p.heading, kt/3600)
		p.path.Add(p.now, p.at)
	}
	return p
}

func TestPatterns(t *testing.T) {
	// A half turn in 30 s: on legs of 100 s each.
	legs := func(turns ...float64) func(p *pilot) {
		return func(p *pilot) {
			for _, side := range turns {
				p.fly(100, 90, 0)
				p.fly(30, 60, 6*side)
			}
			p.fly(100, 90, 0)
		}
	}
	for name, c := range map[string]struct {
		fly  func(p *pilot)
		want []string
	}{
		"straight on":                     {func(p *pilot) { p.fly(1200, 100, 0) }, nil},
		"a bend":                          {func(p *pilot) { p.fly(300, 100, 0).fly(60, 100, 2).fly(300, 100, 0) }, nil},
		"one circle":                      {func(p *pilot) { p.fly(150, 60, 3) }, []string{"circling"}},
		"half a circle":                   {func(p *pilot) { p.fly(80, 60, 3) }, nil},
		"to the left, slowly":             {func(p *pilot) { p.fly(540, 60, -1) }, []string{"circling"}},
		"first straight on":               {func(p *pilot) { p.fly(300, 120, 0).fly(280, 60, 3) }, []string{"circling"}},
		"a large circle":                  {func(p *pilot) { p.fly(580, 100, 1) }, []string{"circling"}},
		"one as large as a county":        {func(p *pilot) { p.fly(600, 400, 0.7) }, nil},
		"to the left and to the right":    {func(p *pilot) { p.fly(60, 60, 3).fly(60, 60, -3).fly(60, 60, 3).fly(60, 60, -3).fly(60, 60, 3) }, nil},
		"circling for long":               {func(p *pilot) { p.fly(900, 60, 3) }, []string{"circling", "loitering"}},
		"it hovers":                       {func(p *pilot) { p.fly(1250, 0, 0) }, []string{"stakeout"}},
		"it hovers for a while":           {func(p *pilot) { p.fly(700, 0, 0) }, []string{"loitering"}},
		"an oval":                         {legs(1, 1, 1), []string{"racetrack"}},
		"an oval to the left":             {legs(-1, -1, -1), []string{"racetrack"}},
		"line by line":                    {legs(1, -1, 1), []string{"grid_search"}},
		"back once":                       {legs(1), nil},
		"a turn to the side between":      {legs(1, -1, 0.5), nil},
		"gone for a while, and elsewhere": {func(p *pilot) { p.fly(140, 60, 3); p.now = p.now.Add(time.Hour); p.fly(60, 60, 0) }, nil},
	} {
		for where, at := range map[string]geo.Point{"here": {Lat: 50, Lon: 8}, "on the 180th meridian": {Lat: -16, Lon: 179.995}, "on the equator": {}} {
			p := newPilot(at)
			c.fly(p)
			var got []string
			for _, found := range p.path.Patterns() {
				got = append(got, found.Type)
				if found.Confidence <= 0 || found.Confidence > 1 || found.Description == "" || found.Minutes <= 0 || found.Minutes > 20 {
					t.Errorf("%s, %s: %+v", name, where, found)
				}
				if nm := geo.DistanceNM(geo.Point{Lat: found.Lat, Lon: found.Lon}, p.at); nm > found.RadiusNM+0.1 || found.RadiusNM > 5 {
					t.Errorf("%s, %s: it is %.2f nm from the middle of %+v", name, where, nm, found)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s, %s: %v, want %v", name, where, got, c.want)
			}
		}
	}
}

// What a path says has a price in time and room, however long it is flown.
func TestPathIsBounded(t *testing.T) {
	p := newPilot(geo.Point{Lat: 50, Lon: 8}).fly(4000, 60, 3)
	if found := p.path.Patterns(); len(found) != 2 || found[0].Minutes > 10 || found[1].Minutes > 20 {
		t.Errorf("%+v", found)
	}
}

// The more certain a pattern, the more it adds.
func TestUrgencyOfPatterns(t *testing.T) {
	k, a := cannonball.Kind{Helicopter: true}, cannonball.Approach{Trend: "holding"}
	for want, patterns := range map[int][]cannonball.Pattern{
		10: nil,
		18: {{Type: "circling", Confidence: 0.5}},
		43: {{Type: "circling", Confidence: 1}, {Type: "stakeout", Confidence: 1}},
	} {
		if got := cannonball.Urgency(k, 6, a, patterns); got != want {
			t.Errorf("%v: %d, want %d", patterns, got, want)
		}
	}
}

// TestPatternsAreTold: what circles near a session is told to it as that.
func TestPatternsAreTold(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace, sky *sky) {
		c := enter(t, n)
		c.say("position_update", `{"lat":50,"lon":8}`)
		time.Sleep(lookOff)
		for second := range 200 {
			around := float64(second) * 3 * math.Pi / 180
			sky.at("BBBBBB", 50.1+0.005*math.Sin(around), 8+0.008*math.Cos(around), police...)
			time.Sleep(time.Second)
		}
		sent := c.Take()
		c.Want("the newest update", sent[len(sent)-1:], `threat_update … "patterns":[{"pattern_type":"circling","confidence": … "center_lat":50. … "known_le":true,"agency_name":"Bundespolizei, Germany","agency_type":null`)
		if strings.Contains(sent[0], "circling") {
			t.Errorf("at first: %s", sent[0])
		}
		c.Want("asked", c.say("request", `{"type":"patterns","request_id":1}`), `"data":{"patterns":[{"icao_hex":"BBBBBB","callsign":"BPO12","pattern_type":"circling" … "count":1`)
		sky.lose("BBBBBB")
		c.Want("it is gone", c.say("request", `{"type":"patterns","request_id":1}`), `"data":{"patterns":[],"count":0}`)
	})
}
