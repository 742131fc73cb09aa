package root_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// keysOf gives the ids of a list of events.
func keysOf(t *testing.T, list string) string {
	t.Helper()
	var events []struct{ ID string }
	if err := json.Unmarshal([]byte(list), &events); err != nil {
		t.Fatalf("%v: %s", err, list)
	}
	ids := make([]string, 0, len(events))
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return strings.Join(ids, " ")
}

func TestSafetyRequests(t *testing.T) {
	atDesk(t, nil, func(d *desk) {
		d.wants("safety-events", `{}`, `[]`)
		d.wants("safety-snapshot", `null`, `{"events":[]}`)
		d.wants("safety-stats", `{}`, `{"total_24h":0,"by_type":{},"by_severity":{},"timestamp":"NOW"}`)
		d.wants("safety-status", `{}`, `{"enabled":true,"tracked_aircraft":0,"timestamp":"NOW"}`)
		d.wants("safety-event-detail", `{}`, "invalid_params: Missing event id: the 'id' of a safety event")
		d.wants("safety-event-detail", `{"id":"x"}`, `{"error":"not_found","error_type":"not_found"}`)

		d.happens("safety", "safety:event", "a", `event_type="squawk_emergency"`, `severity="critical"`, `icao_hex="A1"`, `acknowledged=false`)
		time.Sleep(3 * time.Hour)
		d.happens("safety", "safety:event", "b", `event_type="proximity_conflict"`, `severity="warning"`, `icao_hex="C3"`, `icao_hex_2="B2"`)
		d.happens("safety", "safety:event", "c", `event_type="proximity_conflict"`, `severity="low"`, `icao_hex="C3"`,
			`aircraft_snapshot={"hex":"C3","lat":50.1,"lon":8,"alt_baro":"ground","gs":null}`, `details={"n":1}`)
		d.happens("safety", "safety:event_updated", "b", `event_type="proximity_conflict"`, `severity="critical"`, `icao_hex="C3"`, `icao_hex_2="B2"`)
		for params, want := range map[string]string{
			`{}`:                                 "b c a",
			`{"hours":24,"limit":20}`:            "b c a",
			`{"hours":2}`:                        "b c",
			`{"limit":1}`:                        "b",
			`{"limit":-4,"hours":0}`:             "b",
			`{"icao_hex":" b2"}`:                 "b",
			`{"icao_hex":"C3","limit":9}`:        "b c",
			`{"icao_hex":"EE"}`:                  "",
			`{"hours":1e9,"limit":1e9}`:          "b c a",
			`{"hours":null,"unknown":{"a":[1]}}`: "b c a",
		} {
			if got := keysOf(d.T, d.ask("safety-events", params)); got != want {
				d.Errorf("safety-events %s: %s, want %s", params, got, want)
			}
		}
		d.wants("safety-events", `{"limit":"many"}`, "invalid_params: Invalid params: limit: expected a number, got string")
		d.wants("safety-events", `{"limit":1}`, `[{"id":"b","event_type":"proximity_conflict","icao_hex":"C3","icao_hex_2":"B2","severity":"critical"}]`)
		d.wants("safety-stats", `{}`, `{"total_24h":3,"by_type":{"proximity_conflict":2,"squawk_emergency":1},"by_severity":{"critical":2,"low":1},"timestamp":"NOW"}`)
		d.wants("safety-event-detail", `{"event_id":"c"}`, `{"id":"c","acknowledged_at":null,"aircraft_snapshot":{"hex":"C3","lat":50.1,"lon":8,"alt_baro":"ground","gs":null},`+
			`"altitude":"ground","details":{"n":1},"event_type":"proximity_conflict","ground_speed":null,"icao_hex":"C3","latitude":50.1,"longitude":8,"severity":"low","vertical_rate":null}`)
	})
}

