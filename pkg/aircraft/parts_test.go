package aircraft_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/aircraft"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// message is one that came so many seconds after the start, and what is told of it.
type message struct {
	after  int
	object string
	want   string // fields as a JSON object; vanished ones are null
}

func TestParts(t *testing.T) {
	tests := map[string][]message{
		"only what is told": {
			{0, `{"gs":480}`, `{"gs":480}`},
			{1, `{"track":35}`, `{"track":35}`},
			{2, `{}`, `{}`},
		},
		"the barometric altitude counts, until it is old": {
			{0, `{"alt_baro":30000}`, `{"alt":30000,"alt_baro":30000}`},
			{1, `{"alt_geom":31000}`, `{"alt":30000,"alt_geom":31000}`},
			{2, `{"alt_baro":"ground"}`, `{"alt":"ground","alt_baro":"ground"}`},
			{50, `{"alt_geom":1000}`, `{"alt":"ground","alt_geom":1000}`},
			{63, `{}`, `{"alt":1000,"alt_baro":null}`},
			{120, `{}`, `{"alt":null,"alt_geom":null}`},
		},
		"rates": {
			{0, `{"geom_rate":64}`, `{"geom_rate":64,"vr":64}`},
			{1, `{"baro_rate":0}`, `{"baro_rate":0,"vr":0}`},
			{2, `{"geom_rate":128}`, `{"geom_rate":128,"vr":0}`},
		},
		"an emergency holds by either": {
			{0, `{"squawk":"7700"}`, `{"emergency":true,"squawk":"7700"}`},
			{1, `{"emergency":"none"}`, `{"emergency":true,"emergency_status":"none"}`},
			{2, `{"emergency":"general"}`, `{"emergency":true,"emergency_status":"general"}`},
			{3, `{"squawk":"1200"}`, `{"emergency":true,"squawk":"1200"}`},
			{4, `{"emergency":0}`, `{"emergency":false,"emergency_status":"none"}`},
		},
		"a flag beside a squawk": {
			{0, `{"squawk":"7600"}`, `{"emergency":true,"squawk":"7600"}`},
			{1, `{"emergency":false}`, `{}`},
			{2, `{"squawk":"1000"}`, `{"emergency":false,"squawk":"1000"}`},
			{3, `{"emergency":true}`, `{"emergency":true}`},
			{4, `{"emergency":false}`, `{"emergency":false}`},
			{5, `{"emergency":false}`, `{}`},
		},
		"a squawk lasts as long as the aircraft is heard": {
			{0, `{"squawk":"7700","emergency":"general"}`, `{"emergency":true,"emergency_status":"general","squawk":"7700"}`},
			{60, `{}`, `{}`},
			{120, `{"gs":1}`, `{"gs":1}`},
			{121, `{"emergency":"none"}`, `{"emergency":true,"emergency_status":"none"}`},
			{182, `{"gs":2}`, `{"emergency":false,"emergency_status":null,"gs":2,"squawk":null}`},
		},
		"a position that is old is none": {
			{0, `{"lat":50,"lon":9,"seen_pos":0}`, `{"distance_nm":38.6,"lat":50,"lon":9,"seen_pos":0}`},
			{60, `{}`, `{}`},
			{61, `{}`, `{"distance_nm":null,"lat":null,"lon":null,"seen_pos":null}`},
			{62, `{}`, `{}`},
			{63, `{"lat":50,"lon":8,"seen_pos":0}`, `{"distance_nm":0,"lat":50,"lon":8,"seen_pos":0}`},
		},
		"back after a while": {
			{0, `{"gs":1,"track":2,"flight":"A"}`, `{"flight":"A","gs":1,"track":2}`},
			{300, `{"gs":3}`, `{"gs":3,"track":null}`},
		},
		"what the database says": {
			{0, `{"dbFlags":1}`, `{"dbFlags":1,"military":true}`},
			{1, `{"gs":1}`, `{"gs":1}`},
		},
	}
	for name, messages := range tests {
		t.Run(name, func(t *testing.T) {
			var p aircraft.Parts
			for i, m := range messages {
				now := int64(at + 1000*m.after)
				u, err := p.Update("~3c6dd6", parse(t, m.object), now, &geo.Point{Lat: 50, Lon: 8})
				if err != nil {
					t.Fatal(err)
				}
				if u.Key != "~3C6DD6" || u.Whole || u.Observed != now {
					t.Errorf("update %d is %+v", i, u)
				}
				if got := text(u.Fields, now); got != m.want {
					t.Errorf("message %d\ngot  %s\nwant %s", i, got, m.want)
				}
			}
		})
	}
}

// text gives fields as an object.
func text(f record.Fields, now int64) string {
	r := record.Record{Key: "x", Fields: f}
	members := strings.TrimPrefix(string(r.AppendJSON(nil, "hex", now)), `{"hex":"x"`)
	return "{" + strings.TrimPrefix(members, ",")
}

