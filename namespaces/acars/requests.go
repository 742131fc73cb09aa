package acars

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/wire"
)

// The bounds of what "acars-snapshot" and "acars-stats" tell.
const (
	defaultHours, maxHours       = 1, 24
	defaultMessages, maxMessages = 50, 200
	maxLabels                    = 20
)

// snapshotParams are the params of "acars-snapshot".
type snapshotParams struct {
	Hours *float64 `json:"hours"`
	Limit *float64 `json:"limit"`
}

// snapshot answers "acars-snapshot": messages, newest first.
type snapshot struct {
	Messages  []json.RawMessage `json:"messages"`
	Count     int               `json:"count"`
	Timestamp string            `json:"timestamp"`
}

// stats answers "acars-stats": what is remembered of the last 24 hours. Since says
// how far back that goes; null when there is nothing.
type stats struct {
	Total     int            `json:"total_24h"`
	ByLabel   map[string]int `json:"by_label"`
	Since     *string        `json:"since"`
	Timestamp string         `json:"timestamp"`
}

// requests adds what the remembered messages answer.
func requests(n *gateway.Namespace, h *hub.Hub) {
	gateway.Handle(n, "acars-snapshot", permission, func(_ context.Context, _ *gateway.Session, p snapshotParams) (snapshot, error) {
		now := time.Now()
		hours := bounded(p.Hours, defaultHours, maxHours)
		heard, err := since(h, now.Add(-time.Duration(hours*float64(time.Hour))))
		answer := snapshot{Messages: []json.RawMessage{}, Timestamp: wire.Timestamp(now)}
		limit := int(bounded(p.Limit, defaultMessages, maxMessages))
		for i := len(heard) - 1; i >= 0 && len(answer.Messages) < limit; i-- {
			answer.Messages = append(answer.Messages, heard[i].Change.Event.AppendJSON(nil, "id", now.UnixMilli()))
		}
		answer.Count = len(answer.Messages)
		return answer, err
	})
	gateway.Handle(n, "acars-stats", permission, func(context.Context, *gateway.Session, struct{}) (stats, error) {
		now := time.Now()
		heard, err := since(h, now.Add(-24*time.Hour))
		answer := stats{Total: len(heard), ByLabel: labels(heard), Timestamp: wire.Timestamp(now)}
		if len(heard) > 0 {
			oldest := wire.Timestamp(time.UnixMilli(heard[0].Time))
			answer.Since = &oldest
		}
		return answer, err
	})
}

// since gives the remembered messages that came after a moment, oldest first.
func since(h *hub.Hub, moment time.Time) ([]*feedlog.Entry, error) {
	all, err := h.Events(topicName)
	first, _ := slices.BinarySearchFunc(all, moment.UnixMilli(), func(e *feedlog.Entry, ms int64) int { return cmp.Compare(e.Time, ms) })
	return all[first:], err
}

// labels counts messages by label: the most frequent labels.
func labels(heard []*feedlog.Entry) map[string]int {
	count := map[string]int{}
	for _, e := range heard {
		var label string
		if json.Unmarshal([]byte(e.Change.Event.Fields.Get("label")), &label) == nil && label != "" {
			count[label]++
		}
	}
	names := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	for _, name := range names[min(len(names), maxLabels):] {
		delete(count, name)
	}
	return count
}

// bounded gives a number that was asked for, from 1 to most.
func bounded(asked *float64, otherwise, most float64) float64 {
	if asked == nil {
		return otherwise
	}
	return min(max(*asked, 1), most)
}
