package streams

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
)

func fields(pairs ...string) record.Fields {
	var out record.Fields
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, record.Field{Name: pairs[i], Raw: pairs[i+1]})
	}
	out.Sort()
	return out
}

func TestEncodingRoundTrip(t *testing.T) {
	for name, c := range map[string]*record.Change{
		"nothing":   {},
		"observed":  {Observed: 1_783_166_400_123},
		"long ago":  {Observed: -5},
		"a removal": {Removed: []string{"4841D7", ""}},
		"all lists": {
			Added:    []record.Record{{Key: "A", Fields: fields("lat", "50.03", "seen", record.Time(12), "flight", `"KLM23"`, "x", "null")}, {Key: "B"}},
			Updated:  []record.Record{{Key: "C", Fields: fields("lat", "", "lon", "-8.5e3", "nav", `{"modes":["a",1,true]}`)}},
			Removed:  []string{"D"},
			Observed: 17,
		},
		"an event":           {Event: &record.Event{Name: "safety:event", Owner: "u1", Record: record.Record{Key: "A", Fields: fields("text", `"Grüße \" \u0000"`)}}},
		"an event of no key": {Event: &record.Event{Name: "e"}},
		"what is packed":     {Updated: moved(50, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := encode(c)
			if err != nil {
				t.Fatal(err)
			}
			got, err := decode(data)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c, got, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if again, _ := encode(c); again != data {
				t.Error("the second time it is written otherwise")
			}
		})
	}
}

func TestWhatIsTooLargeIsRefused(t *testing.T) {
	text := `"` + strings.Repeat("x", maxValue/4) + `"`
	c := &record.Change{}
	for range 5 {
		c.Added = append(c.Added, record.Record{Key: "A", Fields: fields("text", text)})
	}
	if _, err := encode(c); !errors.Is(err, feedlog.ErrTooLarge) {
		t.Errorf("encode = %v, want ErrTooLarge", err)
	}
}

