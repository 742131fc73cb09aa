package ghosts_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/ghosts"
	"github.com/skygate-io/skygate/pkg/record"
)

const now = 1_700_000_000_000

// fields are given as "lat=47 lon=8 alt=35000".
func fields(text string) (f record.Fields) {
	for _, pair := range strings.Fields(text) {
		name, raw, _ := strings.Cut(pair, "=")
		f = append(f, record.Field{Name: name, Raw: raw})
	}
	f.Sort()
	return f
}

// warm has a finder that has heard of a track that may be a ghost.
func warm() *ghosts.Finder {
	f := ghosts.New()
	f.Annotate("~000000", nil, now)
	return f
}

func TestAnnotate(t *testing.T) {
	const heard = `flight="SWR1" lat=47 lon=8 alt=35000 track=359 gs=450`
	for name, tc := range map[string]struct {
		real, ghost string
		want        string // ghost_of
	}{
		"the same callsign":                   {heard, `flight="SWR1"`, `"AAAAAA"`},
		"the same callsign, far away":         {heard, `flight="SWR1" lat=10 lon=8`, `"AAAAAA"`},
		"another callsign, but here":          {heard, `flight="SWR2" lat=47.001 lon=8 alt=35000`, `"AAAAAA"`},
		"here":                                {heard, `lat=47.001 lon=8 alt=35100 track=1 gs=440`, `"AAAAAA"`},
		"here, and nothing more is known":     {heard, `lat=47.001 lon=8`, `"AAAAAA"`},
		"too far":                             {heard, `lat=47.003 lon=8`, ``},
		"too high":                            {heard, `lat=47.001 lon=8 alt=35200`, ``},
		"on the ground":                       {heard, `lat=47.001 lon=8 alt="ground"`, `"AAAAAA"`},
		"another way":                         {heard, `lat=47.001 lon=8 track=30`, ``},
		"another speed":                       {heard, `lat=47.001 lon=8 gs=400`, ``},
		"an emergency":                        {heard, `flight="SWR1" lat=47 lon=8 emergency=true`, ``},
		"no callsign and no position":         {heard, `alt=35000`, ``},
		"the other has none either":           {`lat=47 lon=8`, `flight="" alt=35000`, ``},
		"a position that is none":             {heard, `lat=91 lon=8`, ``},
		"on both sides of the antimeridian":   {`lat=10 lon=179.9995`, `lat=10 lon=-179.9995`, `"AAAAAA"`},
		"over a pole there is nobody":         {`lat=90 lon=0`, `lat=-90 lon=0`, ``},
		"half of a cell apart, at a boundary": {`lat=47.0501 lon=8.0501`, `lat=47.0499 lon=8.0499`, `"AAAAAA"`},
	} {
		t.Run(name, func(t *testing.T) {
			f := warm()
			if got := f.Annotate("AAAAAA", fields(tc.real), now); got != nil {
				t.Fatalf("an aircraft with an address of its own is a ghost: %v", got)
			}
			got := f.Annotate("~BBBBBB", fields(tc.ghost), now)
			if got.Get("ghost_of") != tc.want || (got.Get("ghost") == "true") != (tc.want != "") {
				t.Errorf("it is %v, want a ghost of %s", got, tc.want)
			}
			f.Gone("AAAAAA")
			if got := f.Annotate("~BBBBBB", fields(tc.ghost), now); got != nil {
				t.Errorf("a ghost of nobody: %v", got)
			}
		})
	}
}

// Where nothing may be a ghost nobody is followed; and where nothing was for long,
// no more.
func TestNobodyIsFollowedInVain(t *testing.T) {
	f := ghosts.New()
	here := fields(`lat=47 lon=8`)
	f.Annotate("AAAAAA", here, now)
	if got := f.Annotate("~BBBBBB", here, now); got != nil {
		t.Errorf("it was followed before there was a need: %v", got)
	}
	f.Annotate("AAAAAA", here, now)
	if got := f.Annotate("~BBBBBB", here, now); got == nil {
		t.Error("it was not followed")
	}
	f.Annotate("AAAAAA", here, now+6*60_000)
	if got := f.Annotate("~BBBBBB", here, now+6*60_000); got != nil {
		t.Errorf("it was followed for longer than there was a need: %v", got)
	}
}

// The nearest is found as by looking at all.
func TestNearestOfMany(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 200 {
		f := warm()
		lat, lon := rng.Float64()*160-80, rng.Float64()*360-180
		place := func() geo.Point {
			return geo.Point{Lat: lat + rng.Float64()*0.02, Lon: math.Mod(lon+rng.Float64()*0.02+540, 360) - 180}
		}
		text := func(p geo.Point, alt int) record.Fields {
			return fields(fmt.Sprintf("lat=%v lon=%v alt=%d", p.Lat, p.Lon, alt))
		}
		type plane struct {
			at  geo.Point
			alt int
		}
		planes := map[string]plane{}
		for i := range 50 {
			key := fmt.Sprintf("%06X", i%40) // some of them move
			planes[key] = plane{place(), rng.IntN(500)}
			f.Annotate(key, text(planes[key].at, planes[key].alt), now)
		}
		ghost := plane{place(), rng.IntN(500)}
		want, least := "", 0.15
		for key, p := range planes {
			if d := geo.DistanceNM(p.at, ghost.at); d <= least && max(p.alt-ghost.alt, ghost.alt-p.alt) <= 125 {
				want, least = record.String(key), d
			}
		}
		if want != "" {
			found++
		}
		if got := f.Annotate("~GHOST", text(ghost.at, ghost.alt), now).Get("ghost_of"); got != want {
			t.Errorf("at %v it is a ghost of %s, want %s", ghost.at, got, want)
		}
	}
	if found < 20 {
		t.Errorf("only %d of them had a twin: this is no test", found)
	}
}

func FuzzAnnotate(f *testing.F) {
	f.Add("AAAAAA", "~B", 47.0, 8.0)
	f.Add("", "~", math.Inf(1), math.NaN())
	f.Fuzz(func(t *testing.T, one, other string, lat, lon float64) {
		finder := warm()
		for _, key := range []string{one, other, one} {
			got := finder.Annotate(key, fields(fmt.Sprintf("lat=%v lon=%v", lat, lon)), now)
			if got != nil && !strings.HasPrefix(key, "~") {
				t.Errorf("%q is a ghost", key)
			}
			finder.Gone(key)
		}
	})
}

func BenchmarkAnnotate(b *testing.B) {
	f := warm()
	all := make([]record.Fields, 10_000)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range all {
		all[i] = fields(fmt.Sprintf("lat=%v lon=%v alt=%d", rng.Float64()*20, rng.Float64()*20, rng.IntN(40000)))
	}
	keys := make([]string, len(all))
	for i := range keys {
		keys[i] = fmt.Sprintf("%06X", i)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		f.Annotate(keys[i%len(keys)], all[i%len(all)], now)
	}
}
