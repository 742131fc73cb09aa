package stats

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/geo"
)

func ptr(v float64) *float64 { return &v }

func TestATick(t *testing.T) {
	w := &world{load: ptr(0.42), mem: ptr(41.2), sources: []Source{source("roof", feed.Delivering, 10, 1000)}}
	w.plane("A1", `lat=50 lon=8 alt=35000 rssi=-10 distance_nm=120.4 military=true`)
	w.plane("A2", `lat=50 lon=9 alt="ground" rssi=-21.1 distance_nm=3.2 military=false`)
	w.plane("A3", `alt=1000 military=false`)
	m := New(DefaultConfig(), w)

	told := m.Step(noon)
	want := []string{`stats:tick {"id":"tick",` +
		`"point":{"ts":"2026-11-21T12:00:00.000Z","aircraft":3,"msg_rate":null,"max_range_nm":120.4,"load":0.42,"mem":41.2},` +
		`"reception":{"max_range_nm":120.4,"avg_rssi":-15.6},` +
		`"system":{"load":0.42,"mem":41.2,"adsb_online":true,"celery_ok":true},` +
		`"traffic":{"aircraft":3,"with_position":2,"military":1,"msg_rate":null},` +
		`"ts":"2026-11-21T12:00:00.000Z"}`}
	if d := cmp.Diff(want, texts(told.Stats[:1])); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	want = []string{`aircraft:heartbeat {"id":"heartbeat","aircraft_count":3,"count":3,"timestamp":"2026-11-21T12:00:00.000Z"}`}
	if d := cmp.Diff(want, texts(told.Beside)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}

	w.sources[0].Messages = 9124
	w.planes = nil
	w.load, w.mem = nil, nil
	for second := 1; second < 10; second++ {
		if told := m.Step(noon.Add(time.Duration(second) * time.Second)); told.Stats != nil || told.Beside != nil || told.ACARS != nil {
			t.Errorf("after %d s: %v", second, told)
		}
	}
	told = m.Step(noon.Add(10 * time.Second))
	want = []string{`stats:tick {"id":"tick",` +
		`"point":{"ts":"2026-11-21T12:00:10.000Z","aircraft":0,"msg_rate":812.4,"max_range_nm":0,"load":null,"mem":null},` +
		`"reception":{"max_range_nm":0,"avg_rssi":null},` +
		`"system":{"load":null,"mem":null,"adsb_online":true,"celery_ok":true},` +
		`"traffic":{"aircraft":0,"with_position":0,"military":0,"msg_rate":812.4},` +
		`"ts":"2026-11-21T12:00:10.000Z"}`}
	if d := cmp.Diff(want, texts(told.Stats[:1])); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// Ticks keep their times when a step is late, and go on when the clock was set.
func TestTicksKeepTime(t *testing.T) {
	for name, tc := range map[string]struct{ steps, ticks []float64 }{ // seconds
		"in time":       {[]float64{0, 1, 9, 10, 11, 20}, []float64{0, 10, 20}},
		"a little late": {[]float64{0, 10.7, 20.1, 30.4}, []float64{0, 10.7, 20.1, 30.4}},
		"a long pause":  {[]float64{0, 95, 96, 105, 106}, []float64{0, 95, 105}},
		"set back":      {[]float64{0, 1, -3600, -3599, -3590}, []float64{0, -3600, -3590}},
		"set forward":   {[]float64{0, 3600, 3601, 3610}, []float64{0, 3600, 3610}},
	} {
		t.Run(name, func(t *testing.T) {
			m, got := New(DefaultConfig(), &world{}), []float64(nil)
			for _, s := range tc.steps {
				if told := m.Step(noon.Add(time.Duration(s * float64(time.Second)))); told.Beside != nil {
					got = append(got, s)
				}
			}
			if !slices.Equal(got, tc.ticks) {
				t.Errorf("ticks after %v, want %v", got, tc.ticks)
			}
		})
	}
}

// Figures are told when they are due and have changed, and now and again.
func TestWhenFiguresAreTold(t *testing.T) {
	w := &world{}
	m := New(DefaultConfig(), w)
	step := func(after time.Duration, want ...string) {
		t.Helper()
		if d := cmp.Diff(want, kindsOf(m.Step(noon.Add(after)))); d != "" {
			t.Errorf("after %v (-want +got):\n%s", after, d)
		}
	}
	step(0, "aircraft", "top", "safety", "tracking_quality", "geographic")
	step(10 * time.Second) // still nobody there, as is known
	w.plane("A1", `alt=1000 r="D-ABCD"`)
	step(20*time.Second, "aircraft", "top", "geographic") // the first is no news in a minute
	w.plane("A2", `alt=1000`)
	step(30 * time.Second)
	step(70 * time.Second)
	step(80*time.Second, "aircraft", "top")
	w.acars = append(w.acars, happened(noon.Add(90*time.Second), "acars:message", "1", `label="H1"`))
	step(140*time.Second, "acars_stats", "tracking_quality", "geographic")
	step(260 * time.Second)
	w.acars = nil
	step(320*time.Second, "acars_stats") // none any more: that is told, too
	step(620*time.Second, "safety")
	step(680*time.Second, "aircraft", "top")
	step(740*time.Second, "tracking_quality", "geographic")
}

func TestHealth(t *testing.T) {
	w := &world{sources: []Source{source("roof", feed.Starting, 0, 0), source("barn", feed.Delivering, 0, 0)}}
	m := New(DefaultConfig(), w)
	step := func(second int, want ...string) {
		t.Helper()
		var got []string
		for _, text := range texts(m.Step(noon.Add(time.Duration(second) * time.Second)).Stats) {
			if text[:len(healthEvent)] == healthEvent {
				got = append(got, text)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("after %d s (-want +got):\n%s", second, d)
		}
	}
	step(0) // who has yet to begin has not stopped
	w.sources[0].State = feed.Delivering
	step(1)
	w.sources[1].State = feed.Failing
	step(2, `system:health {"id":"health","issue":"stale_sources","stale_sources":[{"name":"barn","kind":"readsb","state":"failing"}],"status":"degraded","timestamp":"2026-11-21T12:00:02.000Z"}`)
	step(3)
	w.sources[0].State = feed.Stale
	step(4, `system:health {"id":"health","issue":"stale_sources","stale_sources":[{"name":"roof","kind":"readsb","state":"stale"},{"name":"barn","kind":"readsb","state":"failing"}],"status":"degraded","timestamp":"2026-11-21T12:00:04.000Z"}`)
	w.sources[0].State, w.sources[1].State = feed.Delivering, feed.Delivering
	if !online(w.sources) || online([]Source{{Name: "acars", Status: feed.Status{State: feed.Delivering}}}) {
		t.Error("online is who delivers aircraft")
	}
	healthy := `system:health {"id":"health","issue":null,"stale_sources":[],"status":"healthy","timestamp":"2026-11-21T12:`
	step(5, healthy+`00:05.000Z"}`)
	step(604)
	step(605, healthy+`10:05.000Z"}`) // before the topic forgets it
}

// The figures of the antenna are told beside the aircraft, too, and nothing of an
// antenna whose place is not known.
func TestAntennaIsToldBeside(t *testing.T) {
	w := &world{}
	w.plane("A1", `lat=51 lon=8 distance_nm=60 rssi=-10`+heardAt(noon))
	m := New(DefaultConfig(), w)
	if told := m.Step(noon); len(told.Beside) != 1 || figures(t, told, "antenna_analytics") != nil {
		t.Errorf("without a receiver: %v", texts(told.Beside))
	}
	w.receiver = &geo.Point{Lat: 50, Lon: 8}
	m = New(DefaultConfig(), w)
	told := m.Step(noon)
	f := figures(t, told, "antenna_analytics")
	if f == nil || len(told.Beside) != 2 {
		t.Fatalf("%v", texts(told.Beside))
	}
	beside := told.Beside[1]
	if beside.Name != "antenna:analytics_update" || beside.Fields.Get("total_positions") != "1" || beside.Fields.Get("max_range_by_direction") != `{"0":60}` {
		t.Errorf("%v", texts(told.Beside))
	}
	if at(t, f, "total_positions") != 1.0 || at(t, f, "polar.bearing_data.0.max_distance_nm") != 60.0 {
		t.Errorf("%v", f)
	}
	m.Step(noon.Add(10 * time.Second)) // the same position, not heard anew
	told = m.Step(noon.Add(300 * time.Second))
	if f := figures(t, told, "antenna_analytics"); f != nil {
		t.Errorf("told again: %v", f)
	}
}

// Of several processes one tells; another that takes over tells all there is at once.
func TestOneOfSeveralTells(t *testing.T) {
	w := &world{follows: true, sources: []Source{source("roof", feed.Failing, 0, 0)}}
	m := New(DefaultConfig(), w)
	for second, leads := range []bool{false, false, true, true, false, true} {
		w.follows = !leads
		told := m.Step(noon.Add(time.Duration(second) * time.Second))
		all := leads && second != 3 // it has just begun to
		if got := len(told.Stats); (got == 7) != all || (got > 0 && !all) || (len(told.Beside) > 0) != all {
			t.Errorf("after %d s: %d events, and %d beside", second, got, len(told.Beside))
		}
	}
}
