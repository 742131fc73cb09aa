package rules_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/rules"
)

const (
	high = `{"flight":"SWR12A","alt":35000}`
	low  = `{"flight":"SWR12A","alt":2000}`
)

func TestAnAlertIsToldWhenARuleComesToHold(t *testing.T) {
	s := newScene(t, ruled(t, `{"type":"altitude_below","value":3000}`))
	s.want("A1", high).want("A1", low, "1").want("A1", low).want("B2", low, "1")
	s.want("A1", high).want("A1", low) // within the cooldown
	s.after(4*time.Minute).want("A1", low)
	s.after(time.Minute).want("A1", low, "1") // and still when it is over
	s.after(6*time.Minute).want("A1", low)
	s.want("A1", high).want("A1", low, "1").want("A1", high).want("A1", low).want("A1", high)
	s.after(6*time.Minute).want("A1", high).want("A1", low, "1")
}

func TestACooldownOutlivesTheRecord(t *testing.T) {
	s := newScene(t, ruled(t, `{"type":"altitude_below","value":3000}`))
	s.want("A1", low, "1").m.Gone("A1", s.now)
	s.after(2*time.Minute).want("A1", low).m.Gone("A1", s.now)
	s.after(4*time.Minute).want("A1", low, "1")
}

func TestAClockThatIsSetBack(t *testing.T) {
	s := newScene(t, ruled(t, `{"type":"altitude_below","value":3000}`))
	s.want("A1", low, "1").want("A1", high)
	s.now = s.now.Add(-24 * time.Hour)
	s.want("A1", low).want("A1", high).after(6*time.Minute).want("A1", low, "1")
}

func TestARuleIsSetAndRemoved(t *testing.T) {
	s := newScene(t)
	s.want("A1", low)
	s.m.Set(ruled(t, `{"type":"altitude_below","value":3000}`))
	s.want("A1", low, "1").want("A1", low)
	renamed := parse(t, `{"id":"1","name":"New","conditions":{"conditions":[{"type":"altitude_below","value":3000}]}}`)
	s.m.Set(renamed)
	s.want("A1", low) // it goes on
	if got := s.m.Rules(); len(got) != 1 || got[0] != renamed {
		t.Errorf("rules %v", got)
	}
	s.m.Set(ruled(t, `{"type":"callsign","operator":"startswith","value":"swr"}`))
	s.want("A1", low, "1").want("A1", low)
	if !s.m.Remove("1") || s.m.Remove("1") {
		t.Error("it is removed once")
	}
	s.want("B1", low)
	s.after(2 * time.Minute)
}

func TestARuleInItsTime(t *testing.T) {
	s := newScene(t, parse(t, `{"id":"1","name":"R","rule_type":"altitude_below","value":3000,"starts_at":"2026-07-04T12:00:02Z","expires_at":"2026-07-04T12:00:06Z","cooldown_minutes":1}`))
	s.want("A1", low).want("A1", low).want("A1", low, "1").want("A1", low).want("B1", low, "1").want("C1", low, "1").want("D1", low)

	// From 22:00 on Saturday to 08:00 on Sunday, in the zone of the monitor.
	zone := time.FixedZone("", 2*3600)
	m := rules.New(zone)
	m.Set(parse(t, `{"id":"1","name":"R","rule_type":"altitude_below","value":3000,"cooldown_minutes":1,"suppression_windows":[{"day":"Saturday","start":"22:00","end":"08:00"}]}`))
	for clock, told := range map[string]int{
		"2026-07-04T08:00:00+02:00": 1, "2026-07-04T21:59:59+02:00": 1, "2026-07-04T22:00:00+02:00": 0,
		"2026-07-05T00:00:00+02:00": 0, "2026-07-05T07:59:59+02:00": 0, "2026-07-05T08:00:00+02:00": 1, "2026-07-05T22:00:00+02:00": 1,
	} {
		now, err := time.Parse(time.RFC3339, clock)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Observe(clock, fields(t, low), 0, now); len(got) != told {
			t.Errorf("at %s: %d alerts, want %d", clock, len(got), told)
		}
	}
}

func TestADisabledRule(t *testing.T) {
	const raw = `"name":"R","rule_type":"altitude_below","value":3000,"id":"1"}`
	s := newScene(t, parse(t, `{"enabled":false,`+raw))
	s.want("A1", low)
	s.m.Set(parse(t, `{`+raw))
	s.want("A1", low, "1")
	s.m.Set(parse(t, `{"enabled":false,`+raw))
	s.want("A1", low).want("B1", low)
	s.m.Set(parse(t, `{`+raw))
	s.want("A1", low).want("B1", low, "1").after(5*time.Minute).want("A1", low, "1").want("A1", low)
}

