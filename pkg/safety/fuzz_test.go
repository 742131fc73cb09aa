package safety_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/safety"
)

// FuzzRead: whatever a record says, two that say it are watched, and what is told
// of them is JSON. A line of the input is a field: its name, a blank, its raw value.
func FuzzRead(f *testing.F) {
	f.Add("AAAAAA", "lat 47.5\nlon 8.5\nalt_baro 30000\ngs 450\ntrack 90\nsquawk \"7700\"")
	f.Add("~AAAAA", "lat 91\nlon -181\nalt_baro \"ground\"\nalt_geom 1e308\ngs -1\ntrack 1e9\nbaro_rate 12500")
	f.Add("", "flight \"\\ud800\\u0000\"\nsquawk \"7600\"\nseen_pos @17\nseen 1e300\nbaro_rate -32000")
	f.Add("AAAAAA", "acas_ra {\"RAT\":1,\"ARA\":[],\"advisory\":\"\\\"\",\"unix_timestamp\":-1e300}\nlat 0\nlon 180\nalt 5000")
	f.Add("AAAAAA", "acas_ra {\"RAT\":\"0\"}\nemergency \"general\"\nnav_modes [[[\nrssi @x\ngs nan\nlat 0x10\nnic 1e400")
	f.Fuzz(func(t *testing.T, key, lines string) {
		var fields record.Fields
		for line := range strings.Lines(lines) {
			name, raw, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			fields = append(fields, record.Field{Name: name, Raw: raw})
		}
		s := newScript(t)
		s.jumps = true
		for i := range 10 {
			for _, k := range []string{key, key + "2"} {
				s.keep(s.m.Observe(safety.Read(k, fields, s.now.UnixMilli()-int64(i)), s.now))
			}
			s.now = s.now.Add(time.Second)
			s.keep(s.m.Tick(s.now))
		}
		s.gone(key)
		s.fly(400)
		if active := s.m.Active(); len(active) > 0 {
			t.Errorf("still active: %+v", active)
		}
	})
}

// FuzzObserve: whatever aircraft do, and the clock, no event is told twice as new,
// or updated or resolved while it does not live, and all end.
func FuzzObserve(f *testing.F) {
	for seed := range uint64(30) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 5))
		s := newScript(t, func(cfg *safety.Config) {
			cfg.SquawkConfirm, cfg.ProximityConfirm = 1+rng.IntN(3), 1+rng.IntN(3)
		})
		s.jumps = true
		planes := make([]*plane, 8)
		for i := range planes {
			planes[i] = &plane{key: fmt.Sprintf("%06X", i), at: geo.Destination(zurich, rng.Float64()*360, 3*rng.Float64()), alt: 20000}
		}
		for range 200 {
			p := planes[rng.IntN(len(planes))]
			switch rng.IntN(30) {
			case 0:
				s.gone(p.key)
			case 1:
				s.now = s.now.Add(time.Duration(rng.IntN(200)) * time.Second)
			case 2:
				s.now = s.now.Add(-time.Duration(rng.IntN(200)) * time.Second)
			default:
				s.now = s.now.Add(time.Duration(rng.IntN(2000)) * time.Millisecond)
			}
			change(rng, p)
			s.tell(p)
			if rng.IntN(4) == 0 {
				s.keep(s.m.Tick(s.now))
			}
		}
		for range 100 {
			s.now = s.now.Add(10 * time.Second)
			s.keep(s.m.Tick(s.now))
		}
		if active := s.m.Active(); len(active) > 0 || len(s.alive) > 0 {
			t.Errorf("still active: %+v; alive: %v", active, s.alive)
		}
	})
}

// change gives a plane something else to say.
func change(rng *rand.Rand, p *plane) {
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	switch rng.IntN(6) {
	case 0:
		p.at = geo.Destination(zurich, rng.Float64()*360, 2*rng.Float64())
	case 1:
		p.alt = float64(19500 + rng.IntN(1000))
	case 2:
		p.vr = float64(rng.IntN(26000) - 13000)
	case 3:
		p.gs, p.track = float64(rng.IntN(1500)), rng.Float64()*360
	case 4:
		p.late = time.Duration(rng.IntN(20)) * time.Second
	}
	p.fields = strings.Join([]string{
		pick("", "", `"squawk":"1000"`, `"squawk":"7700"`, `"squawk":"7500"`),
		pick("", "", `"emergency_status":"none"`, `"emergency_status":"general"`, `"emergency":"nordo"`),
		pick("", "", `"category":"A6"`, `"category":"A1"`, `"type":"tisb_trackfile"`, `"alt_baro":"ground"`),
		pick("", "", `"flight":"SWR1"`, `"flight":null`),
		pick("", "", "", `"acas_ra":{"RAT":"0","unix_timestamp":100}`, `"acas_ra":{"RAT":"1","unix_timestamp":101}`, `"acas_ra":7`),
	}, " ")
}
