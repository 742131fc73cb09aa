package root_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// sky runs in a bubble in which the topics of the sky change.
func sky(t *testing.T, body func(t *testing.T, n *gateway.Namespace, change func(topicName string, c record.Change))) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		log := feedlog.NewMemory()
		policies := []topic.Policy{root.Airspace(), root.NOTAMs()}
		writers := map[string]feedlog.Writer{}
		for _, p := range policies {
			writers[p.Name] = begin(t, log, p.Name)
		}
		cfg := around(serve(t, log, policies))
		cfg.Refresh = func(topicName string) int { return len(topicName) }
		body(t, root.New(cfg), func(topicName string, c record.Change) {
			if _, err := writers[topicName].Append(t.Context(), &c); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			synctest.Wait()
		})
	})
}

func advisory(id, more string) record.Record {
	return aircraft(id, append([]string{`"kind":"advisory"`}, strings.Split(more, "|")...)...)
}

func boundary(id, more string) record.Record {
	return aircraft(id, append([]string{`"kind":"boundary"`}, strings.Split(more, "|")...)...)
}

// plain takes out of messages what is another each time.
func plain(sent []string) []string {
	out := make([]string, 0, len(sent))
	for _, m := range sent {
		name, raw, _ := strings.Cut(m, " ")
		var payload map[string]any
		if json.Unmarshal([]byte(raw), &payload) != nil {
			out = append(out, m)
			continue
		}
		for _, key := range []string{"epoch", "view", "timestamp", "observed"} {
			delete(payload, key)
		}
		if stats, ok := payload["stats"].(map[string]any); ok {
			delete(stats, "last_update")
		}
		delete(payload, "last_update")
		text, _ := json.Marshal(payload)
		out = append(out, name+" "+string(text))
	}
	return out
}

func ask(t *testing.T, s *gateway.Session, event, payload string) string {
	t.Helper()
	var acked string
	s.Receive(event, []json.RawMessage{json.RawMessage(payload)}, func(p []byte) { acked = string(p) })
	synctest.Wait()
	return acked
}

