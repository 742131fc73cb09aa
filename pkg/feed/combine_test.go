package feed

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

var merging = topic.Policy{
	TTL: time.Minute, Receivers: "receivers",
	Dated:  map[string][]string{"seen_pos": {"lat", "lon", "seen_pos"}},
	Prefer: &topic.Preference{Field: "type", Order: []string{"adsb_icao", "mlat", "tisb_icao"}, For: 15 * time.Second},
}

const start = int64(1_800_000_000_000)

// picture is a merger of two receivers, at a moment of its own.
type picture struct {
	*merger
	now int64
}

func newPicture(sources ...string) *picture {
	p := &picture{merger: newMerger(merging), now: start}
	p.sources = sources
	return p
}

// report puts what a source heard of A some time ago, given as name=value.
func (p *picture) report(source int, whole bool, ago time.Duration, fields ...string) {
	heard := p.now - ago.Milliseconds()
	u := record.Update{Record: record.Record{Key: "A"}, Whole: whole, Observed: heard}
	for _, f := range fields {
		name, raw, _ := strings.Cut(f, "=")
		if name == "seen_pos" {
			age, _ := time.ParseDuration(raw)
			raw = record.Time(p.now - age.Milliseconds())
		}
		u.Fields = append(u.Fields, record.Field{Name: name, Raw: raw})
	}
	u.Fields.Sort()
	p.put(&u, source, p.now)
}

// says gives the fields of A, but for seen_pos.
func (p *picture) says() string {
	var out []string
	for _, f := range p.rows["A"].now {
		if f.Name != "seen_pos" {
			out = append(out, f.Name+"="+f.Raw)
		}
	}
	return strings.Join(out, " ")
}

func TestSeveralReceivers(t *testing.T) {
	const roof, shed = 0, 1
	for name, tc := range map[string]struct {
		script func(p *picture)
		want   string
	}{
		"each knows something": {func(p *picture) {
			p.report(roof, true, 0, "gs=1", "lat=2")
			p.report(shed, true, 0, "squawk=3")
		}, `gs=1 lat=2 receivers=["roof","shed"] squawk=3`},
		"the newest counts": {func(p *picture) {
			p.report(roof, true, time.Second, "gs=1")
			p.report(shed, true, 0, "gs=2")
			p.report(roof, true, 500*time.Millisecond, "gs=3")
		}, `gs=2 receivers=["roof","shed"]`},
		"a position is as old as its own time": {func(p *picture) {
			p.report(roof, true, time.Second, "gs=1", "lat=1", "lon=1", "seen_pos=1s")
			p.report(shed, true, 0, "gs=2", "lat=2", "lon=2", "seen_pos=20s")
		}, `gs=2 lat=1 lon=1 receivers=["roof","shed"]`},
		"what one no longer says vanishes if it was its own": {func(p *picture) {
			p.report(roof, true, time.Second, "gs=1", "squawk=1")
			p.report(shed, true, 0, "gs=2")
			p.now += 1000
			p.report(roof, true, 0)
		}, `gs=2 receivers=["roof","shed"]`},
		"a partial report leaves the rest": {func(p *picture) {
			p.report(roof, false, 0, "gs=1", "squawk=1")
			p.report(roof, false, 0, "gs=", "vr=2")
		}, `receivers=["roof"] squawk=1 vr=2`},
		"a worse way of knowing waits": {func(p *picture) {
			p.report(roof, true, time.Second, "gs=1", "lat=1", "lon=1", "seen_pos=1s", "type=\"adsb_icao\"")
			p.report(shed, true, 0, "gs=2", "lat=2", "lon=2", "seen_pos=0s", "type=\"mlat\"")
		}, `gs=2 lat=1 lon=1 receivers=["roof","shed"] type="adsb_icao"`},
		"but not for ever": {func(p *picture) {
			p.report(roof, true, 16*time.Second, "lat=1", "lon=1", "seen_pos=16s", "type=\"adsb_icao\"")
			p.report(shed, true, 0, "lat=2", "lon=2", "seen_pos=0s", "type=\"mlat\"")
		}, `lat=2 lon=2 receivers=["roof","shed"] type="mlat"`},
		"a better one does not": {func(p *picture) {
			p.report(shed, true, 0, "lat=2", "lon=2", "seen_pos=0s", "type=\"mlat\"")
			p.now += 100
			p.report(roof, true, 0, "lat=1", "lon=1", "seen_pos=0s", "type=\"adsb_icao\"")
		}, `lat=1 lon=1 receivers=["roof","shed"] type="adsb_icao"`},
		"fields grow old": {func(p *picture) {
			p.report(roof, true, 0, "gs=1", "squawk=1")
			p.now += 40_000
			p.report(shed, true, 0, "gs=2")
			p.now += 30_000
			p.expire(p.now)
		}, `gs=2 receivers=["shed"]`},
		"one's clock is behind": {func(p *picture) {
			p.report(roof, true, 0, "gs=1")
			p.report(shed, true, 30*time.Second, "gs=2", "vr=1")
			p.now += 1000
			p.report(shed, true, 30*time.Second, "gs=3", "vr=2")
		}, `gs=1 receivers=["roof","shed"] vr=2`},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPicture("roof", "shed")
			tc.script(p)
			if got := p.says(); got != tc.want {
				t.Errorf("it says  %s\nand not %s", got, tc.want)
			}
		})
	}
}

