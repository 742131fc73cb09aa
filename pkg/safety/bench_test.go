package safety_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/safety"
)

// rounds gives what n aircraft say, several times, a second apart: as dense as
// over a busy part of a continent (1,000 within 200 NM), at all levels.
func rounds(n int) [][]safety.Aircraft {
	rng := rand.New(rand.NewPCG(1, 1))
	planes := make([]plane, n)
	for i := range planes {
		planes[i] = plane{
			key: fmt.Sprintf("%06X", i), at: geo.Destination(zurich, rng.Float64()*360, 200*math.Sqrt(rng.Float64()*float64(n)/1000)),
			alt: float64(2000 + rng.IntN(38000)), gs: float64(150 + rng.IntN(350)), track: float64(rng.IntN(360)), vr: float64(rng.IntN(41)-20) * 100,
			fields: `"category":"A3" "flight":"SWR12A" "squawk":"1000" "emergency":false "emergency_status":"none" "rssi":-12.5 "type":"adsb_icao"`,
		}
	}
	all := make([][]safety.Aircraft, 4)
	for r := range all {
		now := start.Add(time.Duration(r) * time.Second)
		for i := range planes {
			planes[i].fly(1)
			all[r] = append(all[r], safety.Read(planes[i].key, planes[i].record(now), now.UnixMilli()))
		}
	}
	return all
}

// Each operation is one observation of one of n aircraft, all of which move; the
// clock stands still, so what happens is told once.
func BenchmarkObserve(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			all := rounds(n)
			m := safety.New(safety.DefaultConfig())
			now := start.Add(4 * time.Second)
			events := 0
			for _, round := range all {
				for _, a := range round {
					events += len(m.Observe(a, now))
				}
			}
			b.ReportAllocs()
			i, r := 0, 0
			for b.Loop() {
				events += len(m.Observe(all[r][i], now))
				if i++; i == n {
					i, r = 0, (r+1)%len(all)
				}
			}
			b.ReportMetric(float64(events), "events")
		})
	}
}

func BenchmarkRead(b *testing.B) {
	p := plane{
		key: "4B1805", at: zurich, alt: 30000, gs: 450, track: 90, vr: -640,
		fields: `"category":"A3" "flight":"SWR12A" "squawk":"1000" "emergency":false "emergency_status":"none" "rssi":-12.5 "type":"adsb_icao" ` +
			`"alt_geom":30500 "alt":30000 "vr":-640 "military":false "nav_modes":["autopilot"] "nav_qnh":1013.6 "nic":8 "rc":186 "version":2 ` +
			`"nac_p":9 "nac_v":1 "sil":3 "sil_type":"perhour" "gva":2 "sda":2 "mlat":[] "tisb":[] "messages":1234 "r":"HB-JCA" "t":"A20N"`,
	}
	f := p.record(start)
	f.Set("seen", record.Time(start.UnixMilli()))
	b.ReportAllocs()
	for b.Loop() {
		safety.Read("4B1805", f, start.UnixMilli())
	}
}

func BenchmarkTick(b *testing.B) {
	m := safety.New(safety.DefaultConfig())
	now := start.Add(time.Second)
	for _, a := range rounds(10_000)[0] {
		m.Observe(a, now)
	}
	b.ReportAllocs()
	for b.Loop() {
		m.Tick(now)
	}
}
