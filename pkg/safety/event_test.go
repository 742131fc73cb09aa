package safety_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/safety"
)

// checkEvent checks what holds of any event, and, unless the clock jumps, of its
// times.
func checkEvent(t *testing.T, e *safety.Event, jumps bool) {
	t.Helper()
	r := e.Record()
	if !slices.IsSortedFunc(r.Fields, func(a, b record.Field) int { return strings.Compare(a.Name, b.Name) }) {
		t.Errorf("fields are not sorted: %v", r.Fields)
	}
	if !json.Valid(r.AppendJSON(nil, "id", 0)) {
		t.Errorf("no JSON: %s", r.AppendJSON(nil, "id", 0))
	}
	for _, name := range []string{"created_at", "last_seen"} {
		if v := number64(t, r.Fields.Get(name)); !(v > 0) || math.IsInf(v, 0) {
			t.Errorf("%s is %v", name, v)
		}
	}
	if !strings.HasPrefix(e.ID, e.InternalID+":") || !strings.HasPrefix(e.InternalID, e.Type+":"+e.ICAO) {
		t.Errorf("id %q of %q", e.ID, e.InternalID)
	}
	if jumps {
		return
	}
	if e.LastSeen.Before(e.Began) || e.UpdatedAt.Before(e.LastSeen) {
		t.Errorf("began %v, last seen %v, told %v", e.Began, e.LastSeen, e.UpdatedAt)
	}
}

func number64(t *testing.T, raw string) (v float64) {
	t.Helper()
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		t.Errorf("%q: %v", raw, err)
	}
	return v
}

