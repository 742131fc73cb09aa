package stats

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/geo"
)

// told are the figures that a world shows.
func toldOf(t *testing.T, w *world, kind string, steps ...time.Duration) map[string]any {
	t.Helper()
	m := New(DefaultConfig(), w)
	var last map[string]any
	for _, after := range append([]time.Duration{0}, steps...) {
		if f := figures(t, m.Step(noon.Add(after)), kind); f != nil {
			last = f
		}
	}
	return last
}

func wantAt(t *testing.T, f map[string]any, want map[string]any) {
	t.Helper()
	for path, v := range want {
		if n, ok := v.(int); ok {
			v = float64(n)
		}
		if d := gocmp.Diff(v, at(t, f, path)); d != "" {
			t.Errorf("%s (-want +got):\n%s", path, d)
		}
	}
}

func TestAircraft(t *testing.T) {
	w := &world{}
	w.plane("A1", `lat=50 lon=8 alt="ground" alt_baro="ground" gs=0 distance_nm=3 category="A3" military=true squawk="1000"`)
	w.plane("A2", `lat=50 lon=9 alt=9999 alt_baro=9999 gs=199.9 distance_nm=24.9 category="A3" squawk="7700" flight="KLM23"`)
	w.plane("A3", `alt=10000 gs=200 distance_nm=25 squawk="7600"`)
	w.plane("A4", `alt=30000 gs=400 distance_nm=50`)
	w.plane("A5", `alt_geom=29999 gs=fast distance_nm=100 category=7`)
	w.plane("A6", `alt=-50 lat=91 lon=0`)
	f := toldOf(t, w, "aircraft")
	wantAt(t, f, map[string]any{
		"total": 6, "with_position": 2, "military": 1,
		"altitude.ground": 2, "altitude.low": 1, "altitude.medium": 2, "altitude.high": 1,
		"distance.close": 2, "distance.near": 1, "distance.mid": 1, "distance.far": 1,
		"speed.slow": 1, "speed.medium": 1, "speed.fast": 1,
		"categories": map[string]any{"A3": 2.0, "unknown": 4.0},
		"emergency":  []any{map[string]any{"hex": "A2", "flight": "KLM23", "squawk": "7700"}, map[string]any{"hex": "A3", "flight": nil, "squawk": "7600"}},
		"timestamp":  "2026-11-21T12:00:00.000Z",
	})
}

func TestTop(t *testing.T) {
	w := &world{}
	for i := range 9 {
		w.plane(fmt.Sprint("A", i), fmt.Sprintf(`lat=50 lon=8 alt_baro=%d gs=%d distance_nm=%d baro_rate=%d military=%v`,
			1000*i, 100+i, 10*i, (i-6)*64, i%2 == 0))
	}
	w.plane("B1", `distance_nm=0 flight="FAR"`) // without a position
	f := toldOf(t, w, "top")
	hexes := func(name string) (out []string) {
		for _, a := range at(t, f, name).([]any) {
			out = append(out, a.(map[string]any)["hex"].(string))
		}
		return out
	}
	for name, want := range map[string][]string{
		"closest":  {"A0", "A1", "A2", "A3", "A4"},
		"highest":  {"A8", "A7", "A6", "A5", "A4"},
		"fastest":  {"A8", "A7", "A6", "A5", "A4"},
		"climbing": {"A0", "A1", "A2", "A3", "A4"},
		"military": {"A0", "A2", "A4", "A6", "A8"},
	} {
		if got := hexes(name); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	wantAt(t, f, map[string]any{"total": 10, "closest.1": map[string]any{
		"hex": "A1", "flight": nil, "alt_baro": 1000.0, "gs": 101.0, "baro_rate": -320.0, "distance_nm": 10.0,
		"lat": 50.0, "lon": 8.0, "category": nil, "dbFlags": 0.0,
	}})
}

// A ranking is what sorting all of them gives.
func TestRankingIsThatOfASort(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var all, first ranking
		for i := range dice.IntN(12) {
			a := aircraft{key: fmt.Sprint(i)}
			score := float64(dice.IntN(6))
			all = append(all, rank{score, a})
			first.add(score, &a)
		}
		slices.SortFunc(all, func(a, b rank) int {
			return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.plane.key, b.plane.key))
		})
		want := all[:min(len(all), ranked)]
		if !slices.EqualFunc(want, first, func(a, b rank) bool { return a.plane.key == b.plane.key }) {
			t.Fatalf("%v, want %v", first, want)
		}
	}
}