// TestAssumed: a field that every record has gives way to whatever a source tells,
// and is back when no source tells it any more.
func TestAssumed(t *testing.T) {
	for _, sources := range [][]string{{"roof"}, {"roof", "shed"}} {
		p := newPicture(sources...)
		p.policy.Receivers = ""
		p.assumed = record.Fields{{Name: "b", Raw: "0"}, {Name: "d", Raw: "false"}}
		for i, step := range []struct {
			source int
			whole  bool
			ago    time.Duration
			fields string
			want   string
		}{
			{0, false, 0, "c=1", "b=0 c=1 d=false"},
			{0, false, 0, "b=1", "b=1 c=1 d=false"},
			{0, true, 0, "a=1 d=true", "a=1 b=0 d=true"},
			{0, true, 0, "a=1", "a=1 b=0 d=false"},
			{0, false, 0, "d=true", "a=1 b=0 d=true"},
			{0, false, 0, "d=", "a=1 b=0 d=false"},
			{len(sources) - 1, false, 2 * time.Second, "d=true", "a=1 b=0 d=true"},
		} {
			if len(sources) == 1 {
				step.ago = 0
			}
			p.report(step.source, step.whole, step.ago, strings.Fields(step.fields)...)
			if got := p.says(); got != step.want {
				t.Errorf("%v, step %d: it says %s, and not %s", sources, i, got, step.want)
			}
		}
		if len(sources) > 1 {
			p.now += 59_000
			p.expire(p.now)
			if got := p.says(); got != "a=1 b=0 d=false" {
				t.Errorf("it says %s after a while", got)
			}
		}
	}
}

// FuzzCombine compares the merger with the same rules on maps.
func FuzzCombine(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 9))
		p := newPicture("a", "b", "c")
		p.policy.Prefer = nil
		type value struct {
			raw    string
			at     int64
			source int
		}
		reference := map[string]value{}
		newest := map[int]int64{}
		for range 60 {
			p.now += rng.Int64N(5000)
			source, whole := rng.IntN(3), rng.IntN(2) == 0
			heard := p.now - rng.Int64N(3000)
			u := record.Update{Record: record.Record{Key: "A"}, Whole: whole, Observed: heard}
			said := map[string]string{}
			for range rng.IntN(6) {
				raw := fmt.Sprint(rng.IntN(4))
				if rng.IntN(5) == 0 {
					raw = ""
				}
				said[string(rune('a'+rng.IntN(6)))] = raw
			}
			for _, name := range slices.Sorted(maps.Keys(said)) {
				u.Fields = append(u.Fields, record.Field{Name: name, Raw: said[name]})
			}
			p.put(&u, source, p.now)
			if heard < newest[source]-jitter {
				continue
			}
			newest[source] = heard
			for name, v := range reference {
				if _, ok := said[name]; whole && !ok && v.source == source {
					delete(reference, name)
				}
			}
			for name, raw := range said {
				v, known := reference[name]
				switch {
				case known && v.source != source && heard <= v.at:
				case raw != "":
					reference[name] = value{raw, heard, source}
				case known && v.source == source:
					delete(reference, name)
				}
			}
		}
		want := record.Fields{}
		for _, name := range slices.Sorted(maps.Keys(reference)) {
			want = append(want, record.Field{Name: name, Raw: reference[name].raw})
		}
		got := record.Fields{}
		for _, f := range p.rows["A"].now {
			if f.Name != "receivers" {
				got = append(got, f)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got)\n%s", d)
		}
	})
}
