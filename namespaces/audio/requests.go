package audio

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/wire"
)

// The bounds of what is answered.
const (
	defaultLimit, maxLimit = 50, 500
	maxFrequencies         = 10
)

// wanted are the params of "transmissions": all that are given must hold.
type wanted struct {
	Frequency json.RawMessage `json:"frequency"` // MHz
	Channel   string          `json:"channel_name"`
	Status    string          `json:"transcription_status"`
	Limit     json.RawMessage `json:"limit"`
}

// stats answers "stats", of what is remembered.
type stats struct {
	Total     int            `json:"total_transmissions"`
	LastDay   int            `json:"last_24h"`
	Seconds   float64        `json:"total_duration_seconds"`
	Statuses  map[string]int `json:"status_counts"`
	Frequent  []frequency    `json:"top_frequencies"`
	Timestamp string         `json:"timestamp"`
}

type frequency struct {
	MHz   float64 `json:"frequency_mhz"`
	Count int     `json:"count"`
}

func requests(n *gateway.Namespace, lib *library) {
	gateway.Handle(n, "transmissions", permission, func(_ context.Context, _ *gateway.Session, p wanted) ([]item, error) {
		known, err := lib.known()
		if err != nil {
			return nil, err
		}
		return p.of(known)
	})
	gateway.Handle(n, "transmission", permission, func(_ context.Context, _ *gateway.Session, p struct {
		ID json.RawMessage `json:"id"`
	}) (item, error) {
		id := strings.Trim(string(p.ID), `"`)
		if id == "" || id == "null" {
			return nil, gateway.Errorf(gateway.CodeInvalidParams, "Missing id parameter")
		}
		known, err := lib.known()
		return known.byID[id], err
	})
	gateway.Handle(n, "stats", permission, func(context.Context, *gateway.Session, struct{}) (stats, error) {
		known, err := lib.known()
		return known.stats(time.Now()), err
	})
}

// of gives those that are wanted, newest first.
func (p wanted) of(known *items) ([]item, error) {
	limit := float64(defaultLimit)
	if given(p.Limit) {
		v, ok := number(p.Limit)
		if !ok {
			return nil, gateway.Errorf(gateway.CodeInvalidParams, "limit: expected a number")
		}
		limit = min(max(v, 1), maxLimit)
	}
	mhz, byFrequency := number(p.Frequency)
	if given(p.Frequency) && !byFrequency {
		return nil, gateway.Errorf(gateway.CodeInvalidParams, "frequency: expected a number (MHz)")
	}
	byFrequency = byFrequency && given(p.Frequency)
	return known.newest(int(limit), func(i item) bool {
		if byFrequency {
			if v, ok := number(i["frequency_mhz"]); !ok || math.Abs(v-mhz) > 0.0005 {
				return false
			}
		}
		return strings.Contains(strings.ToLower(i.text("channel_name")), strings.ToLower(p.Channel)) &&
			(p.Status == "" || i.text("transcription_status") == p.Status)
	}), nil
}

func given(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// stats counts the transmissions.
func (a *items) stats(now time.Time) stats {
	out := stats{Total: len(a.order), Statuses: map[string]int{}, Frequent: []frequency{}, Timestamp: wire.Timestamp(now)}
	count := map[float64]int{}
	for _, one := range a.byID {
		if at, err := time.Parse(time.RFC3339, one.text("created_at")); err != nil || now.Sub(at) <= 24*time.Hour {
			out.LastDay++
		}
		if v, ok := number(one["duration_seconds"]); ok {
			out.Seconds += v
		}
		if status := one.text("transcription_status"); status != "" {
			out.Statuses[status]++
		}
		if v, ok := number(one["frequency_mhz"]); ok && one.has("frequency_mhz") {
			count[v]++
		}
	}
	for _, mhz := range slices.Sorted(maps.Keys(count)) {
		out.Frequent = append(out.Frequent, frequency{mhz, count[mhz]})
	}
	slices.SortStableFunc(out.Frequent, func(a, b frequency) int { return cmp.Compare(b.Count, a.Count) })
	out.Frequent = out.Frequent[:min(len(out.Frequent), maxFrequencies)]
	return out
}
