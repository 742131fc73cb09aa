package traffic

import (
	"strconv"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
)

func wantFleet(t *testing.T, n int, now time.Time) *Fleet {
	t.Helper()
	f, err := New(n, now)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func number(t *testing.T, raw string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEveryAircraftMoves(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	f := wantFleet(t, 100, now)
	before := map[string]record.Fields{}
	for _, u := range f.Updates(`"1"`, now) {
		before[u.Key] = u.Clone().Fields
	}
	if len(before) != 100 {
		t.Fatalf("%d keys of 100 aircraft", len(before))
	}
	later := now.Add(100 * time.Millisecond)
	f.Step(later)
	stamped, climbing := 0, 0
	for _, u := range f.Updates(`"2"`, later) {
		if u.Observed != later.UnixMilli() || !u.Whole {
			t.Fatalf("an update as of %d, whole %t", u.Observed, u.Whole)
		}
		fields := before[u.Key]
		for i, field := range u.Fields {
			if field.Name != fields[i].Name {
				t.Fatalf("%s: field %d was %s and is %s", u.Key, i, fields[i].Name, field.Name)
			}
		}
		for _, name := range []string{"lat", "lon", "messages", "seen", "track"} {
			if u.Fields.Get(name) == fields.Get(name) && name != "lat" && name != "lon" {
				t.Errorf("%s: %s stays %s", u.Key, name, u.Fields.Get(name))
			}
		}
		if u.Fields.Get("lat") == fields.Get("lat") && u.Fields.Get("lon") == fields.Get("lon") {
			t.Errorf("%s stands still", u.Key)
		}
		if u.Fields.Get(StampField) == `"2"` {
			stamped++
		}
		if u.Fields.Get("alt") != fields.Get("alt") {
			climbing++
		}
	}
	if stamped != 10 || climbing != 25 {
		t.Errorf("%d are stamped, %d change their altitude", stamped, climbing)
	}
}

// TestViews counts what each view sees, after a while.
func TestViews(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for n, want := range map[int][2]int{50: {40, 50}, 1000: {36, 62}, 10_000: {36, 62}} {
		f := wantFleet(t, n, now)
		f.Step(now.Add(10 * time.Minute))
		views := Views(n, 200)
		different := map[Box]bool{}
		for _, v := range views {
			different[v] = true
			seen := 0
			for _, u := range f.Updates(`""`, now) {
				lat, lon := number(t, u.Fields.Get("lat")), number(t, u.Fields.Get("lon"))
				if lat >= v.South && lat <= v.North && lon >= v.West && lon <= v.East {
					seen++
				}
			}
			if seen < want[0] || seen > want[1] {
				t.Errorf("of %d aircraft a view sees %d, want %v: %+v", n, seen, want, v)
			}
		}
		if n > 100 && len(different) != len(views) {
			t.Errorf("of %d views %d are different", len(views), len(different))
		}
	}
}

func BenchmarkStep(b *testing.B) {
	f, err := New(10_000, time.Now())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		f.Step(time.Now())
		f.Updates(`"0000000000000000000"`, time.Now())
	}
}
