package safety_test

import (
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/safety"
)

func squawks(code string) *plane {
	return &plane{key: "AAAAAA", at: zurich, alt: 10000, gs: 300, track: 90, fields: `"squawk":"` + code + `"`}
}

func TestSquawkSetAndCleared(t *testing.T) {
	s := newScript(t)
	p := squawks("1000")
	s.fly(5, p)
	p.fields = `"squawk":"7600"`
	s.fly(400, p) // longer than any expiry, and told once
	s.wantMessage("RADIO FAILURE: AAAAAA squawking 7600")
	p.fields = `"squawk":"7500"`
	s.fly(5, p)
	s.wantMessage("HIJACK: AAAAAA squawking 7500")
	p.fields = `"squawk":"7700" "flight":"SWR1"`
	s.fly(5, p)
	s.wantMessage("EMERGENCY: SWR1 squawking 7700")
	p.fields = `"squawk":"1000"`
	s.fly(5, p)
	p.fields = `"squawk":"7700"`
	s.fly(1, p)
	s.want(
		"6 new warning squawk_radio_failure AAAAAA",
		"406 resolved warning squawk_radio_failure AAAAAA",
		"406 new critical squawk_hijack AAAAAA",
		"411 resolved critical squawk_hijack AAAAAA",
		"411 new critical squawk_emergency AAAAAA",
		"416 resolved critical squawk_emergency AAAAAA",
		"421 new critical squawk_emergency AAAAAA",
	)
}

// The codes on the way from 7000 to 7700 and from there to 7000 tell nothing, nor
// does a code that is said once again.
func TestSquawkConfirm(t *testing.T) {
	s := newScript(t, func(cfg *safety.Config) { cfg.SquawkConfirm = 3 })
	p := squawks("7000")
	dial := func(codes ...string) {
		for _, code := range codes {
			p.fields = `"squawk":"` + code + `"`
			s.fly(1, p)
			s.tell(p) // the same observation once more counts once
		}
	}
	dial("7000", "7600", "7700", "7700")
	s.want()
	dial("7700")
	s.want("5 new critical squawk_emergency AAAAAA")
	dial("7000", "7000", "7700", "7000", "7500", "7000")
	s.want("5 new critical squawk_emergency AAAAAA", "11 resolved critical squawk_emergency AAAAAA")
}

// A receiver that no longer tells the code takes nothing back; after five minutes
// it is over.
func TestSquawkIsHeardNoMore(t *testing.T) {
	s := newScript(t)
	p := squawks("7700")
	s.fly(10, p)
	p.fields = ""
	s.fly(400, p)
	s.want("1 new critical squawk_emergency AAAAAA", "310 resolved critical squawk_emergency AAAAAA")
}

// An aircraft in an emergency leaves coverage, and comes back.
func TestSquawkOutlivesTheRecord(t *testing.T) {
	s := newScript(t)
	p := squawks("7700")
	s.fly(10, p)
	s.fly(60)
	s.gone("AAAAAA")
	s.fly(100)
	s.fly(10, p)
	s.want("1 new critical squawk_emergency AAAAAA")
	s.fly(60)
	s.gone("AAAAAA")
	s.fly(300)
	s.want("1 new critical squawk_emergency AAAAAA", "480 resolved critical squawk_emergency AAAAAA")
}

func TestEmergencyStatus(t *testing.T) {
	for name, tc := range map[string]struct{ fields, want, message string }{
		"unlawful":            {`"emergency_status":"unlawful"`, "critical squawk_hijack", "HIJACK: AAAAAA reports unlawful interference"},
		"nordo":               {`"emergency_status":"nordo"`, "warning squawk_radio_failure", "RADIO FAILURE: AAAAAA reports no radio contact"},
		"general":             {`"emergency_status":"general"`, "critical squawk_emergency", "EMERGENCY: AAAAAA reports a general emergency"},
		"downed":              {`"emergency_status":"downed"`, "critical squawk_emergency", "EMERGENCY: AAAAAA reports a downed aircraft"},
		"minfuel":             {`"emergency_status":"minfuel"`, "warning squawk_emergency", "EMERGENCY: AAAAAA reports minimum fuel"},
		"by its other name":   {`"emergency":"general"`, "critical squawk_emergency", "EMERGENCY: AAAAAA reports a general emergency"},
		"the code goes first": {`"emergency_status":"minfuel" "squawk":"7700"`, "critical squawk_emergency", "EMERGENCY: AAAAAA squawking 7700"},
		"lifeguard":           {`"emergency_status":"lifeguard"`, "", ""},
		"none":                {`"emergency_status":"none" "squawk":"1000"`, "", ""},
		"reserved":            {`"emergency_status":"reserved"`, "", ""},
		"a bool":              {`"emergency":true`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			p := squawks("")
			p.fields = tc.fields
			s.tell(p)
			if tc.want == "" {
				s.want()
				return
			}
			s.want("0 new " + tc.want + " AAAAAA")
			s.wantMessage(tc.message)
		})
	}
}

// Minimum fuel becomes an emergency: one event, told at once.
func TestEmergencyGetsWorse(t *testing.T) {
	s := newScript(t)
	p := squawks("1000")
	p.fields = `"squawk":"1000" "emergency_status":"minfuel"`
	s.fly(2, p)
	p.fields = `"squawk":"7700" "emergency_status":"minfuel"`
	s.fly(10, p)
	p.fields = `"squawk":"7700" "emergency_status":"none"`
	s.fly(10, p)
	p.fields = `"squawk":"1000" "emergency_status":"none"`
	s.fly(10, p)
	s.want(
		"1 new warning squawk_emergency AAAAAA",
		"3 updated critical squawk_emergency AAAAAA",
		"23 resolved critical squawk_emergency AAAAAA",
	)
}

// Its callsign is heard later than its squawk.
func TestSquawkGetsACallsign(t *testing.T) {
	s := newScript(t)
	p := squawks("7700")
	s.fly(3, p)
	p.fields += ` "flight":"SWR1"`
	s.fly(10, p)
	s.want("1 new critical squawk_emergency AAAAAA", "6 updated critical squawk_emergency AAAAAA")
	s.wantMessage("EMERGENCY: SWR1 squawking 7700")
}

// The clock is set back by an hour.
func TestClockSetBack(t *testing.T) {
	s := newScript(t)
	p := squawks("7700")
	a, b := pair(zurich, 0.1, 0)
	a.key = "CCCCCC"
	s.fly(10, p, a, b)
	s.now = s.now.Add(-time.Hour)
	s.m.Tick(s.now) // before anything is told again
	for range 20 {
		s.now = s.now.Add(time.Second)
		if events := s.m.Tick(s.now); len(events) > 0 {
			t.Fatalf("told %v", events)
		}
	}
	var ended int
	for range 300 {
		s.now = s.now.Add(time.Second)
		ended += len(s.m.Tick(s.now))
	}
	if ended != 2 {
		t.Errorf("%d events ended, want 2", ended)
	}
}
