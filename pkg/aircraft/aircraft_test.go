package aircraft_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/aircraft"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

const at = 1_700_000_000_000

// parse gives the fields of a JSON object, in the order of the text.
func parse(t testing.TB, object string) record.Fields {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(object))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	var f record.Fields
	for d.More() {
		name, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			t.Fatal(err)
		}
		f = append(f, record.Field{Name: name.(string), Raw: string(raw)})
	}
	return f
}

func values(f record.Fields) map[string]string {
	m := map[string]string{}
	for _, field := range f {
		m[field.Name] = field.Raw
	}
	return m
}

func TestNormalise(t *testing.T) {
	receiver := &geo.Point{Lat: 50, Lon: 8}
	tests := map[string]struct {
		in       string
		receiver *geo.Point
		want     map[string]string // emergency and military are false unless they are named
		observed int64
	}{
		"nothing known": {in: `{}`, observed: at},
		"readsb": {
			in: `{"flight":"DLH4AB  ","alt_baro":36000,"alt_geom":37325,"gs":484.0,"baro_rate":-64,"geom_rate":0,
				"squawk":"1000","emergency":"none","lat":50.0,"lon":9.0,"seen_pos":1.25,"seen":0.2,"dbFlags":1}`,
			receiver: receiver,
			want: map[string]string{
				"flight": `"DLH4AB"`, "alt_baro": "36000", "alt_geom": "37325", "alt": "36000", "gs": "484.0",
				"baro_rate": "-64", "geom_rate": "0", "vr": "-64", "squawk": `"1000"`, "emergency_status": `"none"`,
				"lat": "50.0", "lon": "9.0", "distance_nm": "38.6", "dbFlags": "1", "military": "true",
				"seen": record.Time(at - 200), "seen_pos": record.Time(at - 1250),
			},
			observed: at - 200,
		},
		"the names of dump1090-mutability": {
			in: `{"altitude":8175,"speed":271,"vert_rate":-704,"track":309}`,
			want: map[string]string{
				"alt_baro": "8175", "alt": "8175", "gs": "271", "baro_rate": "-704", "vr": "-704", "track": "309",
			},
			observed: at,
		},
		"an old name beside the new one is left alone": {
			in:       `{"speed":1,"gs":2,"altitude":3,"alt_baro":null}`,
			want:     map[string]string{"speed": "1", "gs": "2", "alt_baro": "3", "alt": "3"},
			observed: at,
		},
		"null is absent": {
			in: `{"flight":null,"lat":null,"lon":null,"gs":null,"whatever":null}`, observed: at,
		},
		"blank call sign": {in: `{"flight":"        "}`, observed: at},
		"escaped call sign": {
			in: `{"flight":"A\u0042C\t "}`, want: map[string]string{"flight": `"ABC"`}, observed: at,
		},
		"on the ground": {
			in:       `{"alt_baro":"ground","alt_geom":1200}`,
			want:     map[string]string{"alt_baro": `"ground"`, "alt_geom": "1200", "alt": `"ground"`},
			observed: at,
		},
		"zero is a value": {
			in:       `{"alt_baro":0,"alt_geom":150,"baro_rate":0,"geom_rate":64}`,
			want:     map[string]string{"alt_baro": "0", "alt_geom": "150", "alt": "0", "baro_rate": "0", "geom_rate": "64", "vr": "0"},
			observed: at,
		},
		"geometric where there is nothing else": {
			in:       `{"alt_geom":150,"geom_rate":64}`,
			want:     map[string]string{"alt_geom": "150", "alt": "150", "geom_rate": "64", "vr": "64"},
			observed: at,
		},
		"emergency by squawk": {
			in:       `{"squawk":"7600","emergency":"none"}`,
			want:     map[string]string{"squawk": `"7600"`, "emergency_status": `"none"`, "emergency": "true"},
			observed: at,
		},
		"emergency by number": {
			in:       `{"emergency":4,"sil_type":0}`,
			want:     map[string]string{"emergency_status": `"nordo"`, "emergency": "true", "sil_type": `"perhour"`},
			observed: at,
		},
		"numbers nobody knows": {
			in:       `{"emergency":8,"sil_type":2}`,
			want:     map[string]string{"emergency_status": `"unknown"`, "sil_type": `"unknown"`},
			observed: at,
		},
		"emergency of an earlier pass": {
			in: `{"emergency":true}`, want: map[string]string{"emergency": "true"}, observed: at,
		},
		"interesting but not military": {
			in: `{"dbFlags":10}`, want: map[string]string{"dbFlags": "10"}, observed: at,
		},
		"position without a receiver": {
			in: `{"lat":-90,"lon":180}`, want: map[string]string{"lat": "-90", "lon": "180"}, observed: at,
		},
		"heard in the future": {
			in: `{"seen":-3}`, want: map[string]string{"seen": record.Time(at)}, observed: at,
		},
		"heard before everything": {
			in:       `{"seen":1e300,"seen_pos":99999999999999999999}`,
			want:     map[string]string{"seen": record.Time(at - 365*86_400_000), "seen_pos": record.Time(at - 365*86_400_000)},
			observed: at - 365*86_400_000,
		},
		"the age inside lastPosition": {
			in:       `{"lastPosition":{"lat":1.5, "lon":2, "nic":8, "rc":186, "seen_pos":66.2}}`,
			want:     map[string]string{"lastPosition": `{"lat":1.5,"lon":2,"nic":8,"rc":186}`},
			observed: at,
		},
		"unknown fields, compact": {
			in:       "{\"hex\":\"abc\",\"nav_modes\":[ \"a b\",\n\"vnav\" ],\"x\":{ \"y\" : [] },\"text\":\" as is \"}",
			want:     map[string]string{"nav_modes": `["a b","vnav"]`, "x": `{"y":[]}`, "text": `" as is "`},
			observed: at,
		},
		"the last of several": {
			in: `{"gs":1,"track":5,"gs":2,"track":null}`, want: map[string]string{"gs": "2"}, observed: at,
		},
		"numbers that no float holds": {
			in: `{"x":1e400,"y":-1E+400,"z":[{"a":[1,1e309]}],"long":` + strings.Repeat("9", 400) + `,"list":[` + strings.Repeat("9", 400) + `],
				"lastPosition":{"lat":1e999},"small":1e-400,"large":1e308,"text":"1e400","texts":["\"1e400"]}`,
			want: map[string]string{
				"small": "1e-400", "large": "1e308", "text": `"1e400"`, "texts": `["\"1e400"]`,
			},
			observed: at,
		},
		"half characters": {
			in: `{"a":"x\ud800y","b":["\uDFFF",{"\ud83d":"\ud83d\ude00\ud83d"}],"c":"\\ud800","d":"\ud83d\ud83d\ude00\ude00","r":"\ud800\u0041",
				"flight":"AB\udc00 "}`,
			want: map[string]string{
				"a": `"x\ufffdy"`, "b": `["\ufffd",{"\ufffd":"\ud83d\ude00\ufffd"}]`, "c": `"\\ud800"`,
				"d": `"\ufffd\ud83d\ude00\ufffd"`, "r": `"\ufffd\u0041"`, "flight": "\"AB\ufffd\"",
			},
			observed: at,
		},
		"bytes that are not UTF-8": {
			in: "{\"desc\":\"a\xffb\"}", want: map[string]string{"desc": "\"a\ufffdb\""}, observed: at,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := map[string]string{"emergency": "false", "military": "false"}
			for k, v := range test.want {
				want[k] = v
			}
			f := parse(t, test.in)
			observed, err := aircraft.Normalise(&f, at, test.receiver)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, values(f)); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			if observed != test.observed {
				t.Errorf("observed %d, want %d", observed, test.observed)
			}
		})
	}
}

