package feed

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// What is told when only what was touched is compared is what is told when all
// is: random reports, whole and in part, of one source and of several, with noise
// that rides along now and then, fields that come and go, and records that end.
func TestWhatWasTouchedIsWhatDiffers(t *testing.T) {
	policy := topic.Policy{
		TTL: 20 * time.Second, Noise: []string{"seen", "rssi"}, NoiseEvery: 5 * time.Second,
		Together: [][]string{{"lat", "lon"}}, Assumed: map[string]string{"military": "false"}, Precision: map[string]int{"lat": 1},
	}
	names := []string{"alt", "flight", "gs", "lat", "lon", "rssi", "seen", "squawk"}
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 1))
		fast, slow := newMerger(policy), newMerger(policy)
		if seed%4 == 3 {
			fast.sources, slow.sources = []string{"a", "b"}, []string{"a", "b"}
		}
		now, aligned := int64(1_000_000), 0
		for range 100 {
			now += rng.Int64N(1000)
			for range rng.IntN(4) {
				u := record.Update{Record: record.Record{Key: fmt.Sprint(rng.IntN(3))}, Observed: now, Whole: rng.IntN(3) > 0}
				for _, name := range names {
					if rng.IntN(20) > 0 {
						u.Fields = append(u.Fields, record.Field{Name: name, Raw: fmt.Sprintf("%d.%d", rng.IntN(3), rng.IntN(3))})
					}
				}
				if !u.Whole && len(u.Fields) > 0 && rng.IntN(3) == 0 {
					u.Fields[rng.IntN(len(u.Fields))].Raw = ""
				}
				source := 0
				if len(fast.sources) > 0 {
					source = rng.IntN(2)
				}
				other := u
				other.Fields = append(record.Fields(nil), u.Fields...)
				fast.put(&u, source, now)
				slow.put(&other, source, now)
			}
			if rng.IntN(10) == 0 {
				fast.expire(now)
				slow.expire(now)
			}
			for _, r := range slow.rows {
				r.aligned = false
			}
			for _, r := range fast.dirty {
				if r.aligned && r.touched != 0 {
					aligned++
				}
			}
			want, got := slow.flush(now), fast.flush(now)
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" {
				t.Fatalf("seed %d: told otherwise (-all compared +only what was touched):\n%s", seed, diff)
			}
		}
		if aligned == 0 && seed%4 != 3 {
			t.Errorf("seed %d: no record was ever compared by what was touched", seed)
		}
	}
}
