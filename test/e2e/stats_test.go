package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/eventually"
)

// figures are a tick, or a snapshot of the topic "stats".
type figures struct {
	Epoch     string
	Base, Seq uint64
	TS        string
	Traffic   struct {
		Aircraft     int
		WithPosition int `json:"with_position"`
		Military     int
		MsgRate      *float64 `json:"msg_rate"`
	}
	Reception struct {
		MaxRangeNM float64  `json:"max_range_nm"`
		AvgRSSI    *float64 `json:"avg_rssi"`
	}
	System struct {
		ADSBOnline bool `json:"adsb_online"`
	}
	Point  *figure
	Series []figure

	StatType string `json:"stat_type"`
	Stats    json.RawMessage
}

type figure struct {
	TS         string
	Aircraft   int
	MsgRate    *float64 `json:"msg_rate"`
	MaxRangeNM float64  `json:"max_range_nm"`
}

// ticks are the ticks that a client has got.
func (c *client) ticks() (out []figures) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.lines {
		if l.Event != "stats:tick" {
			continue
		}
		var f figures
		if err := json.Unmarshal(l.Response, &f); err != nil {
			c.t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

// snapshotOf gives the newest of each kind in a snapshot, by its id.
func snapshotOf(t *testing.T, text string) (items map[string]figures, seq uint64) {
	t.Helper()
	var s struct {
		Seq   uint64
		Stats []json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	items = map[string]figures{}
	for _, raw := range s.Stats {
		var id struct{ ID string }
		var f figures
		if err := json.Unmarshal(raw, &id); err != nil || json.Unmarshal(raw, &f) != nil {
			t.Fatalf("%v: %s", err, raw)
		}
		if _, twice := items[id.ID]; twice {
			t.Errorf("%s is there twice: %s", id.ID, text)
		}
		items[id.ID] = f
	}
	return items, s.Seq
}

// TestFigures: who subscribes to "stats" gets the series once and then one point a tick;
// older clients get it with each tick; the figures are those of what the receiver hears.
func TestFigures(t *testing.T) {
	begun := time.Now()
	r := newReceiver(t)
	hears := func() {
		r.sends(func() string {
			text := listing(
				`{"hex":"4841d7","flight":"KLM23   ","r":"PH-BXA","alt_baro":35000,"gs":420,"lat":51,"lon":8,"rssi":-10,"squawk":"7700","seen":0,"seen_pos":0}`,
				`{"hex":"3c6444","flight":"DLH1AB  ","r":"D-AIAB","alt_baro":"ground","lat":50.1,"lon":8,"rssi":-21,"seen":0,"seen_pos":0}`,
				`{"hex":"ae0001","dbFlags":1,"alt_baro":9000,"seen":0}`)
			// 500 a second.
			return strings.Replace(text, `"messages":1,`, fmt.Sprintf(`"messages":%d,`, 1_000_000+time.Since(begun).Milliseconds()/2), 1)
		})
	}
	hears()
	s := serve(t, "--source", "readsb="+r.URL, "--config", writeFile(t, "receiver: {lat: 50, lon: 8}\nstats: {tick: 1s, update: 1s, quality: 1s, antenna: 5s}"))
	plain, legacy := enter(t, s, "/"), enter(t, s, "/")
	plain.emit("subscribe", map[string]any{"topics": "stats", "legacy": false})
	legacy.told("stats:snapshot", `"id":"tick"`) // it joins by itself

	plain.told("stats:tick", `"traffic":{"aircraft":3,"with_position":2,"military":1,"msg_rate":`, `"reception":{"max_range_nm":60,"avg_rssi":-15.5}`, `"adsb_online":true`)
	legacy.told("aircraft:heartbeat", `"aircraft_count":3,"count":3`)
	legacy.told("antenna:analytics_update", `"max_range_by_direction":{"0":60}`)
	for kind, part := range map[string]string{
		"aircraft":          `"emergency":[{"hex":"4841D7","flight":"KLM23","squawk":"7700"}]`,
		"top":               `"fastest":[{"alt_baro":35000,`,
		"safety":            `"events_by_type":{"squawk_emergency":1}`,
		"antenna_analytics": `"overall_max_range":60`,
		"tracking_quality":  `"total_sessions_analyzed":3`,
		"geographic":        `{"country":"Germany","count":1`,
	} {
		plain.told("stats:update", `"stat_type":"`+kind+`"`, part)
	}
	eventually.Holds(t, "eight ticks", func() bool { return len(plain.ticks()) >= 8 && len(legacy.ticks()) >= 8 })
	for i, tick := range plain.ticks() {
		if tick.Series != nil || tick.Point == nil || tick.Point.TS != tick.TS || tick.Point.Aircraft != tick.Traffic.Aircraft || tick.Point.MaxRangeNM != tick.Reception.MaxRangeNM {
			t.Errorf("tick %d is %+v", i, tick)
		}
	}
	for i, tick := range legacy.ticks() {
		if n := len(tick.Series); n < i+1 || tick.Series[n-1].TS != tick.Point.TS {
			t.Errorf("tick %d of an older client is %+v", i, tick)
		}
	}
	var rates []float64 // from when on the receiver's count is known
	for _, tick := range plain.ticks() {
		if rate := tick.Traffic.MsgRate; rate != nil && (len(rates) > 0 || *rate > 100) {
			rates = append(rates, *rate)
		}
	}
	// The receiver is asked each second, and so is the tick: one may lack what the next has.
	if mean := sum(rates) / float64(len(rates)); !(mean > 250 && mean < 750) {
		t.Errorf("%v messages a second, want about 500", rates)
	}

	late := enter(t, s, "/")
	late.emit("subscribe", map[string]any{"topics": []string{"stats"}, "legacy": false})
	items, seq := snapshotOf(t, late.told("stats:snapshot"))
	for _, kind := range []string{"tick", "aircraft", "top", "safety", "antenna_analytics", "tracking_quality", "geographic"} {
		if _, ok := items[kind]; !ok {
			t.Errorf("the snapshot lacks %s", kind)
		}
	}
	series := items["tick"].Series
	last := 0
	eventually.Holds(t, "the next tick", func() bool { return len(late.ticks()) > 0 })
	for _, tick := range late.ticks() { // it appends, and has what all others have
		if tick.Seq <= seq {
			t.Errorf("a tick at %d after a snapshot at %d", tick.Seq, seq)
		}
		series = append(series, *tick.Point)
		last++
	}
	stamps := func(of []figure) (out []string) {
		for _, f := range of {
			out = append(out, f.TS)
		}
		return out
	}
	newest := stamps(series)[len(series)-1]
	eventually.Holds(t, "the same tick elsewhere", func() bool {
		got := legacy.ticks()
		return slices.ContainsFunc(got, func(f figures) bool { return f.TS == newest })
	})
	for _, tick := range legacy.ticks() {
		if tick.TS == newest && !slices.Equal(stamps(tick.Series), stamps(series)) {
			t.Errorf("the late one has %v after %d ticks, the others %v", stamps(series), last, stamps(tick.Series))
		}
	}

	r.body.Store(nil)
	plain.told("system:health", `"issue":"stale_sources","stale_sources":[{"name":"readsb","kind":"readsb","state":"failing"}],"status":"degraded"`)
	plain.told("stats:tick", `"adsb_online":false`)
	hears()
	plain.told("system:health", `"status":"healthy"`)
}

func sum(of []float64) (total float64) {
	for _, v := range of {
		total += v
	}
	return total
}
