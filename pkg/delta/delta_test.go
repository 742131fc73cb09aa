package delta

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/skygate-io/skygate/pkg/record"
)

func fields(pairs ...string) record.Fields {
	var f record.Fields
	for i := 0; i < len(pairs); i += 2 {
		f = append(f, record.Field{Name: pairs[i], Raw: pairs[i+1]})
	}
	f.Sort()
	return f
}

func TestDiff(t *testing.T) {
	noise := Noise([]string{"seen", "rssi"})
	for name, tc := range map[string]struct {
		before, after, patch record.Fields
		news                 bool
	}{
		"same":                {fields("gs", "1"), fields("gs", "1"), nil, false},
		"changed":             {fields("gs", "1", "lat", "2"), fields("gs", "3", "lat", "2"), fields("gs", "3"), true},
		"appeared":            {nil, fields("gs", "3"), fields("gs", "3"), true},
		"vanished":            {fields("gs", "3"), nil, fields("gs", ""), true},
		"noise alone":         {fields("rssi", "1"), fields("rssi", "2"), fields("rssi", "2"), false},
		"noise rides along":   {fields("rssi", "1", "gs", "1"), fields("rssi", "2", "gs", "0"), fields("rssi", "2", "gs", "0"), true},
		"vanished noise":      {fields("seen", "1"), nil, fields("seen", ""), false},
		"one for the other":   {fields("a", "1", "c", "1"), fields("b", "1", "c", "1"), fields("a", "", "b", "1"), true},
		"zero is no absence":  {fields("alt", "0"), fields("alt", "1"), fields("alt", "1"), true},
		"absence is no zero":  {fields("alt", "0"), nil, fields("alt", ""), true},
		"last of the longer":  {fields("a", "1"), fields("a", "1", "z", "1"), fields("z", "1"), true},
		"first of the longer": {fields("b", "1"), fields("a", "1", "b", "1"), fields("a", "1"), true},
	} {
		t.Run(name, func(t *testing.T) {
			patch, news := Diff(tc.before, tc.after, noise)
			if d := cmp.Diff(tc.patch, patch); d != "" || news != tc.news {
				t.Errorf("news %v, want %v; patch (-want +got):\n%s", news, tc.news, d)
			}
		})
	}
}

// FuzzDiff: applying Diff(a, b) to a gives b.
func FuzzDiff(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	f.Fuzz(func(t *testing.T, seedA, seedB uint64) {
		a, b := randomFields(rand.New(rand.NewPCG(seedA, 0))), randomFields(rand.New(rand.NewPCG(seedB, 1)))
		patch, _ := Diff(a, b, Noise(nil))
		got := slices.Clone(a)
		got.Merge(patch)
		if !slices.Equal(got, b) {
			t.Errorf("a %v\nb %v\npatch %v\ngot %v", a, b, patch, got)
		}
	})
}

// FuzzFold: applying the fold of some changes gives what applying them one
// after the other gives, and names no key twice and every field that one of
// them named in a record that stayed.
func FuzzFold(f *testing.F) {
	for seed := range uint64(500) {
		f.Add(seed, uint8(seed%7))
	}
	f.Fuzz(func(t *testing.T, seed uint64, n uint8) {
		rng := rand.New(rand.NewPCG(seed, 2))
		one, folded := record.NewTable(), record.NewTable()
		start := randomChange(rng)
		one.Apply(start)
		folded.Apply(start)
		var changes []*record.Change
		for range int(n)%8 + 1 {
			c := randomChange(rng)
			changes = append(changes, c)
			one.Apply(c)
		}
		before := fmt.Sprint(changes)
		sum := Fold(changes...)
		folded.Apply(sum)
		if d := cmp.Diff(one.Records(), folded.Records(), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("(-one by one +folded):\n%s", d)
		}
		if fmt.Sprint(changes) != before {
			t.Error("Fold changed its input")
		}
		wantOnce(t, sum)
		wantEveryTouch(t, changes, sum)
	})
}

func wantOnce(t *testing.T, c *record.Change) {
	t.Helper()
	seen := map[string]bool{}
	for _, r := range slices.Concat(c.Added, c.Updated) {
		if seen[r.Key] {
			t.Errorf("%s stands twice", r.Key)
		}
		seen[r.Key] = true
	}
	for _, key := range c.Removed {
		if seen[key] {
			t.Errorf("%s stands twice", key)
		}
	}
}

func wantEveryTouch(t *testing.T, changes []*record.Change, sum *record.Change) {
	t.Helper()
	for _, r := range sum.Updated {
		names := map[string]bool{}
		for _, f := range r.Fields {
			names[f.Name] = true
		}
		for _, c := range changes {
			for _, u := range c.Updated {
				if u.Key != r.Key {
					continue
				}
				for _, f := range u.Fields {
					if !names[f.Name] {
						t.Errorf("%s: the fold does not name %s", r.Key, f.Name)
					}
				}
			}
		}
	}
}

func randomFields(rng *rand.Rand) record.Fields {
	var f record.Fields
	for _, name := range []string{"alt", "gs", "lat", "lon", "squawk", "track"} {
		if rng.IntN(2) == 0 {
			f = append(f, record.Field{Name: name, Raw: fmt.Sprint(rng.IntN(3))})
		}
	}
	return f
}

func randomChange(rng *rand.Rand) *record.Change {
	c := &record.Change{Observed: rng.Int64N(100)}
	for _, key := range []string{"A", "B", "C", "D"} {
		switch rng.IntN(5) {
		case 0:
			c.Added = append(c.Added, record.Record{Key: key, Fields: randomFields(rng)})
		case 1, 2:
			patch := randomFields(rng)
			for i := range patch {
				if rng.IntN(3) == 0 {
					patch[i].Raw = ""
				}
			}
			c.Updated = append(c.Updated, record.Record{Key: key, Fields: patch})
		case 3:
			c.Removed = append(c.Removed, key)
		}
	}
	return c
}
