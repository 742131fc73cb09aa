package record_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/skygate-io/skygate/pkg/record"
)

// A table is what a map of maps would be, in whatever order changes name the records,
// and whichever of them go and come back.
func TestTableWhateverTheOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	table, want := record.NewTable(), map[string]map[string]string{}
	for step := range 5000 {
		var c record.Change
		for n := range rng.IntN(12) {
			key := fmt.Sprint((step/50 + n*(1+step/500%3)) % 17) // the same order for a while
			if rng.IntN(4) == 0 {
				key = fmt.Sprint(rng.IntN(17))
			}
			fields := record.Fields{}
			for range rng.IntN(4) {
				fields.Set(fmt.Sprint("f", rng.IntN(5)), fmt.Sprint(step))
			}
			switch rng.IntN(8) {
			case 0:
				c.Removed = append(c.Removed, key)
			case 1:
				c.Added = append(c.Added, record.Record{Key: key, Fields: fields})
			default:
				if len(fields) > 0 && rng.IntN(3) == 0 {
					fields[0].Raw = "" // it vanished
				}
				c.Updated = append(c.Updated, record.Record{Key: key, Fields: fields})
			}
		}
		table.Apply(&c)
		for _, a := range c.Added {
			want[a.Key] = map[string]string{}
			for _, f := range a.Fields {
				want[a.Key][f.Name] = f.Raw
			}
		}
		for _, u := range c.Updated {
			if want[u.Key] == nil {
				want[u.Key] = map[string]string{}
			}
			for _, f := range u.Fields {
				want[u.Key][f.Name] = f.Raw
				if f.Raw == "" {
					delete(want[u.Key], f.Name)
				}
			}
		}
		for _, key := range c.Removed {
			delete(want, key)
		}
		got := table.Records()
		keys := slices.Sorted(maps.Keys(want))
		if len(got) != len(keys) {
			t.Fatalf("step %d: %d records, want %d", step, len(got), len(keys))
		}
		for i, r := range got {
			fields := map[string]string{}
			for _, f := range r.Fields {
				fields[f.Name] = f.Raw
			}
			if r.Key != keys[i] || !maps.Equal(fields, want[r.Key]) {
				t.Fatalf("step %d: %s is %v, want %s: %v", step, r.Key, r.Fields, keys[i], want[keys[i]])
			}
		}
	}
}