func want(t *testing.T, what string, got []string, messages ...string) {
	t.Helper()
	if d := cmp.Diff(append([]string{}, messages...), plain(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestAirspaceOnTheWire(t *testing.T) {
	sky(t, func(t *testing.T, n *gateway.Namespace, change func(string, record.Change)) {
		change("airspace", record.Change{Added: []record.Record{advisory("S1", `"hazard":"TS"|"lat":50|"lon":8`), boundary("B1", `"class":"D"`)}})
		older, oldest := connect(n, `{"subscribe":{"topics":"airspace"}}`)
		modern, today := connect(n, `{"subscribe":{"topics":"airspace","legacy":false}}`)
		defer oldest.Close()
		defer today.Close()
		synctest.Wait()
		const (
			s1 = `{"hazard":"TS","id":"S1","kind":"advisory","lat":50,"lon":8}`
			b1 = `{"class":"D","id":"B1","kind":"boundary"}`
			s2 = `{"hazard":"ICE","id":"S2","kind":"advisory"}`
		)
		snapshot := `airspace:snapshot {"advisories":[` + s1 + `],"boundaries":[` + b1 + `],"count":2,"seq":1}`
		want(t, "a snapshot has both lists", older.take()[1:], snapshot)
		want(t, "a snapshot has both lists", modern.take()[1:], snapshot)

		change("airspace", record.Change{Added: []record.Record{advisory("S2", `"hazard":"ICE"`)}})
		delta := `"added":[` + s2 + `],"base":1,`
		want(t, "an advisory comes", modern.take(), `airspace:update {`+delta+`"removed":[],"seq":2,"type":"delta","updated":[]}`)
		want(t, "to older clients it is the whole", older.take(),
			`airspace:update {`+delta[:len(delta)-len(`"base":1,`)]+`"advisories":[`+s1+`,`+s2+`],"base":1,"boundaries":[`+b1+`],"count":1,"removed":[],"seq":2,"type":"delta","update_type":"advisory","updated":[]}`)

		change("airspace", record.Change{Removed: []string{"S1"}})
		want(t, "it ends", modern.take(), `airspace:update {"added":[],"base":2,"removed":["S1"],"seq":3,"type":"delta","updated":[]}`)
		want(t, "to older clients, too", older.take(),
			`airspace:update {"added":[],"advisories":[`+s2+`],"advisory_ids":["S1"],"base":2,"boundaries":[`+b1+`],"count":1,"removed":["S1"],"seq":3,"type":"delta","update_type":"advisory_expired","updated":[]}`)

		change("airspace", record.Change{Updated: []record.Record{{Key: "B1", Fields: record.Fields{{Name: "class", Raw: `"C"`}}}}})
		if got := plain(older.take()); len(got) != 1 || !strings.Contains(got[0], `"update_type":"boundary"`) || !strings.Contains(got[0], `"boundaries":[{"class":"C","id":"B1","kind":"boundary"}]`) {
			t.Errorf("a boundary changes: %v", got)
		}
	})
}

// TestAirspaceFilters: a region is asked for as everywhere, by the centre of what is there.
func TestAirspaceFilters(t *testing.T) {
	sky(t, func(t *testing.T, n *gateway.Namespace, change func(string, record.Change)) {
		change("airspace", record.Change{Added: []record.Record{
			advisory("here", `"lat":50|"lon":8`), advisory("there", `"lat":40|"lon":8`), advisory("nowhere", `"hazard":"TS"`),
		}})
		change("notams", record.Change{Added: []record.Record{
			aircraft("N1", `"type":"D"`, `"latitude":50`, `"longitude":8`), aircraft("N2", `"type":"D"`, `"latitude":40`, `"longitude":8`),
		}})
		c, s := connect(n, `{"subscribe":{"topics":["airspace","notams"],"filters":{"airspace":{"bbox":{"north":51,"south":49,"west":7,"east":9}},"notams":{"center":{"lat":50,"lon":8,"radius_nm":60}}}}}`)
		defer s.Close()
		synctest.Wait()
		got := strings.Join(c.take(), "\n")
		for id, seen := range map[string]bool{`"here"`: true, `"there"`: false, `"nowhere"`: false, `"N1"`: true, `"N2"`: false} {
			if strings.Contains(got, id) != seen {
				t.Errorf("%s is seen: %v\n%s", id, !seen, got)
			}
		}
	})
}

// TestFieldsOfTheSky: what a client does not want to see decides all the same in which
// list a record is.
func TestFieldsOfTheSky(t *testing.T) {
	sky(t, func(t *testing.T, n *gateway.Namespace, change func(string, record.Change)) {
		change("airspace", record.Change{Added: []record.Record{advisory("S1", `"hazard":"TS"|"lat":50`), boundary("B1", `"class":"D"`)}})
		c, s := connect(n, `{"subscribe":{"topics":"airspace","fields":{"airspace":["hazard"]}}}`)
		defer s.Close()
		synctest.Wait()
		want(t, "one field", c.take()[1:], `airspace:snapshot {"advisories":[{"hazard":"TS","id":"S1"}],"boundaries":[{"id":"B1"}],"count":2,"seq":1}`)
		change("airspace", record.Change{Updated: []record.Record{{Key: "S1", Fields: record.Fields{{Name: "lat", Raw: "51"}}}}})
		want(t, "a change of another", c.take())
	})
}

func TestNOTAMsOnTheWire(t *testing.T) {
	sky(t, func(t *testing.T, n *gateway.Namespace, change func(string, record.Change)) {
		change("notams", record.Change{Added: []record.Record{aircraft("N1", `"type":"D"`, `"text":"a"`), aircraft("T1", `"type":"TFR"`)}})
		older, oldest := connect(n, `{"subscribe":{"topics":"notams"}}`)
		modern, today := connect(n, `{"subscribe":{"topics":"notams","legacy":false}}`)
		defer oldest.Close()
		defer today.Close()
		synctest.Wait()
		const n1, t1 = `{"notam_id":"N1","text":"a","type":"D"}`, `{"notam_id":"T1","type":"TFR"}`
		snapshot := `notam:snapshot {"count":2,"notams":[` + n1 + `,` + t1 + `],"seq":1,"stats":{"by_type":{"D":1,"TFR":1},"tfr_count":1,"total_active":2},"tfrs":[` + t1 + `]}`
		want(t, "a snapshot", older.take()[1:], snapshot)
		want(t, "a snapshot", modern.take()[1:], snapshot)

		change("notams", record.Change{
			Added:   []record.Record{aircraft("N2", `"type":"D"`), aircraft("T2", `"type":"TFR"`)},
			Updated: []record.Record{{Key: "N1", Fields: record.Fields{{Name: "text", Raw: `"b"`}}}},
			Removed: []string{"T1"},
		})
		update := `notam:update {"added":[{"notam_id":"N2","type":"D"},{"notam_id":"T2","type":"TFR"}],"base":1,"removed":["T1"],"seq":2,"type":"delta","updated":[{"notam_id":"N1","text":"b"}]}`
		want(t, "a change", modern.take(), update)
		want(t, "to older clients one by one", older.take(), update,
			`notam:tfr_expired {"notam_id":"T1"}`, `notam:new {"notam_id":"N2","type":"D"}`, `notam:tfr_new {"notam_id":"T2","type":"TFR"}`,
			`notam:update {"notam_id":"N1","text":"b","type":"D"}`, `notam:stats {"by_type":{"D":2,"TFR":1},"tfr_count":1,"total_active":3}`)

		var many []record.Record
		for i := range 21 {
			many = append(many, aircraft(fmt.Sprintf("M%02d", i), `"type":"D"`))
		}
		change("notams", record.Change{Added: many})
		if got := plain(older.take()); len(got) != 2 || got[1] != `notam:refresh {"active_notams":24,"active_tfrs":1,"count":21}` {
			t.Errorf("many at once: %v", got)
		}
	})
}

func TestSkyRequests(t *testing.T) {
	sky(t, func(t *testing.T, n *gateway.Namespace, change func(string, record.Change)) {
		change("airspace", record.Change{Added: []record.Record{
			advisory("S1", `"hazard":"TS"`), advisory("S2", `"hazard":"ICE"`),
			boundary("near", `"lat":50.5|"lon":8|"radius":10`), boundary("far", `"lat":10|"lon":8|"radius":10`), boundary("wide", `"lat":53|"lon":8|"radius":100`),
		}})
		change("notams", record.Change{Added: []record.Record{
			aircraft("N1", `"type":"D"`, `"location":"KSEA"`, `"effective_start":"2026-07-01T00:00:00Z"`),
			aircraft("N2", `"type":"TFR"`, `"location":"KJFK"`, `"effective_start":"2026-07-02T00:00:00Z"`),
		}})
		_, s := connect(n, `{"subscribe":{"topics":[]}}`)
		defer s.Close()
		for name, tc := range map[string]struct{ kind, params, has, hasNot string }{
			"advisories":          {"airspaces", `{}`, `"count":2 "advisories":[ "S1" "S2"`, `near`},
			"of a hazard":         {"airspaces", `{"hazard":"ice"}`, `"count":1 "S2"`, `"S1"`},
			"boundaries":          {"airspace-boundaries", `null`, `"data":[{"id":"near" "wide"`, `"far"`},
			"by the other name":   {"boundaries", `{"lat":10,"lon":8,"radius":50}`, `"far"`, `"near"`},
			"half a place":        {"boundaries", `{"lat":10}`, `invalid_params both or neither`, ``},
			"off the earth":       {"boundaries", `{"lat":100,"lon":8}`, `invalid_params`, ``},
			"a negative radius":   {"boundaries", `{"radius":-1}`, `invalid_params`, ``},
			"NOTAMs":              {"notam-snapshot", `{}`, `"notams":[{"notam_id":"N2" "tfrs":[{"notam_id":"N2" "total_active":2 "tfr_count":1`, ``},
			"the newest of them":  {"notam-snapshot", `{"limit":1,"active_only":true}`, `"notam_id":"N2"`, `"N1"`},
			"of an airport":       {"airport", `{"icao":"ksea"}`, `"data":[{"notam_id":"N1"`, `"N2"`},
			"asked for anew":      {"refresh", `null`, `"success":true "message":"NOTAM`, ``},
			"of an airport, none": {"airport", `{}`, `invalid_params Missing icao`, ``},
		} {
			got := ask(t, s, "request", fmt.Sprintf(`{"type":%q,"request_id":1,"params":%s}`, tc.kind, tc.params))
			for _, part := range strings.Split(tc.has, " ") {
				if !strings.Contains(got, part) {
					t.Errorf("%s: %s lacks %s", name, got, part)
				}
			}
			if tc.hasNot != "" && strings.Contains(got, tc.hasNot) {
				t.Errorf("%s: %s has %s", name, got, tc.hasNot)
			}
		}
		who := permissions{"aircraft.view": true}
		c := &conn{}
		poor := n.Connect(c, who, nil)
		defer poor.Close()
		for _, kind := range []string{"airspaces", "airspace-boundaries", "boundaries", "notam-snapshot", "airport", "refresh"} {
			if got := ask(t, poor, "request", `{"type":"`+kind+`","request_id":1,"params":{"icao":"KSEA"}}`); !strings.Contains(got, "permission_denied") {
				t.Errorf("%s without a permission: %s", kind, got)
			}
		}
		if got := ask(t, poor, "subscribe", `{"topics":["airspace","notams"]}`); !strings.Contains(got, `"denied":["airspace","notams"]`) {
			t.Errorf("subscribed without a permission: %s", got)
		}
	})
}
