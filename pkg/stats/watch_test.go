package stats

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/geo"
)

// What a watch tells is in the topics' logs, in order, and it ends when it is to.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := feedlog.NewMemory()
		publisher := func(name string) *feed.Publisher {
			return feed.NewPublisher(name, log, feed.Remember{}, zerolog.Nop())
		}
		to := Publishers{publisher("stats"), publisher("notices"), publisher("acars")}
		w := NewWatch(New(DefaultConfig(), &world{
			acars: []*feedlog.Entry{happened(time.Now(), "acars:message", "1", `label="H1"`)},
		}), to, zerolog.Nop())
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		for _, run := range []func(context.Context) error{w.Run, to.Stats.Run, to.Beside.Run, to.ACARS.Run} {
			go func() { done <- run(ctx) }()
		}
		time.Sleep(25 * time.Second)
		cancel()
		for range 4 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		for topic, want := range map[string][]string{
			"stats": {
				"stats:tick tick", "stats:update aircraft", "stats:update top", "stats:update safety", "stats:update acars_stats",
				"stats:update tracking_quality", "stats:update geographic", "stats:tick tick", "stats:tick tick",
			},
			"notices": {"aircraft:heartbeat heartbeat", "aircraft:heartbeat heartbeat", "aircraft:heartbeat heartbeat"},
			"acars":   {"acars:update acars_stats"},
		} {
			state, err := log.Load(t.Context(), topic)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range state.Entries {
				got = append(got, e.Change.Event.Name+" "+e.Change.Event.Key)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", topic, got, want)
			}
		}
	})
}

// BenchmarkTick: 10,000 aircraft take 6 ms, with all kinds of figures 24.
func BenchmarkTick(b *testing.B) {
	for name, cfg := range map[string]Config{
		"tick":    {Tick: time.Second, Update: Repeat, Quality: Repeat, Antenna: Repeat},
		"figures": {Tick: time.Second, Update: time.Second, Quality: time.Second, Antenna: time.Second},
	} {
		b.Run(name, func(b *testing.B) {
			w := &world{receiver: &geo.Point{Lat: 50, Lon: 8}}
			for i := range 10_000 {
				w.plane(fmt.Sprintf("%06X", i), fmt.Sprintf(`alt=%d alt_baro=%d alt_geom=%d baro_rate=64 category="A3" distance_nm=%d.5 `+
					`emergency=false flight="KLM%d" gs=%d.1 lat=50.%05d lon=8.%05d messages=1234 military=false mlat=[] nac_p=9 nav_altitude_mcp=35008 `+
					`nav_heading=90 nic=8 r="PH-B%d" r_dir=90 r_dst=12 rc=186 rssi=-%d.5 sil=3 squawk="1000" t="B738" tisb=[] track=90.1 type="adsb_icao" vr=64`,
					i, i, i, i%200, i%1000, i%500, i, i, i%100, i%40)+heardAt(noon))
			}
			m, now := New(cfg, w), noon
			m.Step(now)
			b.ReportAllocs()
			for b.Loop() {
				now = now.Add(time.Second)
				m.Step(now)
			}
		})
	}
}
