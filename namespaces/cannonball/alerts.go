package cannonball

import (
	"fmt"
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/wire"
)

// When an alert is raised, and how long until the same of the same aircraft may be
// raised again.
const (
	closingFastKt = 50
	overheadNM    = 1

	againEscalated = time.Minute
	againClosing   = 2 * time.Minute
	againOverhead  = 5 * time.Minute
)

// mostAlerts is how many a session's clients can acknowledge, the newest.
const mostAlerts = 50

// alert is one that a session was told.
type alert struct {
	ID         string  `json:"id"`
	Type       string  `json:"alert_type"`
	Priority   string  `json:"priority"`
	Title      string  `json:"title"`
	Message    string  `json:"message"`
	Hex        string  `json:"icao_hex"`
	Callsign   *string `json:"callsign"`
	DistanceNM float64 `json:"distance_nm"`
	Bearing    float64 `json:"bearing"`
	Timestamp  string  `json:"timestamp"`
	Threat     threat  `json:"threat"`
}

type alarm struct{ kind, hex string }

// alerts are a session's.
type alerts struct {
	raised map[alarm]time.Time // when each may be raised again
	level  map[string]string   // of each threat, as it was
	open   []alertState        // oldest first
}

type alertState struct {
	alert
	Acknowledged bool `json:"acknowledged"`
}

// alertLocked raises what the threats give reason to.
func (o *observer) alertLocked(list []threat, now time.Time) error {
	for _, a := range o.alerts.of(list, now) {
		if err := o.session.Reply("new_alert", a, nil); err != nil {
			return err
		}
	}
	return nil
}

// of gives the alerts that threats give reason to.
func (as *alerts) of(list []threat, now time.Time) (out []alert) {
	for key, until := range as.raised {
		if now.After(until) {
			delete(as.raised, key)
		}
	}
	level := make(map[string]string, len(list))
	for i := range list {
		t := &list[i]
		level[t.Hex] = t.Level
		who := t.Hex
		if t.Callsign != nil {
			who = *t.Callsign
		}
		raise := func(kind, priority, title, message string, again time.Duration) {
			key := alarm{kind, t.Hex}
			if _, already := as.raised[key]; already {
				return
			}
			as.raised[key] = now.Add(again)
			a := alert{
				ID: newID(), Type: kind, Priority: priority, Title: title, Message: message,
				Hex: t.Hex, Callsign: t.Callsign, DistanceNM: t.DistanceNM, Bearing: t.Bearing,
				Timestamp: wire.Timestamp(now), Threat: *t,
			}
			as.open = append(as.open, alertState{alert: a})
			out = append(out, a)
		}
		if t.Level == levelCritical && as.level[t.Hex] != levelCritical {
			raise("threat_escalated", "critical", "Threat escalated", fmt.Sprintf("%s %s is %.1f nm away, %s", t.Category, who, t.DistanceNM, t.Direction), againEscalated)
		}
		if t.Trend == trendApproaching && t.ClosingKt != nil && *t.ClosingKt > closingFastKt {
			raise("closing_fast", "warning", "Closing fast", fmt.Sprintf("%s %s is closing at %.0f kt, %.1f nm away", t.Category, who, *t.ClosingKt, t.DistanceNM), againClosing)
		}
		if t.exact < overheadNM {
			raise("overhead", "critical", "Overhead", fmt.Sprintf("%s %s is overhead, %.1f nm away", t.Category, who, t.DistanceNM), againOverhead)
		}
	}
	as.level = level
	if over := len(as.open) - mostAlerts; over > 0 {
		as.open = slices.Delete(as.open, 0, over)
	}
	return out
}

// acknowledge says whether there is such an alert.
func (as *alerts) acknowledge(id string) bool {
	i := slices.IndexFunc(as.open, func(a alertState) bool { return a.ID == id })
	if i < 0 {
		return false
	}
	as.open[i].Acknowledged = true
	return true
}

// acknowledgeAll says how many were open.
func (as *alerts) acknowledgeAll() (count int) {
	for i := range as.open {
		if !as.open[i].Acknowledged {
			as.open[i].Acknowledged = true
			count++
		}
	}
	return count
}