func TestPartsRefuse(t *testing.T) {
	tests := map[string]struct {
		hex, object string
		want        aircraft.Reason
	}{
		"no address":         {"", `{}`, aircraft.BadHex},
		"half a position":    {"3c6dd6", `{"lat":1}`, aircraft.HalfPosition},
		"not on earth":       {"3c6dd6", `{"lat":91,"lon":0}`, aircraft.PositionOutOfRange},
		"text for a number":  {"3c6dd6", `{"gs":"1"}`, aircraft.WrongType},
		"below the sea":      {"3c6dd6", `{"alt_baro":-2001}`, aircraft.AltitudeOutOfRange},
		"in space":           {"3c6dd6", `{"alt_geom":150001}`, aircraft.AltitudeOutOfRange},
		"faster than any":    {"3c6dd6", `{"gs":5000.1}`, aircraft.SpeedOutOfRange},
		"backwards":          {"3c6dd6", `{"gs":-1}`, aircraft.SpeedOutOfRange},
		"no direction":       {"3c6dd6", `{"track":360.1}`, aircraft.TrackOutOfRange},
		"no heading":         {"3c6dd6", `{"mag_heading":-0.1}`, aircraft.TrackOutOfRange},
		"falls like a stone": {"3c6dd6", `{"baro_rate":-50001}`, aircraft.RateOutOfRange},
		"no octal digits":    {"3c6dd6", `{"squawk":"1800"}`, aircraft.BadSquawk},
		"three digits":       {"3c6dd6", `{"squawk":"777"}`, aircraft.BadSquawk},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var p aircraft.Parts
			_, err := p.Update(test.hex, parse(t, test.object), at, nil)
			var refused *aircraft.Error
			if !errors.As(err, &refused) || refused.Reason != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if u, err := p.Update("3c6dd6", parse(t, `{"gs":1}`), at, nil); err != nil || len(u.Fields) != 1 {
				t.Errorf("after it: %v, %v; want it as if nothing had come before", u.Fields, err)
			}
		})
	}
}

// FuzzParts: who merges the updates of an aircraft has what [aircraft.Normalise]
// makes of all that holds, as a slow reader of all messages finds it, but for
// emergency and military as long as nothing is told of them.
func FuzzParts(f *testing.F) {
	for seed := range uint64(50) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 7))
		receiver := &geo.Point{Lat: 50, Lon: 8}
		var p aircraft.Parts
		var merged record.Fields
		reader := slowReader{}
		for now, n := int64(at), 0; n < 40; n++ {
			now += int64(rng.IntN(40_000))
			fields := randomMessage(rng)
			told := slices.Clone(fields)
			u, err := p.Update("3C6DD6", fields, now, receiver)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.IsSortedFunc(u.Fields, func(a, b record.Field) int { return strings.Compare(a.Name, b.Name) }) {
				t.Fatalf("not sorted: %v", u.Fields)
			}
			merged.Merge(u.Fields)
			for _, name := range []string{"emergency", "military"} {
				if merged.Get(name) == "" {
					merged.Set(name, "false")
				}
			}
			if d := cmp.Diff(reader.holds(t, told, now, receiver), values(merged)); d != "" {
				t.Fatalf("after message %d, %v (-want +got):\n%s", n, told, d)
			}
		}
	})
}

// slowReader keeps all that was told, with its time.
type slowReader struct {
	heard int64
	told  map[string]record.Field
	at    map[string]int64
}

func (s *slowReader) holds(t *testing.T, told record.Fields, now int64, receiver *geo.Point) map[string]string {
	t.Helper()
	if s.told == nil {
		s.told, s.at = map[string]record.Field{}, map[string]int64{}
	}
	silent := now-s.heard > 60_000
	maps.DeleteFunc(s.told, func(name string, _ record.Field) bool {
		switch name {
		case "flight":
			return false
		case "squawk", "emergency":
			return silent
		}
		return now-s.at[name] > 60_000
	})
	s.heard = now
	for _, f := range told {
		s.told[f.Name], s.at[f.Name] = f, now
	}
	all := record.Fields(slices.Collect(maps.Values(s.told)))
	if _, err := aircraft.Normalise(&all, now, receiver); err != nil {
		t.Fatal(err)
	}
	return values(all)
}

func randomMessage(rng *rand.Rand) record.Fields {
	var f record.Fields
	some := func(name string, values ...string) {
		if rng.IntN(4) == 0 {
			f = append(f, record.Field{Name: name, Raw: values[rng.IntN(len(values))]})
		}
	}
	some("flight", `"A"`, `"B"`)
	some("alt_baro", `"ground"`, "0", "1000")
	some("alt_geom", "100", "2000")
	some("baro_rate", "0", "64")
	some("geom_rate", "128", "-64")
	some("gs", "100", "200")
	some("track", "1")
	some("true_heading", "2")
	some("squawk", `"7700"`, `"1000"`)
	some("emergency", `"none"`, `"general"`, `"lifeguard"`, "4")
	if rng.IntN(4) == 0 {
		f = append(f, record.Field{Name: "lon", Raw: fmt.Sprint(rng.IntN(3))}, record.Field{Name: "lat", Raw: "50"})
	}
	return f
}

// TestPartsForget: what is remembered does not grow with what is heard.
func TestPartsForget(t *testing.T) {
	var p aircraft.Parts
	for i := range 60_000 {
		if _, err := p.Update(fmt.Sprintf("%06x", i), record.Fields{{Name: "alt_baro", Raw: "1"}}, at, nil); err != nil {
			t.Fatal(err)
		}
	}
	alt := func(hex string) string {
		u, err := p.Update(hex, record.Fields{{Name: "alt_geom", Raw: "2"}}, at+1, nil)
		if err != nil {
			t.Fatal(err)
		}
		return u.Fields.Get("alt")
	}
	if got := alt("000000"); got != "2" {
		t.Errorf("the first of too many is remembered: its altitude is %s", got)
	}
	if got := alt(fmt.Sprintf("%06x", 59_999)); got != "1" {
		t.Errorf("the last is not remembered: its altitude is %s", got)
	}
}
