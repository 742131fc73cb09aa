package cannonball_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestThreatsNearby(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace, sky *sky) {
		c := enter(t, n)
		c.Want("on connect", c.Take(), `session_started {"session_id":" … "default_radius_nm":25,"timestamp":`)
		sky.put("AAAAAA", 50.05, record.Field{Name: "category", Raw: `"A7"`}, record.Field{Name: "alt", Raw: `"ground"`})
		sky.put("BBBBBB", 50.01, police...)
		sky.put("CCCCCC", 50.01, record.Field{Name: "t", Raw: `"B738"`})
		sky.put("DDDDDD", 50.01, record.Field{Name: "t", Raw: `"R135"`}, record.Field{Name: "alt", Raw: "33000"})
		sky.put("EEEEEE", 51, police...)
		sky.put("FFFFFF", 50.1, record.Field{Name: "ownOp", Raw: `"Polic\u00eda Nacional"`})
		sent := c.say("position_update", `{"lat":"50","lon":8,"heading":-90}`)
		c.Want("a position", sent,
			`threats {"data":[{"hex":"BBBBBB","callsign":"BPO12","category":"Police Helicopter" … "distance_nm":0.6,"bearing":0,"relative_bearing":90,"direction":"N","altitude":1500 … "trend":"unknown","threat_level":"critical","is_law_enforcement":true,"is_helicopter":true … "aircraft_type":"EC35","registration":"D-HVBX","lat":50.01,"lon":8},{"hex":"AAAAAA" … "altitude":0 … "hex":"FFFFFF" … "description":"Policía Nacional" … "count":3,"position":{"lat":50,"lon":8}`,
			`new_alert {"id":" … "alert_type":"threat_escalated","priority":"critical" … "icao_hex":"BBBBBB"`,
			`new_alert … "alert_type":"overhead"`)
		for _, payload := range []string{``, `null`, `{}`} {
			c.Want("asked with "+payload, c.say("get_threats", payload), `threats {"data":[{"hex":"BBBBBB"`)
		}
		c.Want("nearer", c.say("set_radius", `{"radius_nm":"2"}`), `radius_updated {"radius_nm":2}`)
		c.Want("asked", c.say("get_threats", ``), `"count":1`)
	})
}

// lookOff is apart from the moments at which it is looked for changes.
const lookOff = 500 * time.Millisecond

// TestPushed: what changes is told without being asked for, to each by where it is.
func TestPushed(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace, sky *sky) {
		near, far := enter(t, n), enter(t, n)
		near.say("position_update", `{"lat":50,"lon":8}`)
		far.say("position_update", `{"lat":-50,"lon":8}`)
		time.Sleep(lookOff)
		for second := range 25 {
			sky.put("BBBBBB", 50.2-float64(second)/1800, police...) // 120 kt, southwards
			time.Sleep(time.Second)
		}
		sent := near.Take()
		updates := 0
		for _, m := range sent {
			if strings.HasPrefix(m, "threat_update ") {
				updates++
			}
		}
		last := sent[len(sent)-1]
		if updates != 25 {
			t.Errorf("%d updates in 25 s: %q", updates, sent)
		}
		var told struct {
			Threats []struct {
				Trend    string   `json:"trend"`
				Closing  *float64 `json:"closing_speed"`
				ETA      *float64 `json:"eta_seconds"`
				Distance float64  `json:"distance_nm"`
			}
			Count int
		}
		_, data, _ := strings.Cut(last, " ")
		if err := json.Unmarshal([]byte(data), &told); err != nil || told.Count != 1 {
			t.Fatalf("%v: %s", err, last)
		}
		one := told.Threats[0]
		if one.Trend != "approaching" || one.Closing == nil || *one.Closing < 118 || *one.Closing > 122 {
			t.Errorf("who stands still is told %s", last)
		}
		if one.ETA == nil || *one.ETA < one.Distance*30-5 || *one.ETA > one.Distance*30+5 {
			t.Errorf("it is there in %v s, %.2f nm away", one.ETA, one.Distance)
		}
		if count := strings.Count(strings.Join(sent, "\n"), `"closing_fast"`); count != 1 {
			t.Errorf("%d alerts that it is closing", count)
		}
		if sent := far.Take(); len(sent) != 0 {
			t.Errorf("far away: %q", sent)
		}
		time.Sleep(10 * time.Second)
		far.Want("again, lest it was lost", far.Take(), `threat_update {"threats":[],"count":0`)
		near.Want("likewise", near.Take())
		time.Sleep(5 * time.Second)
		if sent := near.Take(); len(sent) != 0 {
			t.Errorf("nothing changed: %q", sent)
		}
		sky.lose("BBBBBB")
		time.Sleep(time.Second)
		near.Want("it is gone", near.Take(), `threat_update {"threats":[],"count":0,"position":{"lat":50,"lon":8}`)
		near.Session.Close()
		time.Sleep(time.Minute)
		if sent := near.Take(); len(sent) != 0 {
			t.Errorf("after the end: %q", sent)
		}
	})
}

