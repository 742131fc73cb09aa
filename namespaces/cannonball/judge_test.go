package cannonball_test

import (
	"testing"
	"time"

	"github.com/skygate-io/skygate/namespaces/cannonball"
)

func TestIdentify(t *testing.T) {
	for name, tc := range map[string]struct {
		id                   cannonball.Identity
		category, confidence string
	}{
		"a designator":           {cannonball.Identity{Operator: "ukp"}, "Law Enforcement", "very_high"},
		"in the callsign":        {cannonball.Identity{Callsign: "BPO52 ", Type: "EC35"}, "Police Helicopter", "very_high"},
		"begins alike":           {cannonball.Identity{Callsign: "BPOOL"}, "", "none"},
		"a callsign":             {cannonball.Identity{Callsign: "TROOPER7"}, "Law Enforcement", "high"},
		"one with a number":      {cannonball.Identity{Callsign: "CHP21"}, "Law Enforcement", "high"},
		"one without":            {cannonball.Identity{Callsign: "POLO"}, "", "none"},
		"an owner":               {cannonball.Identity{Owner: "County of Kern SHERIFF", Category: "A7"}, "Police Helicopter", "high"},
		"an operator in words":   {cannonball.Identity{Operator: "Bayerische Polizei"}, "Law Enforcement", "high"},
		"a helicopter":           {cannonball.Identity{Category: "A7"}, "Helicopter", "low"},
		"by its type":            {cannonball.Identity{Type: "R44"}, "Helicopter", "low"},
		"a longer type":          {cannonball.Identity{Type: "B06T"}, "Helicopter", "low"},
		"an observer":            {cannonball.Identity{Type: "DA62", Category: "A1"}, "Surveillance", "low"},
		"an airliner":            {cannonball.Identity{Callsign: "KLM23", Type: "B738", Category: "A3", Operator: "KLM", Owner: "KLM"}, "", "none"},
		"one that is not known":  {cannonball.Identity{}, "", "none"},
		"an owner of that sound": {cannonball.Identity{Owner: "Policelli Aviation"}, "Law Enforcement", "high"}, // words are looked for, no more
	} {
		k, ok := cannonball.Identify(tc.id)
		if ok != (tc.category != "") || k.Category != tc.category || k.Confidence != tc.confidence {
			t.Errorf("%s: %+v, %v", name, k, ok)
		}
	}
}

func TestLevel(t *testing.T) {
	police, helicopter, observer := cannonball.Kind{LawEnforcement: true, Helicopter: true}, cannonball.Kind{Helicopter: true}, cannonball.Kind{Surveillance: true}
	for name, tc := range map[string]struct {
		kind cannonball.Kind
		nm   float64
		want string
	}{
		"police, near": {police, 1.99, "critical"}, "police": {police, 2, "warning"}, "police, far": {police, 5, "info"},
		"helicopter": {helicopter, 2.9, "warning"}, "helicopter, far": {helicopter, 3, "info"},
		"observer": {observer, 4.9, "warning"}, "observer, far": {observer, 5, "info"},
	} {
		if got := cannonball.Level(tc.kind, tc.nm); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

// track makes one of a distance each second.
func track(nm ...float64) *cannonball.Track {
	var track cannonball.Track
	start := time.Unix(1_700_000_000, 0)
	for i, d := range nm {
		track.Add(start.Add(time.Duration(i)*time.Second), d)
	}
	return &track
}

func TestApproach(t *testing.T) {
	for name, tc := range map[string]struct {
		track        *cannonball.Track
		trend        string
		closing, eta float64 // 0: none
	}{
		"nothing known":         {track(), "unknown", 0, 0},
		"one distance":          {track(5), "unknown", 0, 0},
		"too soon":              {track(5, 4.98), "unknown", 0, 0},
		"it approaches":         {track(5, 4.95, 4.9, 4.85, 4.8), "approaching", 180, 96},
		"at once when fast":     {track(5, 4.9), "approaching", 360, 49},
		"it departs":            {track(4, 4.1, 4.2, 4.3), "departing", -360, 0},
		"it circles":            {track(4, 4.02, 4.04, 4.02, 4), "holding", 0, 0},
		"it turned":             {track(4, 3.9, 3.8, 3.7, 3.6, 3.5, 3.5, 3.5, 3.5, 3.5, 3.5, 3.5, 3.5, 3.5, 3.5, 3.5, 3.5, 3.5), "holding", 0, 0},
		"half an hour and more": {track(100, 99.98, 99.96, 99.94), "approaching", 72, 0},
	} {
		a := tc.track.Approach()
		value := func(v *float64) float64 {
			if v == nil {
				return 0
			}
			return float64(int(*v + 0.5*sign(*v)))
		}
		if a.Trend != tc.trend || value(a.ClosingKt) != tc.closing || value(a.ETA) != tc.eta {
			t.Errorf("%s: %s, %v kt, %v s", name, a.Trend, value(a.ClosingKt), value(a.ETA))
		}
	}
}

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}

func TestTrackForgets(t *testing.T) {
	var track cannonball.Track
	start := time.Unix(1_700_000_000, 0)
	track.Add(start, 9)
	track.Add(start.Add(time.Minute), 5)
	if a := track.Approach(); a.Trend != "unknown" {
		t.Errorf("after a minute without: %+v", a)
	}
	track.Add(start.Add(time.Minute+100*time.Millisecond), 1)
	if a := track.Approach(); a.Trend != "unknown" {
		t.Errorf("two at once: %+v", a)
	}
}

func TestUrgency(t *testing.T) {
	fast, soon := 150.0, 30.0
	for name, tc := range map[string]struct {
		kind cannonball.Kind
		nm   float64
		a    cannonball.Approach
		want int
	}{
		"police, at once":       {cannonball.Kind{LawEnforcement: true}, 0.5, cannonball.Approach{Trend: "approaching", ClosingKt: &fast, ETA: &soon}, 100},
		"police that holds":     {cannonball.Kind{LawEnforcement: true}, 0.5, cannonball.Approach{Trend: "holding"}, 75},
		"a helicopter far away": {cannonball.Kind{Helicopter: true}, 20, cannonball.Approach{Trend: "unknown"}, 0},
		"a helicopter":          {cannonball.Kind{Helicopter: true}, 2.5, cannonball.Approach{Trend: "approaching"}, 40},
	} {
		if got := cannonball.Urgency(tc.kind, tc.nm, tc.a, nil); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
}

func TestDirection(t *testing.T) {
	for bearing, want := range map[float64]string{0: "N", 11: "N", 12: "NNE", 90: "E", 225: "SW", 348: "NNW", 349: "N", 360: "N"} {
		if got := cannonball.Direction(bearing); got != want {
			t.Errorf("%v: %s, want %s", bearing, got, want)
		}
	}
}
