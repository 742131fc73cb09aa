package jsonlines_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/adapters/jsonlines"
	"github.com/skygate-io/skygate/pkg/aircraft"
	"github.com/skygate-io/skygate/pkg/feed/feedtest"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/recordings"
)

const at = 1_700_000_000_000

func TestDecode(t *testing.T) {
	const line = `{"now" : 1699999999.900,"hex":"~a9ef5c","type":"tisb_other","flight":"N73938  ","alt_baro":"ground","emergency":"none",` +
		`"lat":50.0,"lon":9.0,"seen_pos":0.000, "mlat" : [], "seen":0.2,"dbFlags":1}`
	u, reason := jsonlines.NewDecoder(&geo.Point{Lat: 50, Lon: 8}).Decode(line, at)
	if reason != "" {
		t.Fatal(reason)
	}
	want := record.Update{
		Record: record.Record{Key: "~A9EF5C", Fields: record.Fields{
			{Name: "alt", Raw: `"ground"`}, {Name: "alt_baro", Raw: `"ground"`}, {Name: "dbFlags", Raw: "1"}, {Name: "distance_nm", Raw: "38.6"},
			{Name: "emergency", Raw: "false"}, {Name: "emergency_status", Raw: `"none"`}, {Name: "flight", Raw: `"N73938"`},
			{Name: "lat", Raw: "50.0"}, {Name: "lon", Raw: "9.0"}, {Name: "military", Raw: "true"}, {Name: "mlat", Raw: "[]"},
			{Name: "seen", Raw: record.Time(at - 300)}, {Name: "seen_pos", Raw: record.Time(at - 100)}, {Name: "type", Raw: `"tisb_other"`},
		}},
		Observed: at - 300, Whole: true,
	}
	if diff := cmp.Diff(want, u); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := map[string]struct{ line, want string }{
		"half a line":         {`{"now":1700000000,"hex":"a9ef5c","lat":35.`, jsonlines.Malformed},
		"two in one":          {`{"hex":"a9ef5c"}{"hex":"a9ef5d"}`, jsonlines.Malformed},
		"a number that is no": {`{"hex":"a9ef5c","rssi":nan}`, jsonlines.Malformed},
		"SBS":                 {"MSG,8,1,1,ABDF3F,1,,,,,,,,,,,,,,,,", jsonlines.Malformed},
		"Beast":               {"\x1a3\x00\x01", jsonlines.Malformed},
		"a list":              {`[{"hex":"a9ef5c"}]`, string(aircraft.NotObject)},
		"a number":            {`7`, string(aircraft.NotObject)},
		"no address":          {`{"now":1700000000}`, string(aircraft.BadHex)},
		"text for a number":   {`{"hex":"a9ef5c","gs":"400"}`, string(aircraft.WrongType)},
		"half a position":     {`{"hex":"a9ef5c","lat":1}`, string(aircraft.HalfPosition)},
		"not on earth":        {`{"hex":"a9ef5c","lat":1,"lon":200}`, string(aircraft.PositionOutOfRange)},
		"too fast":            {`{"hex":"a9ef5c","gs":9999}`, string(aircraft.SpeedOutOfRange)},
		"no squawk":           {`{"hex":"a9ef5c","squawk":"7x00"}`, string(aircraft.BadSquawk)},
		"too large":           {`{"hex":"a9ef5c","x":"` + strings.Repeat("x", 40_000) + `"}`, string(aircraft.TooLarge)},
		"too many fields":     {`{"hex":"a9ef5c"` + strings.Repeat(`,"x":1`, 300) + `}`, string(aircraft.TooLarge)},
		"too deep":            {`{"hex":"a9ef5c","x":` + strings.Repeat("[", 99) + strings.Repeat("]", 99) + `}`, string(aircraft.TooDeep)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if u, reason := jsonlines.NewDecoder(nil).Decode(test.line, at); reason != test.want || u.Key != "" {
				t.Errorf("%+v, %q; want %q", u, reason, test.want)
			}
		})
	}
}

