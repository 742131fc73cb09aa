package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/pkg/eventually"
)

// TestAcknowledge: one client acknowledges a safety event; the others hear it, it stays
// acknowledged whatever happens to the event later, and who comes late finds it so.
func TestAcknowledge(t *testing.T) {
	r := newReceiver(t)
	r.sends(func() string { return listing(good, other) })
	s := serve(t, "--source", "readsb="+r.URL)
	anna, bert := enter(t, s, "/"), enter(t, s, "/")
	bert.emit("subscribe", map[string]any{"topics": []string{"safety"}})
	request := func(kind string, params map[string]any) string {
		return anna.emit("request", map[string]any{"type": kind, "request_id": kind, "params": params})
	}

	var id string
	eventually.Holds(t, "the emergency is there to be asked for", func() bool {
		var answer struct {
			Data []struct {
				ID           string
				Acknowledged bool
			}
		}
		if err := json.Unmarshal([]byte(request("safety-events", map[string]any{"icao_hex": "4841d7"})), &answer); err != nil {
			t.Fatal(err)
		}
		if len(answer.Data) == 1 && !answer.Data[0].Acknowledged {
			id = answer.Data[0].ID
		}
		return id != ""
	})
	if got := request("safety-acknowledge", map[string]any{"id": id}); !strings.Contains(got, `"success":true`) {
		t.Fatalf("an acknowledgement is answered %s", got)
	}
	bert.told("safety:event_updated", `"id":"`+id+`"`, `"acknowledged":true`, `"event_type":"squawk_emergency"`)
	if got := request("safety-event-detail", map[string]any{"event_id": id}); !strings.Contains(got, `"acknowledged":true`) || !strings.Contains(got, `"latitude":50.1`) {
		t.Errorf("its details are %s", got)
	}

	r.sends(func() string { return listing(strings.Replace(good, "7700", "2000", 1), other) })
	bert.told("safety:event_resolved", `"id":"`+id+`"`, `"acknowledged":true`)
	late := enter(t, s, "/")
	late.emit("subscribe", map[string]any{"topics": []string{"safety"}})
	late.told("safety:snapshot", `"count":1`, `"id":"`+id+`"`, `"acknowledged":true`, `"event_action":"safety_event_resolved"`, `"resolved":true`)
}

// TestAFlood: who asks for too much is told so, for each thing asked for; others and
// who has waited are served.
func TestAFlood(t *testing.T) {
	r := newReceiver(t)
	r.sends(func() string { return listing(good, other) })
	s := serve(t, "--source", "readsb="+r.URL, "--config", writeFile(t, "limits: {requests: {rate: 5, burst: 40}, snapshots: {rate: 1, burst: 10}}"))
	anna, bert := enter(t, s, "/"), enter(t, s, "/")
	eventually.Holds(t, "both are counted", func() bool {
		got := bert.emit("request", map[string]any{"type": "ws-status"})
		return strings.Contains(got, `"socketio_connections":2,"subscribers":2,`)
	})
	const asked = 300
	served, refused := 0, 0
	for range asked {
		switch got := anna.emit("request", map[string]any{"type": "ws-status", "request_id": 1}); {
		case strings.Contains(got, `"supported_requests":`):
			served++
		case strings.Contains(got, `"code":"rate_limited"`) && strings.Contains(got, `"retry_after":`) && strings.Contains(got, `"request_id":1`):
			refused++
		default:
			t.Fatalf("answered %s", got)
		}
	}
	if served < 40 || refused == 0 || served+refused != asked {
		t.Errorf("%d were served, %d refused of %d", served, refused, asked)
	}
	var health map[string]any
	if s.get("/healthz", &health); health["rate_limited"] != float64(refused) {
		t.Errorf("%d were refused, and %v are counted", refused, health["rate_limited"])
	}
	if got := bert.emit("request", map[string]any{"type": "status"}); !strings.Contains(got, `"online":`) {
		t.Errorf("another is answered %s", got)
	}
	eventually.Holds(t, "it is served again", func() bool {
		return strings.Contains(anna.emit("request", map[string]any{"type": "status"}), `"online":`)
	})
	snapshots := 0
	for range 100 { // from a place that there is not
		got := bert.emit("subscribe", map[string]any{"topics": "aircraft", "since": map[string]any{"aircraft": map[string]any{"epoch": "none", "seq": 1}}})
		if strings.Contains(got, `"joined":["aircraft"]`) {
			snapshots++
		}
	}
	if snapshots < 9 || snapshots > 50 {
		t.Errorf("a hundred times it asked for a snapshot, and got %d", snapshots)
	}
	if got := bert.emit("request", map[string]any{"type": "aircraft-lists"}); !strings.Contains(got, `"hint":"Like it are: aircraft, aircraft-clusters`) {
		t.Errorf("an unknown request is answered %s", got)
	}
}
