package root

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/wire"
)

// The bounds of what the requests for ACARS messages tell, as in the reference. What
// is remembered is what the topic keeps, the last hour.
const (
	acarsHours, mostACARSHours = 1, 24
	acarsLimit, mostACARS      = 50, 200
	mostLabels                 = 20
)

// messageWindow are the params of "acars-snapshot" and "acars-messages"; of what is
// given all must hold.
type messageWindow struct {
	Hours    *float64 `json:"hours"`
	Limit    *float64 `json:"limit"`
	ICAO     string   `json:"icao_hex"`
	Callsign string   `json:"callsign"`
	Label    string   `json:"label"`
}

// messageList answers them: messages, newest first.
type messageList struct {
	Messages []json.RawMessage `json:"messages"`
	Count    int               `json:"count"`
}

// messageStats answers "acars-stats".
type messageStats struct {
	Total     int            `json:"total_24h"`
	ByLabel   map[string]int `json:"by_label"` // the most frequent ones
	Timestamp string         `json:"timestamp"`
}

// messageStatus answers "acars-status": what is remembered, by how it was heard.
type messageStatus struct {
	Running bool         `json:"running"` // anything was heard
	ACARS   messageCount `json:"acars"`
	VDL2    messageCount `json:"vdlm2"`
	Buffer  int          `json:"buffer_size"`
}

type messageCount struct {
	Total int `json:"total_received"`
}

// messageRequests adds what the remembered ACARS messages answer.
func messageRequests(n *gateway.Namespace, h *hub.Hub) {
	policy := ACARS()
	for _, name := range []string{"acars-snapshot", "acars-messages"} {
		gateway.Handle(n, name, policy.Permission, func(_ context.Context, _ *gateway.Session, p messageWindow) (messageList, error) {
			now := time.Now()
			heard, err := happened(h, policy.Name, ago(now, p.Hours, acarsHours, mostACARSHours))
			heard = slices.DeleteFunc(heard, func(e *record.Event) bool { return !p.keeps(e.Fields) })
			heard = heard[:min(len(heard), int(clamp(p.Limit, acarsLimit, mostACARS)))]
			list := messageList{Messages: make([]json.RawMessage, 0, len(heard)), Count: len(heard)}
			for _, e := range heard {
				list.Messages = append(list.Messages, e.AppendJSON(nil, policy.Key, now.UnixMilli()))
			}
			return list, err
		})
	}
	gateway.Handle(n, "acars-stats", policy.Permission, func(context.Context, *gateway.Session, struct{}) (messageStats, error) {
		now := time.Now()
		heard, err := happened(h, policy.Name, now.Add(-24*time.Hour))
		return messageStats{Total: len(heard), ByLabel: byLabel(heard), Timestamp: wire.Timestamp(now)}, err
	})
	gateway.Handle(n, "acars-status", policy.Permission, func(context.Context, *gateway.Session, struct{}) (messageStatus, error) {
		heard, err := happened(h, policy.Name, time.Time{})
		status := messageStatus{Running: len(heard) > 0, Buffer: len(heard)}
		for _, e := range heard {
			if record.Text(e.Fields.Get("source")) == "vdlm2" {
				status.VDL2.Total++
			} else {
				status.ACARS.Total++
			}
		}
		return status, err
	})
}

func (p messageWindow) keeps(f record.Fields) bool {
	for name, want := range map[string]string{"icao_hex": p.ICAO, "callsign": p.Callsign, "label": p.Label} {
		if want = strings.TrimSpace(want); want != "" && !strings.EqualFold(record.Text(f.Get(name)), want) {
			return false
		}
	}
	return true
}

// byLabel counts messages by label: the most frequent labels.
func byLabel(heard []*record.Event) map[string]int {
	count := map[string]int{}
	for _, e := range heard {
		if label := record.Text(e.Fields.Get("label")); label != "" {
			count[label]++
		}
	}
	labels := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	for _, label := range labels[min(len(labels), mostLabels):] {
		delete(count, label)
	}
	return count
}