// TestClock: the receiver's clock is believed unless it is off, and may jump.
func TestClock(t *testing.T) {
	d := jsonlines.NewDecoder(nil)
	for i, step := range []struct{ now, want int64 }{ // milliseconds after the line came
		{-200, -700}, {-4000, -4500}, {3_600_000, -500}, {3_600_100, -500}, {-86_400_000, -500}, {-4000, -500}, {-1000, -1500}, {900, -500},
	} {
		line := fmt.Sprintf(`{"now" : %.3f,"hex":"a9ef5c","seen":0.5}`, float64(at+step.now)/1000)
		u, reason := d.Decode(line, at)
		if reason != "" || u.Observed-at != step.want {
			t.Errorf("step %d, %d ms off: heard %d ms after it came, want %d (%s)", i, step.now, u.Observed-at, step.want, reason)
		}
	}
	for _, line := range []string{`{"hex":"a9ef5c"}`, `{"now":"x","hex":"a9ef5c"}`, `{"now":-1,"hex":"a9ef5c"}`, `{"now":null,"hex":"a9ef5c"}`, `{"now":[],"hex":"a9ef5c"}`} {
		if u, reason := d.Decode(line, at); reason != "" || u.Observed != at || u.Fields.Get("now") != "" {
			t.Errorf("%s: %+v, %s", line, u, reason)
		}
	}
}

func TestDecodeRecorded(t *testing.T) {
	for _, file := range recordings.Files(t, "adsb/readsb_json_port/*", "adsb/decoder_output/readsb_net-json-port_*") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			d := jsonlines.NewDecoder(nil)
			lines := recordings.Lines(t, file)
			for i, line := range lines {
				var plain struct {
					Now, Seen float64
					Hex       string
					Lat, Lon  json.Number
				}
				if err := json.Unmarshal([]byte(line), &plain); err != nil {
					t.Fatal(err)
				}
				now := int64(plain.Now*1000 + 0.5)
				u, reason := d.Decode(line, now+20)
				if reason != "" || u.Key != strings.ToUpper(plain.Hex) || !u.Whole || u.Observed != now-int64(plain.Seen*1000+0.5) {
					t.Fatalf("line %d: %+v, %s\n%s", i, u, reason, line)
				}
				if u.Fields.Get("lat") != plain.Lat.String() || u.Fields.Get("lon") != plain.Lon.String() || u.Fields.Get("now") != "" {
					t.Fatalf("line %d: %v\n%s", i, u.Fields, line)
				}
			}
			if len(lines) < 500 {
				t.Errorf("%d lines", len(lines))
			}
		})
	}
}

// FuzzDecode: whatever comes, what comes out is a sorted record of valid values
// under a valid key, or a reason.
func FuzzDecode(f *testing.F) {
	f.Add(`{"now" : 1675610064.166,"hex":"a9ef5c","flight":"N73938  ","alt_baro":"ground","lat":1,"lon":2,"seen":0.1,"seen_pos":0}`)
	f.Add(`{"hex":"~a9ef5c","emergency":3,"now":1598880624209,"now":1,"x":[1e400,"\ud800"],"gs":9e9}`)
	f.Add("{\"hex\":\"aaaaaa\",\"a\xff\":1,\"a\xfe\":[{}],\"lastPosition\":{\"seen_pos\":1}}")
	f.Fuzz(func(t *testing.T, line string) {
		u, reason := jsonlines.NewDecoder(&geo.Point{Lat: 1, Lon: 2}).Decode(line, at)
		if (u.Key == "") != (reason != "") {
			t.Fatalf("%+v, %q", u, reason)
		}
		if reason != "" {
			return
		}
		if !u.Whole {
			t.Fatalf("%+v", u)
		}
		feedtest.WantAircraft(t, u, at)
	})
}

func BenchmarkDecode(b *testing.B) {
	const line = `{"now" : 1675610064.166,"hex":"a9ef5c","type":"adsb_icao","flight":"N73938  ","r":"N73938","t":"C172","alt_baro":10100,"alt_geom":10450,"gs":92.4,"track":326.48,"geom_rate":0,"squawk":"2664","emergency":"none","category":"A1","lat":35.682104,"lon":-107.188870,"nic":10,"rc":25,"seen_pos":0.000,"r_dst":42.400,"r_dir":314.6,"version":2,"nic_baro":0,"nac_p":10,"nac_v":1,"sil":3,"sil_type":"perhour","gva":2,"sda":2,"alert":0,"spi":0,"mlat":[],"tisb":[],"messages":16451,"seen":0.0,"rssi":-23.8}`
	d := jsonlines.NewDecoder(nil)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if _, reason := d.Decode(line, at); reason != "" {
			b.Fatal(reason)
		}
	}
}

func ExampleDecoder() {
	const received = 1675610064200 // unix milliseconds of this machine's clock
	d := jsonlines.NewDecoder(nil)
	u, _ := d.Decode(`{"now" : 1675610064.166,"hex":"a9ef5c","flight":"N73938  ","alt_baro":10100,"seen":0.0}`, received)
	fmt.Println(string(u.AppendJSON(nil, "hex", received)))
	// Output: {"hex":"A9EF5C","alt":10100,"alt_baro":10100,"emergency":false,"flight":"N73938","military":false,"seen":0}
}
