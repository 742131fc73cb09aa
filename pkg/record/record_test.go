package record_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/skygate-io/skygate/pkg/record"
)

func Example() {
	t := record.NewTable()
	t.Apply(&record.Change{Added: []record.Record{{
		Key:    "4841D7",
		Fields: record.Fields{{Name: "flight", Raw: `"KLM23"`}, {Name: "gs", Raw: "468.9"}, {Name: "seen", Raw: record.Time(1000)}},
	}}})
	t.Apply(&record.Change{Updated: []record.Record{{
		Key:    "4841D7",
		Fields: record.Fields{{Name: "flight"}, {Name: "gs", Raw: "470"}},
	}}})
	fmt.Printf("%s\n", t.Get("4841D7").AppendJSON(nil, "hex", 3500))
	// Output: {"hex":"4841D7","gs":470,"seen":2.5}
}

func TestRound(t *testing.T) {
	for raw, want := range map[string]string{
		"50.1234567": "50.12346", "50.12": "50.12", "50": "50", "-0.000001": "0", "0.0000049": "0",
		"1e-7": "0", "1.5e1": "15", "-8.570600": "-8.5706", "123456.999999": "123457", `"50.1234567"`: `"50.1234567"`,
		"null": "null", "[1.1234567]": "[1.1234567]", "@1234567": "@1234567", "": "", "1.000000": "1",
	} {
		if got := record.Round(raw, 5); got != want {
			t.Errorf("Round(%s) = %s, want %s", raw, got, want)
		}
	}
}

func TestDepth(t *testing.T) {
	for raw, want := range map[string]int{
		`7`: 0, `"[[["`: 0, `[]`: 1, `{"a":[{"b":"}]"}]}`: 3, `["\\"[",[]]`: 2, `]]][`: 0, ``: 0,
	} {
		if got := record.Depth(raw); got != want {
			t.Errorf("Depth(%s) = %d, want %d", raw, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for want, v := range map[string]float64{
		"0": 0, "1.5": 1.5, "-3.3": -3.25001, "100": 100, "": math.NaN(), "120": 119.99,
	} {
		if got := record.Number(v, 1); got != want {
			t.Errorf("Number(%v) = %q, want %q", v, got, want)
		}
	}
	if got := record.Number(math.Inf(1), 1); got != "" {
		t.Errorf("Number(∞) = %q", got)
	}
	if got := record.Number(math.Copysign(0, -1), 1); got != "0" {
		t.Errorf("Number(-0) = %q", got)
	}
}

func TestAges(t *testing.T) {
	for at, want := range map[int64]string{
		10_000: "0", 9_960: "0", 9_950: "0.1", 9_900: "0.1", 9_000: "1", 0: "10", 11_000: "0", -50_000: "60", 7_740: "2.3",
	} {
		r := record.Record{Key: "A", Fields: record.Fields{{Name: "seen", Raw: record.Time(at)}}}
		if got := string(r.AppendJSON(nil, "hex", 10_000)); got != `{"hex":"A","seen":`+want+`}` {
			t.Errorf("heard at %d, told at 10000: %s, want an age of %s", at, got, want)
		}
	}
}

func FuzzRound(f *testing.F) {
	f.Add(50.1234567, 5)
	f.Fuzz(func(t *testing.T, v float64, decimals int) {
		if math.IsNaN(v) || math.IsInf(v, 0) || math.Abs(v) > 1e15 || decimals < 0 || decimals > 8 {
			t.Skip()
		}
		for _, raw := range []string{strconv.FormatFloat(v, 'g', -1, 64), strconv.FormatFloat(v, 'f', -1, 64)} {
			got := record.Round(raw, decimals)
			back, err := strconv.ParseFloat(got, 64)
			if err != nil || !json.Valid([]byte(got)) {
				t.Fatalf("Round(%s, %d) = %q, no number", raw, decimals, got)
			}
			if math.Abs(back-v) > 0.5000001*math.Pow10(-decimals)+math.Abs(v)*1e-15 {
				t.Errorf("Round(%s, %d) = %s, too far", raw, decimals, got)
			}
			if _, part, _ := strings.Cut(got, "."); len(part) > decimals {
				t.Errorf("Round(%s, %d) = %s, too long", raw, decimals, got)
			}
			if again := record.Round(got, decimals); again != got {
				t.Errorf("rounding %s again gives %s", got, again)
			}
		}
	})
}

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"KLM23", `a"b\c`, "\x00\x1f\x7f", "é😀", "\xff\xfe", "\u2028", "</script>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		if err := json.Unmarshal(record.AppendString(nil, s), &back); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if want := strings.ToValidUTF8(s, "\x00"); utf8.ValidString(s) && back != want {
			t.Errorf("%q came back as %q", s, back)
		}
		if !utf8.Valid(record.AppendString(nil, s)) {
			t.Errorf("%q is not written as UTF-8", s)
		}
	})
}