// An acknowledgement reaches everybody, is in what is told of the event from then on,
// also by those who do not know of it, and is done once.
func TestAcknowledge(t *testing.T) {
	atDesk(t, nil, func(d *desk) {
		d.happens("safety", "safety:event", "a", `severity="critical"`, `acknowledged=false`, `icao_hex="A1"`)
		d.happens("safety", "safety:event", "42", `severity="low"`, `acknowledged=false`)
		other, session := connect(d.namespace, `{"subscribe":{"topics":["safety"]}}`)
		defer session.Close()
		time.Sleep(time.Second)
		other.take()

		d.wants("safety-acknowledge", `{"id":"a","event_id":"a"}`, `{"success":true,"id":"a","acknowledged":true,"acknowledged_at":"NOW"}`)
		synctest.Wait()
		at := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
		sent := other.take()
		if len(sent) != 1 || !strings.HasPrefix(sent[0], "safety:event_updated ") {
			t.Fatalf("the other hears %q", sent)
		}
		for _, part := range []string{
			`"id":"a"`, `"acknowledged":true`, `"acknowledged_at":"` + at + `"`, `"updated_at":"` + at + `"`,
			`"event_action":"safety_event_updated"`, `"severity":"critical"`, `"base":2`, `"seq":3`,
		} {
			if !strings.Contains(sent[0], part) {
				t.Errorf("the other hears %s, without %s", sent[0], part)
			}
		}

		time.Sleep(time.Minute)
		d.wants("safety-acknowledge", `{"id":"a"}`, `{"success":true,"id":"a","acknowledged":true,"acknowledged_at":"`+at+`"}`)
		d.wants("safety-acknowledge", `{"id":42}`, `{"success":true,"id":"42","acknowledged":true,"acknowledged_at":"NOW"}`)
		synctest.Wait()
		if sent := other.take(); len(sent) != 1 {
			t.Errorf("acknowledged again, and another: the other hears %q", sent)
		}
		d.happens("safety", "safety:event_resolved", "a", `severity="critical"`, `acknowledged=false`, `icao_hex="A1"`)
		if sent := other.take(); len(sent) != 1 || !strings.Contains(sent[0], `"acknowledged":true`) {
			t.Errorf("the end is told as %q", sent)
		}
		d.happens("safety", "safety:event_resolved", "over", `event_action="safety_event_resolved"`, `resolved=true`, `acknowledged=false`)
		d.wants("safety-acknowledge", `{"id":"over"}`, `{"success":true,"id":"over","acknowledged":true,"acknowledged_at":"NOW"}`)
		synctest.Wait()
		if sent := other.take(); len(sent) != 2 || !strings.Contains(sent[1], `"event_action":"safety_event_resolved"`) || !strings.Contains(sent[1], `"resolved":true`) {
			t.Errorf("what is over, and is acknowledged, is told as %q", sent)
		}
		d.wants("safety-events", `{"icao_hex":"A1"}`, `[{"id":"a","acknowledged":true,"acknowledged_at":"`+at+`","icao_hex":"A1","severity":"critical"}]`)
		late, session := connect(d.namespace, `{"subscribe":{"topics":["safety"]}}`)
		defer session.Close()
		if sent := strings.Join(late.take(), " "); strings.Count(sent, `"acknowledged":true`) != 3 {
			t.Errorf("who comes late gets %s", sent)
		}
	})
}

func TestWhoMayNotAcknowledge(t *testing.T) {
	atDesk(t, nil, func(d *desk) {
		d.happens("safety", "safety:event", "a", `acknowledged=false`)
		d.wants("safety-acknowledge", `{}`, "invalid_params: Missing event id: the 'id' of a safety event")
		d.wants("safety-acknowledge", `{"id":"b"}`, `not_found: Event not found: "b"; safety-events lists those of the last 24 hours`)
		for name, tc := range map[string]struct {
			who  permissions
			want string
		}{
			"who may see":         {permissions{"safety.view": true, "safety.manage": true}, "permission_denied: Permission denied"},
			"who may acknowledge": {permissions{"safety.acknowledge": true}, `{"success":true`},
		} {
			c := &conn{}
			s := d.namespace.Connect(c, tc.who, json.RawMessage(`{"subscribe":{"topics":[]}}`))
			if got := askOf(d.T, c, s, "safety-acknowledge", `{"id":"a"}`); !strings.HasPrefix(got, tc.want) {
				d.Errorf("%s: %s, want %s", name, got, tc.want)
			}
			s.Close()
		}
	})
}