func TestWrongInput(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace, _ *sky) {
		c := enter(t, n)
		for name, tc := range map[string]struct{ event, payload, says string }{
			"no position yet":  {"get_threats", ``, "No position set. Send position_update first."},
			"nothing":          {"position_update", ``, "Invalid position update: expected dict payload"},
			"a list":           {"position_update", `[50,8]`, "Invalid position update: expected dict payload"},
			"no lon":           {"position_update", `{"lat":50}`, "lat and lon are required"},
			"null":             {"position_update", `{"lat":50,"lon":null}`, "lat and lon are required"},
			"a word":           {"position_update", `{"lat":"north","lon":8}`, "Invalid coordinate values"},
			"true":             {"position_update", `{"lat":true,"lon":8}`, "Invalid coordinate values"},
			"out of bounds":    {"position_update", `{"lat":90.1,"lon":8}`, "Coordinates out of bounds (lat: -90 to 90, lon: -180 to 180)"},
			"no number at all": {"position_update", `{"lat":"NaN","lon":8}`, "Coordinates out of bounds (lat: -90 to 90, lon: -180 to 180)"},
			"radius of a list": {"set_radius", `[5]`, "Invalid radius request: expected dict payload"},
			"radius of a word": {"set_radius", `{"radius_nm":"far"}`, "Invalid radius value"},
			"subscribe":        {"subscribe", `{"topics":"all"}`, "Unknown event: subscribe"},
		} {
			c.Want(name, c.say(tc.event, tc.payload), `error {"type":"error" … "message":"`+tc.says+`"`)
		}
		for payload, want := range map[string]string{``: "25", `null`: "25", `{}`: "25", `{"radius_nm":0}`: "1", `{"radius_nm":1e9}`: "100", `{"radius_nm":"7.5"}`: "7.5"} {
			c.Want("radius "+payload, c.say("set_radius", payload), `radius_updated {"radius_nm":`+want+`}`)
		}
		c.Want("a bad heading", c.say("position_update", `{"lat":50,"lon":8,"heading":"north"}`), `threats`)
		c.Want("session-info", c.say("request", `{"type":"session-info","request_id":1}`), `"position":{"lat":50,"lon":8},"heading":null,"radius_nm"`)
	})
}

func TestRates(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace, _ *sky) {
		c := enter(t, n)
		for range 20 {
			c.Receive("position_update", []json.RawMessage{json.RawMessage(`{"lat":50,"lon":8}`)}, nil)
		}
		if sent := c.Take(); len(sent) != 1+15 {
			t.Errorf("20 positions at once: %q", sent)
		}
		time.Sleep(time.Second)
		for range 20 {
			c.Receive("position_update", []json.RawMessage{json.RawMessage(`{"lat":50,"lon":8}`)}, nil)
		}
		if sent := c.Take(); strings.Count(strings.Join(sent, "\n"), "threats {") != 5 {
			t.Errorf("a second later: %q", sent)
		}
		for range 31 {
			c.Receive("get_threats", nil, nil)
		}
		sent := c.Take()
		c.Want("the 31st question", sent[30:], `error … "code":"rate_limited","message":"Rate limit exceeded, please slow down"`)
	})
}

func TestRequests(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace, sky *sky) {
		sky.put("BBBBBB", 50.01, police...)
		c := enter(t, n)
		ask := func(requestType, params string) []string {
			return c.say("request", `{"type":"`+requestType+`","request_id":1,"params":`+params+`}`)
		}
		c.Want("no position", ask("threats", `{}`), `"data":{"threats":[],"count":0,"position":null}`)
		sent := c.say("position_update", `{"lat":50,"lon":8}`)
		c.Want("threats", ask("threats", `null`), `"data":{"threats":[{"hex":"BBBBBB" … "count":1,"position":{"lat":50,"lon":8}`)
		var raised struct{ ID string }
		_, data, _ := strings.Cut(sent[1], " ")
		if err := json.Unmarshal([]byte(data), &raised); err != nil || raised.ID == "" {
			t.Fatal(sent)
		}
		c.Want("acknowledge", ask("alert-acknowledge", `{"id":"`+raised.ID+`"}`), `"data":{"success":true,"id":"`+raised.ID+`","acknowledged":true}`)
		c.Want("none", ask("alert-acknowledge", `{}`), `"message":"Missing alert id"`)
		c.Want("another", ask("alert-acknowledge", `{"id":7}`), `"message":"Alert not found"`)
		c.Want("all", ask("alert-acknowledge-all", `{}`), `"acknowledged_count":1`)
		c.Want("check", ask("known-aircraft-check", `{"icao":"bbbbbb"}`), `"data":{"icao_hex":"BBBBBB","is_known":true,"is_law_enforcement":true,"is_helicopter":true,"category":"Police Helicopter" … "confidence":"very_high"}`)
		c.Want("check of another", ask("known-aircraft-check", `{"icao_hex":"FFFFFF","owner":"Someone"}`), `"is_known":false,"is_law_enforcement":false,"is_helicopter":false,"category":null,"description":null,"confidence":"none"`)
		c.Want("check of none", ask("known-aircraft-check", `{}`), `"message":"Missing icao_hex parameter"`)
		c.Want("alerts", ask("alerts", `{}`), `"data":{"alerts":[{"id":" … "alert_type":"overhead" … "acknowledged":true},{"id":"`+raised.ID+`" … "acknowledged":true}],"count":2`)
		c.Want("patterns", ask("patterns", `{}`), `"data":{"patterns":[],"count":0}`)
		for _, requestType := range []string{"sessions", "stats-summary"} {
			c.Want(requestType, ask(requestType, `{}`), `error … "code":"unknown_request","message":"Not available: `)
		}
		c.Want("no such", ask("weather", `{}`), `Unknown request type: weather`)
	})
}