func TestSafety(t *testing.T) {
	event := func(ago time.Duration, name, key, severity string) *feedlog.Entry {
		began := noon.Add(-ago)
		return happened(began, name, key, fmt.Sprintf(`event_type="tcas_ra" severity=%q icao_hex=%q timestamp=%q`, severity, key[:1], began.Format(time.RFC3339)))
	}
	w := &world{safety: []*feedlog.Entry{
		event(25*time.Hour, "safety:event", "old", "critical"),
		event(2*time.Hour, "safety:event", "a", "warning"),
		event(time.Hour, "safety:event", "b", "warning"),
		event(time.Hour, "safety:event_updated", "b", "critical"),
		event(time.Hour, "safety:event_resolved", "b", "critical"),
		event(time.Minute, "safety:event", "aa", "low"),
	}}
	wantAt(t, toldOf(t, w, "safety"), map[string]any{
		"total_events": 3, "unique_aircraft": 2, "event_rate_per_hour": 0.13, "time_range_hours": 24,
		"events_by_type": map[string]any{"tcas_ra": 3.0}, "events_by_severity": map[string]any{"warning": 1.0, "critical": 1.0, "low": 1.0},
		"events_by_type_severity.tcas_ra.critical": 1,
		"events_by_hour.0.hour":                    "2026-11-21T10:00:00.000Z", "events_by_hour.0.warning": 1,
		"events_by_hour.1.critical": 1, "events_by_hour.1.count": 2, "events_by_hour.1.low": 1,
	})
}

func TestACARS(t *testing.T) {
	message := func(ago time.Duration, fields string) *feedlog.Entry {
		return happened(noon.Add(-ago), "acars:message", "m", fields)
	}
	w := &world{acars: []*feedlog.Entry{
		message(2*time.Hour, `label="H1"`),
		message(time.Minute, `label="H1" source="acars" frequency=131.55 text="HELLO"`),
		message(time.Minute, `label="H1" source="acars" frequency=131.55 text="" label_info={"name":"Data","description":"x"}`),
		message(time.Minute, `source="vdlm2" frequency=null text=null`),
		happened(noon, "acars:update", "acars_stats", ""),
	}}
	f := toldOf(t, w, "acars_stats")
	wantAt(t, f, map[string]any{
		"total_messages": 3, "time_range_hours": 1, "by_source": map[string]any{"acars": 2.0, "vdlm2": 1.0},
		"by_label.0":            map[string]any{"label": "H1", "count": 2.0, "name": "Data", "description": "x"},
		"by_label.1.label":      "unknown",
		"top_frequencies":       []any{map[string]any{"frequency": 131.55, "count": 2.0, "frequency_mhz": "131.550"}},
		"messages_with_content": 1, "content_percentage": 33.3,
	})
}

func TestGeographic(t *testing.T) {
	w := &world{}
	w.plane("A1", `r="D-ABCD" flight="DLH123__" military=true`)
	w.plane("A2", `r="D-AIXX" flight="DLH9A"`)
	w.plane("A3", `r="N123AB" flight="N123AB"`)
	w.plane("A4", `r="?"`)
	wantAt(t, toldOf(t, w, "geographic"), map[string]any{
		"countries_breakdown.0": map[string]any{"country": "Germany", "count": 2.0, "percentage": 66.7}, "countries_breakdown.1.country": "United States",
		"countries.0.count": 2, "airlines": []any{map[string]any{"code": "DLH", "count": 2.0}},
		"operators_frequency.0.aircraft_count": 2, "military_breakdown.0.military_pct": 50, "military_breakdown.1.civilian_count": 1,
		"summary.total_unique_aircraft": 4, "summary.aircraft_with_info": 3, "summary.info_coverage_pct": 75, "summary.total_countries": 2, "summary.total_operators": 1,
	})
}

func TestNames(t *testing.T) {
	for registration, want := range map[string]string{
		"D-ABCD": "Germany", "HB-JCA": "Switzerland", "n1": "United States", "N": "", "NX": "", "N0": "", "JA123A": "Japan", "HL7777": "South Korea",
		"C-FABC": "Canada", "G-": "", "-": "", "": "", "XX-1": "", "CN-ROH": "Morocco", " d-aaaa ": "Germany", "3A-MAB": "",
	} {
		if got := countryOf(registration); got != want {
			t.Errorf("country of %q: %q, want %q", registration, got, want)
		}
	}
	for callsign, want := range map[string]string{
		"KLM23": "KLM", "KLM23   ": "KLM", "KL1234": "", "KLM": "", "DABCD": "", "klm23": "", "KLM2": "KLM", "KLM123456": "", "": "", "N123AB": "",
	} {
		if got := operatorOf(callsign); got != want {
			t.Errorf("operator of %q: %q, want %q", callsign, got, want)
		}
	}
}