func TestEntersAndLeaves(t *testing.T) {
	const in, out, nowhere = `{"lat":47.5,"lon":8.5}`, `{"lat":47.5,"lon":9.5}`, `{"alt":1000}`
	const box = `{"type":"polygon","points":[{"lat":47,"lon":8},{"lat":47,"lon":9},{"lat":48,"lon":9},{"lat":48,"lon":8}]}`
	set := func() []*rules.Rule {
		return []*rules.Rule{
			parse(t, `{"id":"1","name":"in","rule_type":"entering_geofence","value":`+box+`,"cooldown_minutes":1}`),
			parse(t, `{"id":"2","name":"out","rule_type":"geofence","operator":"leaving","value":`+box+`,"cooldown_minutes":1}`),
		}
	}
	s := newScene(t, set()...)
	s.want("A", in).want("A", out, "2").want("A", in, "1").want("A", in)
	s.want("B", out).want("B", nowhere).want("B", in, "1").want("B", nowhere).want("B", out, "2")
	s.want("C", nowhere).want("C", in).want("C", out, "2")

	// Who was gone begins anew.
	s = newScene(t, set()...)
	s.want("A", out).m.Gone("A", s.now)
	s.want("A", in).m.Gone("A", s.now)
	s.want("A", out)

	// So does everybody for a rule that was not in force.
	s = newScene(t)
	s.want("A", out).want("B", in)
	for _, r := range set() {
		s.m.Set(r)
	}
	s.want("A", in).want("B", out).want("A", out, "2").want("B", in, "1")
	s.after(2*time.Minute).want("A", out).want("A", in, "1")
}

func TestFencesOverTheAntimeridian(t *testing.T) {
	const fiji = `{"type":"polygon","points":[{"lat":-20,"lon":176},{"lat":-20,"lon":-176},{"lat":-14,"lon":-176},{"lat":-14,"lon":176}]}`
	const round = `{"lat":-17,"lon":179.9,"radius_nm":60}`
	s := newScene(t,
		parse(t, `{"id":"1","name":"in","rule_type":"entering_geofence","value":`+fiji+`,"cooldown_minutes":1}`),
		parse(t, `{"id":"2","name":"out","rule_type":"leaving_geofence","value":`+fiji+`,"cooldown_minutes":1}`),
		parse(t, `{"id":"3","name":"in","rule_type":"geofence","operator":"entering","value":`+round+`,"cooldown_minutes":1}`),
		parse(t, `{"id":"4","name":"out","rule_type":"geofence","operator":"leaving","value":`+round+`,"cooldown_minutes":1}`),
	)
	at := func(lon string) string { return `{"lat":-17,"lon":` + lon + `}` }
	s.want("A", at("175")).want("A", at("177"), "1").want("A", at("179.5"), "3").want("A", at("180"))
	s.want("A", at("-180")).want("A", at("-179.5")).want("A", at("-177"), "4").want("A", at("-175"), "2")
	s.after(2 * time.Minute)
	s.want("A", at("-177"), "1").want("A", at("-179.5"), "3").want("A", at("175"), "2", "4")
	s.want("B", at("0")).want("B", at("-90")).want("B", at("90"))
}

func TestEvent(t *testing.T) {
	m := rules.New(nil)
	m.Set(parse(t, `{"id":"12","name":"Low \"one\"","owner":"anna","priority":"warning","rule_type":"altitude_below","value":3000}`))
	m.Set(parse(t, `{"id":"b","name":"all","owner":"anna","visibility":"shared","rule_type":"altitude_below","value":3000}`))
	f := fields(t, `{"alt":2000,"dbFlags":9,"desc":"AIRBUS A-320neo","flight":"SWR12A","military":true,"ownOp":"Swiss","r":"HB-JCA","t":"A20N"}`)
	f.Set("seen", record.Time(start.Add(-1500*time.Millisecond).UnixMilli()))
	got := m.Observe("4B1805", f, 0, start)
	if len(got) != 2 || got[0].Name != "alert:triggered" || got[0].Owner != "anna" || got[1].Owner != "" || got[0].Key == got[1].Key {
		t.Fatalf("told %+v", got)
	}
	const aircraft = `{"hex":"4B1805","alt":2000,"dbFlags":9,"desc":"AIRBUS A-320neo","flight":"SWR12A","ladd":true,"military":true,"operator":"Swiss","ownOp":"Swiss","pia":false,"r":"HB-JCA","seen":1.5,"t":"A20N","type_name":"AIRBUS A-320neo"}`
	want := `{"id":"12:4B1805:` + got[0].Key[len("12:4B1805:"):] + `","aircraft":` + aircraft +
		`,"airframe":{"operator":"Swiss","owner":null,"manufacturer":null,"model":null,"type_code":"A20N","type_name":"AIRBUS A-320neo","registration":"HB-JCA","military":true,"law_enforcement":null,"law_enforcement_category":null,"law_enforcement_description":null,"is_ladd":true,"is_pia":false}` +
		`,"callsign":"SWR12A","data":` + aircraft + `,"icao":"4B1805","icao_hex":"4B1805","message":"Alert 'Low \"one\"' triggered for SWR12A","owner":"anna","priority":"warning","rule_id":12,"rule_name":"Low \"one\"","timestamp":"2026-07-04T12:00:00.000Z","triggered_at":"2026-07-04T12:00:00.000Z","visibility":"private"}`
	if d := cmp.Diff(want, string(got[0].AppendJSON(nil, "id", start.UnixMilli()))); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if id := got[1].Fields.Get("rule_id"); id != `"b"` {
		t.Errorf("rule_id %s", id)
	}
	unnamed := m.Observe("4B1806", fields(t, `{"alt":2000}`), 0, start)
	if message := unnamed[0].Fields.Get("message"); message != `"Alert 'Low \"one\"' triggered for 4B1806"` {
		t.Errorf("message %s", message)
	}
}
