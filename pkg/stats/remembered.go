package stats

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/wire"
)

// safetyFigures are counts of the safety events that are remembered: kind "safety".
// Of one event that is told several times the newest counts.
type safetyFigures struct {
	MonitoringEnabled bool                      `json:"monitoring_enabled"`
	Hours             int                       `json:"time_range_hours"`
	ByType            map[string]int            `json:"events_by_type"`
	BySeverity        map[string]int            `json:"events_by_severity"`
	ByBoth            map[string]map[string]int `json:"events_by_type_severity"`
	Total             int                       `json:"total_events"`
	Aircraft          int                       `json:"unique_aircraft"`
	Rate              float64                   `json:"event_rate_per_hour"`
	ByHour            []hour                    `json:"events_by_hour"`
}

type hour struct {
	Hour     string `json:"hour"`
	Count    int    `json:"count"`
	Critical int    `json:"critical"`
	Warning  int    `json:"warning"`
	Low      int    `json:"low"`
}

const safetyHours = 24

func safetyOf(all []*feedlog.Entry, now time.Time) *safetyFigures {
	f := &safetyFigures{
		MonitoringEnabled: true, Hours: safetyHours, ByHour: []hour{},
		ByType: map[string]int{}, BySeverity: map[string]int{}, ByBoth: map[string]map[string]int{},
	}
	seen, aircraft, hours := map[string]bool{}, map[string]bool{}, map[int64]*hour{}
	oldest := now.Add(-safetyHours * time.Hour).UnixMilli()
	for _, e := range slices.Backward(all) {
		event := e.Change.Event
		if e.Time < oldest || seen[event.Key] || !strings.HasPrefix(event.Name, "safety:event") {
			continue
		}
		seen[event.Key] = true
		f.Total++
		kind, severity := text(event, "event_type"), text(event, "severity")
		f.ByType[kind]++
		f.BySeverity[severity]++
		if f.ByBoth[kind] == nil {
			f.ByBoth[kind] = map[string]int{}
		}
		f.ByBoth[kind][severity]++
		aircraft[text(event, "icao_hex")] = true
		began := e.Time
		if at, err := time.Parse(time.RFC3339, text(event, "timestamp")); err == nil {
			began = at.UnixMilli()
		}
		start := began - began%time.Hour.Milliseconds()
		if hours[start] == nil {
			hours[start] = &hour{Hour: wire.Timestamp(time.UnixMilli(start))}
		}
		hours[start].add(severity)
	}
	for _, h := range hours {
		f.ByHour = append(f.ByHour, *h)
	}
	slices.SortFunc(f.ByHour, func(a, b hour) int { return cmp.Compare(a.Hour, b.Hour) })
	f.Aircraft, f.Rate = len(aircraft), round(float64(f.Total)/safetyHours, 2)
	return f
}

func (h *hour) add(severity string) {
	h.Count++
	switch severity {
	case "critical":
		h.Critical++
	case "warning":
		h.Warning++
	case "low":
		h.Low++
	}
}

// text is a field that is a string.
func text(e *record.Event, name string) string { return record.Text(e.Fields.Get(name)) }

// acarsFigures are counts of the messages that are remembered: kind "acars_stats".
type acarsFigures struct {
	Total       int            `json:"total_messages"`
	Hours       int            `json:"time_range_hours"`
	BySource    map[string]int `json:"by_source"`
	ByLabel     []label        `json:"by_label"`
	Frequencies []frequency    `json:"top_frequencies"`
	WithContent int            `json:"messages_with_content"`
	Content     float64        `json:"content_percentage"`
}

type label struct {
	Label       string `json:"label"`
	Count       int    `json:"count"`
	Name        string `json:"name"`
	Description string `json:"description"`
}

type frequency struct {
	Frequency float64 `json:"frequency"` // MHz
	Count     int     `json:"count"`
	MHz       string  `json:"frequency_mhz"`
}

// What the figures of messages list, and how far back they go.
const (
	acarsHours      = 1
	mostLabels      = 20
	mostFrequencies = 10
)

func acarsOf(all []*feedlog.Entry, now time.Time) *acarsFigures {
	f := &acarsFigures{Hours: acarsHours, BySource: map[string]int{}}
	labels, frequencies := map[string]*label{}, map[string]*frequency{}
	oldest := now.Add(-acarsHours * time.Hour).UnixMilli()
	for _, e := range all {
		event := e.Change.Event
		if e.Time < oldest || event.Name != "acars:message" {
			continue
		}
		f.Total++
		if source := text(event, "source"); f.BySource[source] > 0 || len(f.BySource) < maxListed {
			f.BySource[source]++
		}
		if strings.TrimSpace(text(event, "text")) != "" {
			f.WithContent++
		}
		countLabel(labels, event)
		if raw := event.Fields.Get("frequency"); raw != "" {
			if mhz, ok := record.Float(raw); ok {
				if frequencies[raw] == nil {
					frequencies[raw] = &frequency{Frequency: mhz, MHz: fixed(mhz)}
				}
				frequencies[raw].Count++
			}
		}
	}
	f.Content = share(f.WithContent, f.Total)
	f.ByLabel = most(labels, mostLabels, func(l *label) (int, string) { return l.Count, l.Label })
	f.Frequencies = most(frequencies, mostFrequencies, func(q *frequency) (int, string) { return q.Count, q.MHz })
	return f
}