// TestNormaliseNames: of names that are one once they are UTF-8, the last stays.
func TestNormaliseNames(t *testing.T) {
	f := record.Fields{{Name: "a\xff", Raw: "1"}, {Name: "b", Raw: "2"}, {Name: "a\xfe", Raw: "3"}, {Name: "\xff", Raw: "4"}, {Name: "\xfe", Raw: "null"}}
	if _, err := aircraft.Normalise(&f, at, nil); err != nil {
		t.Fatal(err)
	}
	want := record.Fields{
		{Name: "a\ufffd", Raw: "3"}, {Name: "b", Raw: "2"}, {Name: "emergency", Raw: "false"}, {Name: "military", Raw: "false"},
	}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEmergencyStatus(t *testing.T) {
	for status, want := range map[string]string{
		"none": "false", "general": "true", "lifeguard": "false", "minfuel": "true", "nordo": "true",
		"unlawful": "true", "downed": "true", "reserved": "false", "unknown": "false",
	} {
		f := record.Fields{{Name: "emergency", Raw: record.String(status)}}
		if _, err := aircraft.Normalise(&f, at, nil); err != nil {
			t.Fatal(err)
		}
		if got := f.Get("emergency"); got != want {
			t.Errorf("%s: emergency is %s, want %s", status, got, want)
		}
		if got := f.Get("emergency_status"); got != record.String(status) {
			t.Errorf("%s: emergency_status is %s", status, got)
		}
	}
}

func TestNormaliseRefuses(t *testing.T) {
	tests := map[string]struct {
		in   string
		want aircraft.Error
	}{
		"text for a number":     {`{"gs":"400"}`, aircraft.Error{Reason: aircraft.WrongType, Field: "gs"}},
		"number for a text":     {`{"squawk":7700}`, aircraft.Error{Reason: aircraft.WrongType, Field: "squawk"}},
		"some other altitude":   {`{"alt_baro":"high"}`, aircraft.Error{Reason: aircraft.WrongType, Field: "alt_baro"}},
		"geometric ground":      {`{"alt_geom":"ground"}`, aircraft.Error{Reason: aircraft.WrongType, Field: "alt_geom"}},
		"an old name":           {`{"altitude":[]}`, aircraft.Error{Reason: aircraft.WrongType, Field: "altitude"}},
		"age as text":           {`{"seen":"1"}`, aircraft.Error{Reason: aircraft.WrongType, Field: "seen"}},
		"more than a float":     {`{"gs":1e999}`, aircraft.Error{Reason: aircraft.WrongType, Field: "gs"}},
		"list for an emergency": {`{"emergency":[]}`, aircraft.Error{Reason: aircraft.WrongType, Field: "emergency"}},
		"list for an object":    {`{"lastPosition":[]}`, aircraft.Error{Reason: aircraft.WrongType, Field: "lastPosition"}},
		"no longitude":          {`{"lat":1}`, aircraft.Error{Reason: aircraft.HalfPosition, Field: "lon"}},
		"null latitude":         {`{"lat":null,"lon":2}`, aircraft.Error{Reason: aircraft.HalfPosition, Field: "lat"}},
		"north of the pole":     {`{"lat":90.1,"lon":2}`, aircraft.Error{Reason: aircraft.PositionOutOfRange, Field: "lat"}},
		"round the world":       {`{"lat":9,"lon":-180.5}`, aircraft.Error{Reason: aircraft.PositionOutOfRange, Field: "lon"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := parse(t, test.in)
			_, err := aircraft.Normalise(&f, at, nil)
			var got *aircraft.Error
			if !errors.As(err, &got) || *got != test.want {
				t.Errorf("got %v, want %v", err, &test.want)
			}
		})
	}
}

func TestHex(t *testing.T) {
	for in, want := range map[string]string{"3c6dd6": "3C6DD6", "~2aF00c": "~2AF00C", "000000": "000000"} {
		if got, err := aircraft.Hex(in); got != want || err != nil {
			t.Errorf("Hex(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "~", "3c6dd", "3c6dd6a", "~3c6dd", "~~3c6dd6", "3c6ddg", " 3c6dd6", "3c6d!6", "3c6d\x106", "ÿÿÿ"} {
		var refused *aircraft.Error
		if got, err := aircraft.Hex(in); !errors.As(err, &refused) || refused.Reason != aircraft.BadHex {
			t.Errorf("Hex(%q) = %q, %v; want it refused", in, got, err)
		}
	}
}

// FuzzNormalise: what comes out is sorted, each name once, each value JSON or a
// time without needless white space, and comes out of a second pass the same.
func FuzzNormalise(f *testing.F) {
	f.Add([]byte(`{"flight":"A\u0020","alt_baro":"ground","lat":1.0,"lon":-2e1,"seen":1.5,"lastPosition":{"seen_pos":1, "<":{}}}`))
	f.Add([]byte(`{"emergency":3,"sil_type":1,"altitude":5,"dbFlags":1,"x":[1, 2],"seen_pos":-0}`))
	f.Add([]byte(`{"x":[1e400,"\ud800"],"y":{"\udc00":1e400},"z":"\ud83d\ude00\ud83d","lastPosition":{"seen_pos":1e400,"a":"\ud800"}}`))
	f.Fuzz(func(t *testing.T, object []byte) {
		if !json.Valid(object) || object[0] != '{' {
			return
		}
		fields := parse(t, string(object))
		observed, err := aircraft.Normalise(&fields, at, &geo.Point{Lat: 1, Lon: 2})
		if err != nil {
			return
		}
		for i, field := range fields {
			if i > 0 && fields[i-1].Name >= field.Name {
				t.Fatalf("%q does not come after %q", field.Name, fields[i-1].Name)
			}
			if _, isTime := record.ParseTime(field.Raw); isTime {
				continue
			}
			var plain any // unlike json.Valid, this refuses numbers that are too large
			if json.Unmarshal([]byte(field.Raw), &plain) != nil || field.Raw == "null" || !utf8.ValidString(field.Name+field.Raw) {
				t.Fatalf("%s: %q", field.Name, field.Raw)
			}
		}
		again := slices.Clone(fields)
		twice, err := aircraft.Normalise(&again, at, &geo.Point{Lat: 1, Lon: 2})
		if err != nil || !slices.Equal(fields, again) {
			t.Fatalf("second pass: %v\n%v\n%v", err, fields, again)
		}
		if fields.Get("seen") != "" && twice != observed {
			t.Fatalf("observed %d, then %d", observed, twice)
		}
	})
}