// FuzzFields compares Fields with a map.
func FuzzFields(f *testing.F) {
	for seed := range uint64(50) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 4))
		var fields record.Fields
		reference := map[string]string{}
		apply := func(name, raw string) {
			if raw == "" {
				delete(reference, name)
			} else {
				reference[name] = raw
			}
		}
		for range 40 {
			if rng.IntN(2) == 0 {
				name, raw := randomField(rng)
				fields.Set(name, raw)
				apply(name, raw)
				continue
			}
			var patch record.Fields
			for range rng.IntN(5) {
				name, raw := randomField(rng)
				patch = append(patch, record.Field{Name: name, Raw: raw})
			}
			patch.Sort()
			for _, p := range patch {
				apply(p.Name, p.Raw)
			}
			fields.Merge(patch)
		}
		if !slices.IsSortedFunc(fields, func(a, b record.Field) int { return strings.Compare(a.Name, b.Name) }) {
			t.Errorf("not sorted: %v", fields)
		}
		got := map[string]string{}
		for _, field := range fields {
			got[field.Name] = field.Raw
			if fields.Get(field.Name) != field.Raw {
				t.Errorf("Get(%s) = %s", field.Name, fields.Get(field.Name))
			}
		}
		if !maps.Equal(got, reference) || len(got) != len(fields) {
			t.Errorf("got %v, want %v", fields, reference)
		}
	})
}

func randomField(rng *rand.Rand) (name, raw string) {
	if rng.IntN(4) > 0 {
		raw = fmt.Sprint(rng.IntN(10))
	}
	return string(rune('a' + rng.IntN(8))), raw
}

func TestSortKeepsTheLastOfAName(t *testing.T) {
	f := record.Fields{{Name: "b", Raw: "1"}, {Name: "a", Raw: "1"}, {Name: "b", Raw: "2"}, {Name: "a", Raw: "3"}, {Name: "b", Raw: "4"}}
	f.Sort()
	if want := (record.Fields{{Name: "a", Raw: "3"}, {Name: "b", Raw: "4"}}); !slices.Equal(f, want) {
		t.Errorf("got %v, want %v", f, want)
	}
}

func TestATableDoesNotShareItsRows(t *testing.T) {
	change := &record.Change{Added: []record.Record{{Key: "A", Fields: record.Fields{{Name: "gs", Raw: "1"}, {Name: "lat", Raw: "2"}}}}}
	one, two := record.NewTable(), record.NewTable()
	one.Apply(change)
	two.Apply(change)
	one.Apply(&record.Change{Updated: []record.Record{{Key: "A", Fields: record.Fields{{Name: "gs", Raw: "9"}, {Name: "lat"}}}}})
	if got := two.Get("A").Fields.Get("gs") + two.Get("A").Fields.Get("lat"); got != "12" {
		t.Errorf("the other table has %s", got)
	}
	if got := change.Added[0].Fields.Get("gs"); got != "1" {
		t.Errorf("the change has %s", got)
	}
}

// The key of an event is a text, or, where its fields tell it, what they say.
func TestEventJSON(t *testing.T) {
	for want, e := range map[string]record.Event{
		`{"id":"7","a":1,"z":null}`: {Record: record.Record{Key: "7", Fields: record.Fields{{Name: "a", Raw: "1"}, {Name: "z"}}}},
		`{"id":7,"a":1,"z":null}`:   {Record: record.Record{Key: "7", Fields: record.Fields{{Name: "a", Raw: "1"}, {Name: "id", Raw: "7"}, {Name: "z"}}}},
		`{"id":"\"","seen":1.5}`:    {Record: record.Record{Key: `"`, Fields: record.Fields{{Name: "seen", Raw: record.Time(500)}}}},
	} {
		if got := string(e.AppendJSON(nil, "id", 2000)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