func TestTrackingQuality(t *testing.T) {
	w := &world{}
	m := New(DefaultConfig(), w)
	var f map[string]any
	for i := range 13 { // a look every ten seconds, of which the last is told
		now := noon.Add(time.Duration(i) * 10 * time.Second)
		w.plane("A1", `lat=50 lon=8 rssi=-10`+heardAt(now))
		w.plane("A2", `lat=50 lon=8`+heardAt(now.Add(-time.Duration(i%2)*10*time.Second))) // every other tick
		w.plane("A3", `rssi=-20`)
		if i == 12 {
			w.plane("A4", `lat=50 lon=8`+heardAt(now)) // too new
		}
		if told := figures(t, m.Step(now), "tracking_quality"); told != nil {
			f = told
		}
	}
	wantAt(t, f, map[string]any{
		"total_sessions_analyzed": 3, "completeness.avg_score": 51.3,
		"quality_breakdown": map[string]any{"excellent": 1.0, "good": 0.0, "fair": 1.0, "poor": 1.0}, "completeness.fair_count": 1,
		"tracking_quality.overall_score": 51.3, "tracking_quality.coverage_pct": 75, "tracking_quality.avg_rssi": -15,
	})
	w.planes = nil
	m.Step(noon.Add(130 * time.Second))
	if n := len(m.planes); n != 0 {
		t.Errorf("%d aircraft are remembered that are gone", n)
	}
}

// The figures of the antenna are those of the positions, counted one by one.
func TestAntennaCountsPositions(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 4))
	here := geo.Point{Lat: 50, Lon: 8}
	w := &world{receiver: &here}
	m := New(DefaultConfig(), w)
	type position struct {
		at       time.Time
		key      string
		nm, rssi float64
		sector   int
	}
	var all []position
	var f map[string]any
	last := noon
	for i := range 400 { // of over an hour the last counts
		now := noon.Add(time.Duration(i) * 10 * time.Second)
		for k := range 20 {
			if dice.IntN(3) > 0 {
				continue
			}
			bearing, nm := dice.Float64()*360, math.Round(dice.Float64()*1800)/10
			p := geo.Destination(here, bearing, nm)
			rssi := math.Round(-10 - nm/10)
			key := fmt.Sprint("A", k)
			w.plane(key, fmt.Sprintf("lat=%v lon=%v distance_nm=%v rssi=%v", p.Lat, p.Lon, nm, rssi)+heardAt(now))
			all = append(all, position{now, key, nm, rssi, int(geo.BearingDeg(here, p) / 10)})
		}
		if told := figures(t, m.Step(now), "antenna_analytics"); told != nil {
			f, last = told, now
		}
	}
	start := last.Truncate(5 * time.Minute).Add(-55 * time.Minute)
	var count [36]int
	var sum, rssi, farthest float64
	n := 0
	keys := map[string]bool{}
	var distances []float64
	for _, p := range all {
		if p.at.Before(start) || p.at.After(last) {
			continue
		}
		n++
		count[p.sector]++
		sum, rssi, farthest = sum+p.nm, rssi+p.rssi, max(farthest, p.nm)
		keys[p.key] = true
		distances = append(distances, p.nm)
	}
	slices.Sort(distances)
	for i, c := range count {
		if got := f["polar"].(map[string]any)["bearing_data"].([]any)[i].(map[string]any)["count"]; got != float64(c) {
			t.Errorf("sector %d: %v, want %d", i, got, c)
		}
	}
	wantAt(t, f, map[string]any{
		"total_positions": n, "polar.summary.total_sightings": n, "unique_aircraft": len(keys), "overall_max_range": farthest,
		"avg_range": math.Round(sum/float64(n)*10) / 10, "avg_rssi": math.Round(rssi/float64(n)*10) / 10,
		"sectors_with_data": 12, "coverage_percentage": 100, "rssi.sample_size": 20, "summary.range.max_nm": farthest,
	})
	for p, of := range map[string]float64{"p50": .5, "p75": .75, "p90": .9, "p95": .95} {
		want := distances[int(math.Ceil(of*float64(n)))-1]
		got := at(t, f, "range_percentiles."+p).(float64)
		if got < want || got > want+stepNM {
			t.Errorf("%s is %v, the distance is %v", p, got, want)
		}
	}
	if slope := at(t, f, "rssi.trend_line.slope").(float64); math.Abs(slope+0.1) > 0.005 {
		t.Errorf("the signal falls by %v dB a mile, want 0.1", -slope)
	}
}

