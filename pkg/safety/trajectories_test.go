package safety_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/recordings"
	"github.com/skygate-io/skygate/pkg/safety"
)

// Flights as they were recorded, of which some are noisy on purpose: a receiver
// whose clock jumps, a position that is spoofed, a landing with outliers.
func TestTrajectories(t *testing.T) {
	for name, want := range map[string][]string{
		"noisy_landing.json.gz":       nil,
		"noisy_spoofing.json.gz":      nil,
		"noisy_time_issue.json.gz":    nil,
		"border_control.json.gz":      nil,
		"aircraft_carrier.json.gz":    nil, // touch and go
		"inflight_refuelling.json.gz": nil,
		// Aerobatics: 1,300 ft up in 5 s, and down again.
		"zurich_airport.json.gz": {"4 extreme_vs 4B160E", "4 tcas_ra 4B160E"},
		// Fire-fighters in one circuit over a fire, for hours.
		"calfire.json.gz": {
			"11 proximity_conflict A53602 A53D70",
			"2 proximity_conflict A4ACF2 A51D5F",
			"2 proximity_conflict A51D5F A53D70",
			"3 proximity_conflict A515F1 A544DE",
			"1 proximity_conflict A4ACF2 A53D70",
			"1 proximity_conflict A5035E A50ACC",
			"1 proximity_conflict A5035E A544DE",
			"1 proximity_conflict A51D5F A53602",
			"1 tcas_ra A53602",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			s.jumps = true
			rows := trajectories(t, recordings.File(t, "adsb/trajectories/"+name))
			s.now = time.UnixMilli(int64(rows[0].number("timestamp")))
			s.begin = s.now
			for _, row := range rows {
				for now := time.UnixMilli(int64(row.number("timestamp"))); s.now.Before(now); {
					s.now = s.now.Add(min(time.Second, now.Sub(s.now)))
					s.keep(s.m.Tick(s.now))
				}
				s.observe(row.text("icao24"), row.fields(), s.now.UnixMilli())
			}
			slices.Sort(want)
			if diff := cmp.Diff(want, s.lives()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// lives counts what was told as new, by type and by who.
func (s *script) lives() []string {
	count := map[string]int{}
	for _, e := range s.events {
		if e.Action == safety.ActionNew {
			count[strings.TrimSpace(e.Type+" "+e.ICAO+" "+e.ICAO2)]++
		}
	}
	var all []string
	for _, what := range slices.Sorted(maps.Keys(count)) {
		all = append(all, fmt.Sprintf("%d %s", count[what], what))
	}
	slices.Sort(all)
	return all
}

// row is what one aircraft tells at a moment, by the names of the recordings.
type row map[string]any

func (r row) number(name string) float64 {
	v, _ := r[name].(float64)
	return v
}

func (r row) text(name string) string {
	v, _ := r[name].(string)
	return strings.ToUpper(v)
}

func (r row) fields() record.Fields {
	var f record.Fields
	for name, field := range map[string]string{
		"latitude": "lat", "longitude": "lon", "altitude": "alt_baro", "geoaltitude": "alt_geom",
		"groundspeed": "gs", "track": "track", "vertical_rate": "baro_rate",
	} {
		if v, ok := r[name].(float64); ok {
			f.Set(field, record.Number(v, 6))
		}
	}
	if r["onground"] == true {
		f.Set("alt_baro", `"ground"`)
	}
	f.Set("squawk", record.String(r.text("squawk")))
	return f
}

// trajectories reads a recording, rows or columns, in the order of time.
func trajectories(t *testing.T, path string) []row {
	t.Helper()
	data := recordings.Read(t, path)
	var rows []row
	if json.Unmarshal(data, &rows) != nil {
		var columns map[string]map[string]any
		if err := json.Unmarshal(data, &columns); err != nil {
			t.Fatal(err)
		}
		rows = make([]row, len(columns["timestamp"]))
		for i := range rows {
			rows[i] = row{}
			for name, column := range columns {
				rows[i][name] = column[strconv.Itoa(i)]
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return int(a.number("timestamp") - b.number("timestamp")) })
	return rows
}
