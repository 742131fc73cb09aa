package root

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/wire"
)

// The bounds of what "safety-events" tells, as in the reference. What is remembered
// is what the topic keeps, the last 24 hours.
const (
	safetyHours, mostSafetyHours = 24, 720
	safetyLimit, mostSafety      = 50, 200
)

// safetyWindow are the params of "safety-events"; with icao_hex only those that the
// aircraft is in.
type safetyWindow struct {
	Hours *float64 `json:"hours"`
	Limit *float64 `json:"limit"`
	ICAO  string   `json:"icao_hex"`
}

// safetyRequests adds what the remembered safety events answer.
func safetyRequests(n *gateway.Namespace, h *hub.Hub) {
	may := Safety().Permission
	gateway.Handle(n, "safety-events", may, func(_ context.Context, _ *gateway.Session, p safetyWindow) ([]json.RawMessage, error) {
		return safetyEvents(h, p, time.Now())
	})
	gateway.Handle(n, "safety-snapshot", may, func(_ context.Context, _ *gateway.Session, p safetyWindow) (struct {
		Events []json.RawMessage `json:"events"`
	}, error) {
		events, err := safetyEvents(h, p, time.Now())
		return struct {
			Events []json.RawMessage `json:"events"`
		}{events}, err
	})
	gateway.Handle(n, "safety-stats", may, func(context.Context, *gateway.Session, struct{}) (safetyStats, error) {
		return countSafety(h, time.Now())
	})
	gateway.Handle(n, "safety-status", may, func(context.Context, *gateway.Session, struct{}) (safetyStatus, error) {
		return safetyStatus{Enabled: true, Tracked: h.Len("aircraft"), Timestamp: wire.Timestamp(time.Now())}, nil
	})
	gateway.Handle(n, "safety-event-detail", may, func(_ context.Context, _ *gateway.Session, p eventID) (json.RawMessage, error) {
		id, err := p.read()
		if err != nil {
			return nil, err
		}
		known, err := newest(h, Safety().Name, id)
		if err != nil || known == nil {
			// The reference's answer, not an error: its clients look for it.
			return json.RawMessage(`{"error":"not_found","error_type":"not_found"}`), err
		}
		return detail(known.Change.Event, time.Now()), nil
	})
}

// safetyEvents gives the events of a window, newest first.
func safetyEvents(h *hub.Hub, p safetyWindow, now time.Time) ([]json.RawMessage, error) {
	policy := Safety()
	known, err := happened(h, policy.Name, ago(now, p.Hours, safetyHours, mostSafetyHours))
	if hex := strings.ToUpper(strings.TrimSpace(p.ICAO)); hex != "" {
		known = slices.DeleteFunc(known, func(e *record.Event) bool {
			return !slices.ContainsFunc(policy.About, func(name string) bool { return record.Text(e.Fields.Get(name)) == hex })
		})
	}
	known = known[:min(len(known), int(clamp(p.Limit, safetyLimit, mostSafety)))]
	events := make([]json.RawMessage, 0, len(known))
	for _, e := range known {
		events = append(events, e.AppendJSON(nil, policy.Key, now.UnixMilli()))
	}
	return events, err
}

// safetyStats answers "safety-stats".
type safetyStats struct {
	Total      int            `json:"total_24h"`
	ByType     map[string]int `json:"by_type"`
	BySeverity map[string]int `json:"by_severity"`
	Timestamp  string         `json:"timestamp"`
}

func countSafety(h *hub.Hub, now time.Time) (safetyStats, error) {
	known, err := happened(h, Safety().Name, now.Add(-24*time.Hour))
	stats := safetyStats{Total: len(known), ByType: map[string]int{}, BySeverity: map[string]int{}, Timestamp: wire.Timestamp(now)}
	for _, e := range known {
		stats.ByType[record.Text(e.Fields.Get("event_type"))]++
		stats.BySeverity[record.Text(e.Fields.Get("severity"))]++
	}
	return stats, err
}

// safetyStatus answers "safety-status": whether it is watched, and how many aircraft.
type safetyStatus struct {
	Enabled   bool   `json:"enabled"`
	Tracked   int    `json:"tracked_aircraft"`
	Timestamp string `json:"timestamp"`
}

// detail is all there is of an event, and where its aircraft was, as the reference
// tells it.
func detail(e *record.Event, now time.Time) json.RawMessage {
	whole := *e
	whole.Fields = slices.Clone(e.Fields)
	if whole.Fields.Get("acknowledged_at") == "" {
		whole.Fields.Set("acknowledged_at", "null")
	}
	var seen map[string]json.RawMessage
	// What is no object has none of these.
	_ = json.Unmarshal([]byte(e.Fields.Get("aircraft_snapshot")), &seen)
	for name, from := range map[string]string{
		"latitude": "lat", "longitude": "lon", "altitude": "alt_baro", "ground_speed": "gs", "vertical_rate": "baro_rate",
	} {
		raw := string(seen[from])
		if raw == "" {
			raw = "null"
		}
		whole.Fields.Set(name, raw)
	}
	return whole.AppendJSON(nil, Safety().Key, now.UnixMilli())
}

// eventID names an event, under either name, by a text or a number.
type eventID struct {
	ID      json.RawMessage `json:"id"`
	EventID json.RawMessage `json:"event_id"`
}

func (p eventID) read() (string, error) {
	for _, raw := range []json.RawMessage{p.ID, p.EventID} {
		var number json.Number
		switch id := record.Text(string(raw)); {
		case id != "":
			return id, nil
		case json.Unmarshal(raw, &number) == nil && number != "":
			return number.String(), nil
		}
	}
	return "", gateway.Errorf(gateway.CodeInvalidParams, "Missing event id: the 'id' of a safety event")
}
