package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/skygate-io/skygate/pkg/eventually"
)

// TestWhatIsWatched: what a receiver hears becomes safety events and the alerts of
// users' rules, which go to clients and to the addresses that the rules name.
func TestWhatIsWatched(t *testing.T) {
	var delivered atomic.Value
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		delivered.Store(string(body))
	}))
	defer hook.Close()
	r := newReceiver(t)
	r.sends(func() string { return listing(other) })
	s := serve(t, "--source", "readsb="+r.URL, "--config", writeFile(t, "webhook: {allow_private: true}"))
	c := enter(t, s, "/")
	c.emit("subscribe", map[string]any{"topics": []string{"safety", "alerts"}})
	c.told("alert:snapshot", `"count":0`)

	request := func(kind string, params map[string]any) string {
		return c.emit("request", map[string]any{"type": kind, "request_id": kind, "params": params})
	}
	if got := request("alert-rule-create", map[string]any{"name": "everything"}); !strings.Contains(got, `"type":"error"`) {
		t.Errorf("a rule that matches everything is answered %s", got)
	}
	rule := map[string]any{
		"name": "KLM near the field", "priority": "warning", "api_url": hook.URL, "visibility": "public",
		"conditions": map[string]any{"logic": "AND", "groups": []any{map[string]any{"logic": "AND", "conditions": []any{
			map[string]any{"type": "callsign", "operator": "startswith", "value": "KLM"},
			map[string]any{"type": "altitude", "operator": "lt", "value": 1000},
		}}}},
	}
	if got := request("alert-rule-create", rule); !strings.Contains(got, `"name":"KLM near the field"`) {
		t.Fatalf("a rule is answered %s", got)
	}
	if got := request("alert-rules", nil); strings.Count(got, `"priority":"warning"`) != 1 {
		t.Errorf("the rules are %s", got)
	}

	r.sends(func() string { return listing(good, other) })
	c.told("safety:event", `"event_type":"squawk_emergency"`, `"icao_hex":"4841D7"`, `"base":0,"seq":1`)
	c.told("alert:triggered", `"rule_name":"KLM near the field"`, `"icao":"4841D7"`, `"base":0,"seq":1`)
	eventually.Holds(t, "the webhook is called", func() bool {
		body, _ := delivered.Load().(string)
		return strings.Contains(body, "4841D7")
	})
	late := enter(t, s, "/")
	late.emit("subscribe", map[string]any{"topics": []string{"safety", "alerts"}})
	late.told("alert:snapshot", `"count":1`, `"rule_name":"KLM near the field"`)
	late.told("safety:snapshot", `"count":1`, `"event_type":"squawk_emergency"`)
}
