package root

import (
	"context"
	"encoding/json"
	"time"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
)

// The bounds of what "alert-snapshot" tells, as in the reference.
const (
	alertHours, mostAlertHours = 24, 168
	alertLimit, mostAlerts     = 50, 200
)

// alertList answers "alert-snapshot": alerts, newest first.
type alertList struct {
	Alerts []json.RawMessage `json:"alerts"`
	Count  int               `json:"count"`
}

// alertRequests adds the request for the alerts that are remembered: those of a
// private rule for its owner alone.
func alertRequests(n *gateway.Namespace, h *hub.Hub) {
	policy := Alerts()
	gateway.Handle(n, "alert-snapshot", policy.Permission, func(_ context.Context, s *gateway.Session, p struct {
		Hours *float64 `json:"hours"`
		Limit *float64 `json:"limit"`
	}) (alertList, error) {
		now := time.Now()
		known, err := h.EventsOf(policy.Name, s.Identity().ID())
		list := alertList{Alerts: []json.RawMessage{}}
		hours, limit := clamp(p.Hours, alertHours, mostAlertHours), int(clamp(p.Limit, alertLimit, mostAlerts))
		oldest := now.Add(-time.Duration(hours * float64(time.Hour))).UnixMilli()
		for i := len(known) - 1; i >= 0 && len(list.Alerts) < limit && known[i].Time >= oldest; i-- {
			list.Alerts = append(list.Alerts, known[i].Change.Event.AppendJSON(nil, policy.Key, now.UnixMilli()))
		}
		list.Count = len(list.Alerts)
		return list, err
	})
}

// clamp gives a number that was asked for, from 1 to most.
func clamp(asked *float64, otherwise, most float64) float64 {
	if asked == nil {
		return otherwise
	}
	return min(max(*asked, 1), most)
}