// pretty gives an event as its clients get it.
func pretty(t *testing.T, e *safety.Event) string {
	t.Helper()
	r := e.Record()
	var payload any
	if err := json.Unmarshal(r.AppendJSON(nil, "id", 0), &payload); err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(payload, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return r.Name + " " + string(text)
}

func TestRecordOfSquawk(t *testing.T) {
	s := newScript(t)
	p := &plane{key: "4B1805", at: geo.Point{Lat: 47.5, Lon: 8.5}, alt: 12000, gs: 250, track: 90, vr: -640,
		fields: `"squawk":"7700" "flight":"SWR12A" "emergency":true "emergency_status":"general" "nav_modes":["autopilot"] "rssi":-12.5`}
	s.tell(p)
	s.want("0 new critical squawk_emergency 4B1805")
	want := `safety:event {
 "acknowledged": false,
 "aircraft_snapshot": {
  "alt_baro": 12000,
  "alt_geom": null,
  "baro_rate": -640,
  "category": null,
  "emergency": true,
  "flight": "SWR12A",
  "geom_rate": null,
  "gs": 250,
  "hex": "4B1805",
  "lat": 47.5,
  "lon": 8.5,
  "nav_altitude_mcp": null,
  "nav_heading": null,
  "nav_modes": [
   "autopilot"
  ],
  "rssi": -12.5,
  "squawk": "7700",
  "track": 90
 },
 "callsign": "SWR12A",
 "created_at": 1782907200,
 "db_id": null,
 "details": {
  "altitude": 12000,
  "emergency_status": "general",
  "gs": 250,
  "lat": 47.5,
  "lon": 8.5,
  "squawk": "7700",
  "squawk_label": "EMERGENCY",
  "squawk_type": "emergency",
  "track": 90,
  "vr": -640
 },
 "event_action": "safety_event",
 "event_type": "squawk_emergency",
 "flight": "SWR12A",
 "icao": "4B1805",
 "icao_hex": "4B1805",
 "id": "squawk_emergency:4B1805:1782907200000",
 "internal_id": "squawk_emergency:4B1805",
 "last_seen": 1782907200,
 "message": "EMERGENCY: SWR12A squawking 7700",
 "severity": "critical",
 "squawk": "7700",
 "timestamp": "2026-07-01T12:00:00.000Z",
 "updated_at": "2026-07-01T12:00:00.000Z"
}`
	if diff := cmp.Diff(want, pretty(t, &s.events[0])); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRecordOfConflict(t *testing.T) {
	s := newScript(t)
	a := &plane{key: "BBBBBB", at: geo.Point{Lat: 0, Lon: 0.01}, alt: 30000, gs: 450, track: 90, fields: `"flight":"TWO"`}
	b := &plane{key: "AAAAAA", at: geo.Point{Lat: 0, Lon: 0.04}, alt: 30200, gs: 450, track: 270, vr: 0}
	s.tell(a)
	s.tell(b)
	s.want("0 new critical proximity_conflict AAAAAA BBBBBB")
	s.wantMessage("Proximity conflict: AAAAAA and TWO within 1.80nm, 200ft altitude separation now, converging to 0.00nm / 200ft in 7s")
	r := s.events[0].Record()
	for name, want := range map[string]string{
		"icao": `"AAAAAA"`, "icao_hex": `"AAAAAA"`, "callsign": `"AAAAAA"`, "flight": `"AAAAAA"`,
		"icao_2": `"BBBBBB"`, "icao_hex_2": `"BBBBBB"`, "callsign_2": `"TWO"`, "flight_2": `"TWO"`,
		"internal_id":     `"proximity_conflict:AAAAAA:BBBBBB"`,
		"cpa_distance_nm": "0", "cpa_time_seconds": "7.2", "cpa_lat": "0", "cpa_lon": "0.025",
		"squawk": "",
		"details": `{"distance_nm":1.8,"altitude_diff_ft":200,"closure_rate_kt":900,"horizontal_nm":1.8,"vertical_ft":200,` +
			`"cpa":{"cpa_distance_nm":0,"cpa_time_seconds":7.2,"cpa_lat":0,"cpa_lon":0.025},` +
			`"predicted":{"converging":true,"seconds_to_cpa":7.2,"cpa_horizontal_nm":0,"cpa_vertical_ft":200},` +
			`"aircraft_1":{"icao":"AAAAAA","callsign":"AAAAAA","lat":0,"lon":0.04,"alt":30200,"gs":450,"track":270,"vr":null},` +
			`"aircraft_2":{"icao":"BBBBBB","callsign":"TWO","lat":0,"lon":0.01,"alt":30000,"gs":450,"track":90,"vr":null}}`,
	} {
		if got := r.Fields.Get(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	for _, snapshot := range []string{"aircraft_snapshot", "aircraft_snapshot_2"} {
		if raw := r.Fields.Get(snapshot); !strings.Contains(raw, `"hex":"`) {
			t.Errorf("%s is %s", snapshot, raw)
		}
	}
	if r.Key != s.events[0].ID || r.Fields.Get("id") != "" {
		t.Errorf("key %q, id %q", r.Key, r.Fields.Get("id"))
	}
}

// What is told of an event carries the time when it happened, so that a client
// that merges an update into the event, or gets only the update, has it.
func TestUpdatesKeepTheTimestamp(t *testing.T) {
	s := newScript(t)
	p := &plane{key: "4B1805", at: geo.Point{Lat: 47.5, Lon: 8.5}, alt: 30000, gs: 450, track: 90, vr: -9500}
	s.fly(3, p)
	p.vr = -12500
	s.fly(1, p)
	p.vr = -1
	s.fly(100, p)
	s.want("3 new low extreme_vs 4B1805", "4 updated critical extreme_vs 4B1805", "63 resolved critical extreme_vs 4B1805")
	for i, want := range []struct{ name, action, resolved string }{
		{"safety:event", `"safety_event"`, ""},
		{"safety:event_updated", `"safety_event_updated"`, ""},
		{"safety:event_resolved", `"safety_event_resolved"`, "true"},
	} {
		r := s.events[i].Record()
		if r.Name != want.name || r.Fields.Get("event_action") != want.action || r.Fields.Get("resolved") != want.resolved {
			t.Errorf("%s with action %s, resolved %q, want %v", r.Name, r.Fields.Get("event_action"), r.Fields.Get("resolved"), want)
		}
		if got := r.Fields.Get("timestamp"); got != `"2026-07-01T12:00:03.000Z"` {
			t.Errorf("%s: timestamp %s", r.Name, got)
		}
	}
	if seen := s.events[2].LastSeen; !seen.Equal(start.Add(4 * time.Second)) {
		t.Errorf("resolved, last seen at %v", seen)
	}
}
