package root

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/wire"
)

// trafficStats answers "aircraft-stats". An aircraft of which no altitude is known is
// in none of the bands: ground is below 500 ft, low below 10,000, medium below 30,000.
type trafficStats struct {
	Total        int            `json:"total"`
	WithPosition int            `json:"with_position"`
	Military     int            `json:"military"`
	Emergency    int            `json:"emergency"`
	Categories   map[string]int `json:"categories"`
	Bands        altitudeBands  `json:"altitude_bands"`
	Timestamp    string         `json:"timestamp"`
}

type altitudeBands struct {
	Ground int `json:"ground"`
	Low    int `json:"low"`
	Medium int `json:"medium"`
	High   int `json:"high"`
}

// topTraffic answers "aircraft-top": up to five of each.
type topTraffic struct {
	Closest   []json.RawMessage `json:"closest"`
	Fastest   []json.RawMessage `json:"fastest"`
	Highest   []json.RawMessage `json:"highest"`
	Timestamp string            `json:"timestamp"`
}

const topMost = 5

// trafficRequests adds what sums up the live aircraft.
func trafficRequests(n *gateway.Namespace, h *hub.Hub) {
	policy := Aircraft()
	gateway.Handle(n, "aircraft-stats", policy.Permission, func(context.Context, *gateway.Session, struct{}) (trafficStats, error) {
		all, _, err := h.Records(policy.Name)
		return sumUp(all, time.Now()), err
	})
	gateway.Handle(n, "aircraft-top", policy.Permission, func(context.Context, *gateway.Session, struct{}) (topTraffic, error) {
		all, _, err := h.Records(policy.Name)
		now := time.Now()
		number := func(name string) func(record.Fields) (float64, bool) {
			return func(f record.Fields) (float64, bool) { return record.Float(f.Get(name)) }
		}
		return topTraffic{
			Closest:   top(all, number("distance_nm"), +1, now),
			Fastest:   top(all, number("gs"), -1, now),
			Highest:   top(all, func(f record.Fields) (float64, bool) { return altitude(f.Get("alt")) }, -1, now),
			Timestamp: wire.Timestamp(now),
		}, err
	})
}

func sumUp(all []record.Record, now time.Time) trafficStats {
	s := trafficStats{Total: len(all), Categories: map[string]int{}, Timestamp: wire.Timestamp(now)}
	for _, r := range all {
		if r.Fields.Get("lat") != "" && r.Fields.Get("lon") != "" {
			s.WithPosition++
		}
		if r.Fields.Get("military") == "true" {
			s.Military++
		}
		if r.Fields.Get("emergency") == "true" {
			s.Emergency++
		}
		s.Categories[cmp.Or(record.Text(r.Fields.Get("category")), "Unknown")]++
		switch ft, known := altitude(r.Fields.Get("alt")); {
		case !known:
		case ft < 500:
			s.Bands.Ground++
		case ft < 10_000:
			s.Bands.Low++
		case ft < 30_000:
			s.Bands.Medium++
		default:
			s.Bands.High++
		}
	}
	return s
}

// top gives the first few of those with a position, by a number that they have.
func top(all []record.Record, by func(record.Fields) (float64, bool), sign float64, now time.Time) []json.RawMessage {
	type ranked struct {
		record.Record
		rank float64
	}
	var found []ranked
	for _, r := range all {
		if rank, known := by(r.Fields); known && r.Fields.Get("lat") != "" {
			found = append(found, ranked{r, sign * rank})
		}
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	first := make([]json.RawMessage, 0, topMost)
	for _, r := range found[:min(len(found), topMost)] {
		first = append(first, r.AppendJSON(nil, Aircraft().Key, now.UnixMilli()))
	}
	return first
}
