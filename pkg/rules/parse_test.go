package rules_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/rules"
)

func TestParse(t *testing.T) {
	for raw, want := range map[string]string{
		`{"name":" R ","rule_type":"squawk","operator":"eq","value":7700,"conditions":{},"id":7,"owner":null,"trigger_count":5}`: `{"id":"","name":"R","description":"","enabled":true,"priority":"info","rule_type":"squawk","operator":"eq","value":7700,"conditions":{},"starts_at":null,"expires_at":null,"cooldown_minutes":5,"suppression_windows":[],"owner":"","visibility":"private","api_url":"","use_global_notifications":true,"notification_channels":[],"created_at":"0001-01-01T00:00:00Z","updated_at":"0001-01-01T00:00:00Z"}`,
		`{"id":"3","owner":"anna","name":"R","description":"d","enabled":false,"priority":"critical","conditions":{"logic":"or","groups":[{"logic":"AND","conditions":[{"type":"military","operator":"eq","value":true}]}]},"starts_at":"2026-07-04T10:00","expires_at":"2026-07-04T12:00:00+02:30","cooldown_minutes":60,"suppression_windows":[ {"day":"saturday", "start":"22:00","end":"08:00"} ],"visibility":"public","api_url":"https://example.org/x","use_global_notifications":false,"notification_channels":[1,2],"created_at":"2026-01-02T03:04:05.678Z"}`: "",
	} {
		if want == "" {
			want = "expires_at: is not after starts_at"
		}
		r, err := rules.Parse([]byte(raw))
		if err != nil {
			if err.Error() != want {
				t.Errorf("%s: %v", raw, err)
			}
			continue
		}
		got, err := r.JSON()
		if d := cmp.Diff(want, string(got)); d != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", raw, err, d)
		}
		again, err := rules.Parse(got)
		if err != nil {
			t.Fatal(err)
		}
		if twice, _ := again.JSON(); string(twice) != string(got) || !again.SameConditions(r) {
			t.Errorf("%s becomes %s", got, twice)
		}
	}
}

func TestWrongRules(t *testing.T) {
	for add, says := range map[string]string{
		`"name":""`: "name: is missing",
		`"name":7`:  "name: expected a string, got a number",
		`"name":"` + strings.Repeat("é", 101) + `"`:        "name: is longer than 100 characters",
		`"description":"` + strings.Repeat("é", 201) + `"`: "description: is longer than 200",
		`"enabled":"yes"`:        "enabled: expected true or false, got a string",
		`"priority":"urgent"`:    `priority: "urgent" is none of info, warning, critical`,
		`"visibility":"secret"`:  `visibility: "secret" is none of private, shared, public`,
		`"cooldown_minutes":0`:   "cooldown_minutes: 0 is out of range: a whole number from 1",
		`"cooldown_minutes":1.5`: "cooldown_minutes: 1.5 is out of range",
		`"cooldown_minutes":[]`:  "cooldown_minutes: expected a number, got a list",
		`"starts_at":"tomorrow"`: `starts_at: "tomorrow" is no time; write it like`,
		`"starts_at":5`:          "starts_at: expected a time such as",
		`"starts_at":"2026-07-04T10:00:00Z","expires_at":"2026-07-04T10:00"`: "expires_at: is not after starts_at",
		`"suppression_windows":{}`:  "suppression_windows: expected a list",
		`"suppression_windows":[7]`: `suppression_windows[0]: expected {"day": "saturday"`,
		`"suppression_windows":[{"day":"doomsday","start":"1:00","end":"2:00"}]`: `suppression_windows[0].day: "doomsday" is no day`,
		`"suppression_windows":[{"day":6,"start":"1:00","end":"2:00"}]`:          "suppression_windows[0].day: expected a day's name",
		`"suppression_windows":[{"day":"sat","start":"25:00","end":"2:00"}]`:     `suppression_windows[0].start: "25:00" is no time of day`,
		`"suppression_windows":[{"day":"sat","start":"1:00","end":""}]`:          `suppression_windows[0].end: "" is no time of day`,
		`"suppression_windows":[{"start":"24:00","end":"2:00"}]`:                 "suppression_windows[0].start: is the end of a day",
		`"suppression_windows":[{"start":"2:00","end":"02:00"}]`:                 "suppression_windows[0]: begins when it ends",
		`"api_url":"ftp://example.org"`:                                          "api_url: is no address; write it like https",
		`"api_url":"example.org/x"`:                                              "api_url: is no address",
		`"notification_channels":"mail"`:                                         "notification_channels: expected a list",
		`"value":5`:                                                              "rule_type: is missing",
		`"rule_type":"squawk"`:                                                   "value: is missing",
		`"rule_type":"squawk","value":""`:                                        "value: is missing",
		`"rule_type":"squawk","value":"7700"`:                                    "operator: is missing",
		`"rule_type":"squak","operator":"eq","value":"7700"`:                     `rule_type: unknown type "squak"`,
		`"conditions":{}`:                                                        "conditions: the rule has no condition and would match every aircraft",
		`"conditions":null,"value":""`:                                           "conditions: the rule has no condition and would match every aircraft",
	} {
		base := map[string]json.RawMessage{"name": []byte(`"R"`), "conditions": []byte(`{"conditions":[{"type":"military","value":true}]}`)}
		if err := json.Unmarshal([]byte("{"+add+"}"), &base); err != nil {
			t.Fatal(err)
		}
		raw, _ := json.Marshal(base)
		if says == "value: is missing" && strings.Contains(add, `""`) {
			says = "value: is empty"
		}
		if _, err := rules.Parse(raw); err == nil || !strings.HasPrefix(err.Error(), says) {
			t.Errorf("%s: %v, want %q", add, err, says)
		}
	}
	for _, raw := range []string{``, `null`, `7`, `[]`, `{"name":`, `{"name":"` + strings.Repeat("a", 70_000) + `"}`} {
		if _, err := rules.Parse([]byte(raw)); err == nil {
			t.Errorf("%.20q is taken", raw)
		}
	}
}