func TestDamageIsSeen(t *testing.T) {
	plain := func(body ...byte) string { return string(append([]byte{formatPlain}, body...)) }
	for name, data := range map[string]string{
		"nothing":                "",
		"another format":         "\x09abc",
		"no body":                plain(),
		"too short":              plain(0, 0, 0, 0, 0),
		"too long":               plain(0, 0, 0, 0, 0, 0, 0),
		"more names than bytes":  plain(0, 200, 1),
		"a name of nothing":      plain(0, 1, 0, 0, 0, 0, 0),
		"a name that is none":    plain(0, 1, 1, 0xff, 0, 0, 0, 0),
		"more records":           plain(0, 0, 200, 1, 0),
		"a name out of range":    plain(0, 1, 1, 'a', 1, 1, 1, 1, 1, 'K', '1', 0, 0, 0),
		"a name twice":           plain(0, 1, 1, 'a', 1, 1, 2, 0, 1, 0, 1, 'K', '1', '1', 0, 0, 0),
		"an added null":          plain(0, 1, 1, 'a', 1, 1, 1, 0, 0, 'K', 0, 0, 0),
		"a value that is none":   plain(0, 1, 1, 'a', 1, 1, 1, 0, 1, 'K', 'x', 0, 0, 0),
		"a value too long":       plain(0, 1, 1, 'a', 1, 1, 1, 0, 9, 'K', '1', 0, 0, 0),
		"a key that is none":     plain(0, 0, 0, 0, 1, 1, 0xff, 0),
		"an event without name":  plain(0, 0, 0, 0, 0, 1, 0, 0, 0, 0),
		"an event or what":       plain(0, 0, 0, 0, 0, 2),
		"an event among records": plain(0, 0, 0, 0, 1, 1, 'K', 1, 1, 'e', 0, 0, 0),
		"packed, and no more":    string([]byte{formatPacked, 1, 2, 3}),
		"packed, and huge":       string([]byte{formatPacked, 0xff, 0xff, 0xff, 0xff, 0x0f}),
	} {
		t.Run(name, func(t *testing.T) {
			if c, err := decode(data); !errors.Is(err, errDamaged) {
				t.Errorf("decode = %+v, %v", c, err)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range []*record.Change{
		{}, {Removed: []string{"A"}, Observed: 5}, {Updated: moved(3, 1)}, {Added: moved(40, 2)},
		{Event: &record.Event{Name: "e", Owner: "o", Record: moved(1, 3)[0]}},
	} {
		data, err := encode(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data string) {
		c, err := decode(data)
		if err != nil {
			if !errors.Is(err, errDamaged) {
				t.Errorf("decode: %v", err)
			}
			return
		}
		again, err := encode(c)
		if err != nil {
			t.Fatal(err)
		}
		second, err := decode(again)
		if err != nil {
			t.Fatalf("what was read cannot be read again: %v", err)
		}
		if d := cmp.Diff(c, second, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("(-first +second):\n%s", d)
		}
		for _, list := range [][]record.Record{c.Added, c.Updated} {
			for _, r := range list {
				for _, field := range r.Fields {
					wantValue(t, field.Raw)
				}
			}
		}
	})
}

func FuzzValue(f *testing.F) {
	for _, raw := range []string{"1", "-1.5", "01", "1.", "-", "@5", "@", `"a"`, `"`, `"a\"`, "true", "nul", `{"a":[1]}`, "1e5", "+1", "\"\xff\""} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		_, isTime := record.ParseTime(raw)
		want := isTime || utf8.ValidString(raw) && json.Valid([]byte(raw))
		if got := validValue(raw); got != want {
			t.Errorf("validValue(%q) = %v", raw, got)
		}
	})
}

func wantValue(t *testing.T, raw string) {
	t.Helper()
	if raw != "" && !validValue(raw) {
		t.Errorf("value %q was taken", raw)
	}
}

// moved are records as of aircraft that have moved.
func moved(n int, seed uint64) []record.Record {
	random := rand.New(rand.NewPCG(seed, 1))
	out := make([]record.Record, n)
	for i := range out {
		out[i] = record.Record{Key: fmt.Sprintf("%06X", 0x400000+i*37), Fields: fields(
			"lat", fmt.Sprintf("%.5f", 40+20*random.Float64()), "lon", fmt.Sprintf("%.5f", 20*random.Float64()),
			"gs", fmt.Sprintf("%.1f", 300+200*random.Float64()), "track", fmt.Sprintf("%.2f", 360*random.Float64()),
			"altitude", fmt.Sprint(25*random.IntN(1600)), "vr", fmt.Sprint(64*random.IntN(30)),
			"seen", record.Time(1_783_166_400_000+int64(random.IntN(1000))), "seen_pos", record.Time(1_783_166_400_000+int64(random.IntN(1000))),
		)}
	}
	return out
}

// known are records as of aircraft with all that is known of them.
func known(n int, seed uint64) []record.Record {
	random := rand.New(rand.NewPCG(seed, 2))
	out := moved(n, seed)
	for i := range out {
		f := &out[i].Fields
		for j := range 20 {
			*f = append(*f, record.Field{Name: fmt.Sprintf("field_%02d", j), Raw: fmt.Sprintf("%.1f", 1000*random.Float64())})
		}
		*f = append(*f, fields("flight", fmt.Sprintf("%q", fmt.Sprintf("KLM%d", random.IntN(2000))), "squawk", fmt.Sprintf("%q", fmt.Sprintf("%04o", random.IntN(4096))),
			"category", `"A3"`, "registration", fmt.Sprintf("%q", fmt.Sprintf("PH-%c%c%c", 'A'+i%26, 'A'+i/26%26, 'A'+i/676%26)), "type", `"B738"`)...)
		f.Sort()
	}
	return slices.Clip(out)
}

func BenchmarkEncode(b *testing.B) {
	c := &record.Change{Updated: moved(10_000, 1)}
	var data string
	for b.Loop() {
		data, _ = encode(c)
	}
	b.ReportMetric(float64(len(data)), "bytes")
}

func BenchmarkDecode(b *testing.B) {
	data, err := encode(&record.Change{Updated: moved(10_000, 1)})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decode(data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPack compares what might pack a change of 10,000 aircraft, and a snapshot
// of them.
func BenchmarkPack(b *testing.B) {
	fast, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		b.Fatal(err)
	}
	for name, c := range map[string]*record.Change{"change": {Updated: moved(10_000, 1)}, "snapshot": {Added: known(10_000, 1)}} {
		e := encoder{names: map[string]uint64{}}
		body := e.change(c)
		for how, pack := range map[string]func() []byte{
			"plain": func() []byte { return body },
			"s2":    func() []byte { return s2.Encode(nil, body) },
			"zstd":  func() []byte { return fast.EncodeAll(body, nil) },
		} {
			b.Run(name+"/"+how, func(b *testing.B) {
				var out []byte
				for b.Loop() {
					out = pack()
				}
				b.ReportMetric(float64(len(out)), "bytes")
			})
		}
	}
}