func TestRates(t *testing.T) {
	for name, tc := range map[string]struct {
		before, after []Source
		want          *float64
	}{
		"a receiver's own":   {[]Source{source("a", feed.Delivering, 5, 100)}, []Source{source("a", feed.Delivering, 50, 1100)}, ptr(100)},
		"counted":            {[]Source{source("a", feed.Delivering, 5, 0)}, []Source{source("a", feed.Delivering, 50, 0)}, ptr(4.5)},
		"of several":         {[]Source{source("a", feed.Delivering, 0, 100), source("b", feed.Delivering, 0, 0)}, []Source{source("a", feed.Delivering, 9, 200), source("b", feed.Delivering, 50, 0)}, ptr(15)},
		"begun anew":         {[]Source{source("a", feed.Delivering, 0, 5000)}, []Source{source("a", feed.Delivering, 0, 30)}, ptr(3)},
		"the first total":    {[]Source{source("a", feed.Starting, 0, 0)}, []Source{source("a", feed.Delivering, 20, 34_887_802)}, ptr(2)},
		"silence":            {[]Source{source("a", feed.Delivering, 7, 100)}, []Source{source("a", feed.Failing, 7, 100)}, ptr(0)},
		"nothing to hear by": {nil, nil, nil},
		"of something else":  {[]Source{{Name: "acars"}}, []Source{{Name: "acars", Status: feed.Status{Records: 50}}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var r rates
			if first := r.next(tc.before, noon); first != nil {
				t.Errorf("the first is %v", *first)
			}
			if d := gocmp.Diff(tc.want, r.next(tc.after, noon.Add(10*time.Second))); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if again := r.next(tc.after, noon.Add(10*time.Second)); again != nil {
				t.Errorf("in no time: %v", *again)
			}
		})
	}
}

func TestMachine(t *testing.T) {
	for text, want := range map[string]*float64{
		"0.42 0.36 0.30 1/123 4567\n": ptr(0.42), "12.345 0 0": ptr(12.35), "": nil, "x y": nil, "NaN 1": nil, "-1 2": nil, "+Inf": nil,
	} {
		if d := gocmp.Diff(want, loadOf(text)); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	}
	for text, want := range map[string]*float64{
		"MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    250 kB\n": ptr(75),
		"MemTotal: 0 kB\nMemAvailable: 0 kB\n":                              nil,
		"MemTotal: 10 kB\n":                                                 nil,
		"MemAvailable: 10 kB\n":                                             nil,
		"MemTotal: 10 kB\nMemAvailable: 11 kB\n":                            nil,
		"MemTotal:\nMemAvailable: x kB\n":                                   nil,
		"":                                                                  nil,
	} {
		if d := gocmp.Diff(want, memOf(text)); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	}
	if load, mem := Machine(t.TempDir()); load != nil || mem != nil {
		t.Errorf("of an empty folder: %v, %v", *load, *mem)
	}
}

func TestConfig(t *testing.T) {
	c := DefaultConfig()
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*Config){
		"tick: 0s is out of range: from 1s to 1m":        func(c *Config) { c.Tick = 0 },
		"update: 1h0m0s is out of range: from 1s to 10m": func(c *Config) { c.Update = time.Hour },
		"quality: 0s is out of range: from 1s to 10m":    func(c *Config) { c.Quality = 0 },
		"antenna: 1s is out of range: from 5s to 10m":    func(c *Config) { c.Antenna = time.Second },
	} {
		c := DefaultConfig()
		change(&c)
		if err := c.Validate(); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Whatever a record holds, what is told of it is JSON.
func FuzzFigures(f *testing.F) {
	f.Add("A1", "flight", `"KLM23"`, "lat", "50", "lon", "8")
	f.Add("~\xff", "category", `"\ud800"`, "distance_nm", "1e308", "squawk", `"7700"`)
	f.Add("", "gs", "{", "baro_rate", "-1e300", "rssi", "1e308")
	f.Fuzz(func(t *testing.T, key, n1, v1, n2, v2, n3, v3 string) {
		w := &world{receiver: &geo.Point{Lat: 50, Lon: 8}}
		w.plane(key, `lat=50 lon=8`)
		fields := w.planes[key]
		fields.Set(n1, v1)
		fields.Set(n2, v2)
		fields.Set(n3, v3)
		w.planes[key] = fields
		w.plane("other", `lat=51 lon=9 rssi=-3`)
		told := New(DefaultConfig(), w).Step(noon)
		for _, e := range slices.Concat(told.Stats, told.Beside) {
			if raw := e.AppendJSON(nil, "id", 0); !json.Valid(raw) {
				t.Errorf("%s: %s", e.Name, raw)
			}
		}
		if len(told.Stats) != 7 {
			t.Errorf("%d events", len(told.Stats))
		}
	})
}
