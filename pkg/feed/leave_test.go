package feed

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// listed is what a source lists: a field v, and an end.
func listed(key, v string, until int64) *record.Update {
	return &record.Update{
		Record: record.Record{Key: key, Fields: record.Fields{{Name: "v", Raw: v}}},
		Whole:  true, Observed: start, Until: until,
	}
}

func gone(key string) *record.Update {
	return &record.Update{Record: record.Record{Key: key}, Observed: start, Gone: true}
}

// TestEnds: without a time to live, a record ends at its own end or when nobody lists
// it any more, and never because nobody reports.
func TestEnds(t *testing.T) {
	const day = int64(24 * 3600 * 1000)
	for name, tc := range map[string]struct {
		sources int
		puts    func(put func(source int, u *record.Update))
		at      int64 // after start
		want    map[string]string
	}{
		"never":              {1, func(put func(int, *record.Update)) { put(0, listed("A", "1", 0)) }, 1000 * day, map[string]string{"A": "1"}},
		"before its end":     {1, func(put func(int, *record.Update)) { put(0, listed("A", "1", start+day)) }, day - 1, map[string]string{"A": "1"}},
		"at its end":         {1, func(put func(int, *record.Update)) { put(0, listed("A", "1", start+day)) }, day, map[string]string{}},
		"over when it comes": {1, func(put func(int, *record.Update)) { put(0, listed("A", "1", start)) }, 0, map[string]string{}},
		"a later end": {1, func(put func(int, *record.Update)) {
			put(0, listed("A", "1", start+day))
			put(0, listed("A", "1", start+3*day))
		}, 2 * day, map[string]string{"A": "1"}},
		"an end that is taken back": {1, func(put func(int, *record.Update)) {
			put(0, listed("A", "1", start+day))
			put(0, listed("A", "1", 0))
		}, 2 * day, map[string]string{"A": "1"}},
		"no longer listed": {1, func(put func(int, *record.Update)) { put(0, listed("A", "1", 0)); put(0, gone("A")) }, 0, map[string]string{}},
		"gone, and back": {1, func(put func(int, *record.Update)) {
			put(0, listed("A", "1", 0))
			put(0, gone("A"))
			put(0, listed("A", "2", 0))
		}, 0, map[string]string{"A": "2"}},
		"never known": {1, func(put func(int, *record.Update)) { put(0, gone("A")) }, 0, map[string]string{}},
		"another still lists it": {2, func(put func(int, *record.Update)) {
			put(0, listed("A", "1", 0))
			put(1, listed("A", "2", 0))
			put(0, gone("A"))
		}, 0, map[string]string{"A": "1"}},
		"another lists it, and tells it anew": {2, func(put func(int, *record.Update)) {
			put(0, listed("A", "1", 0))
			put(1, listed("A", "2", 0))
			put(0, gone("A"))
			put(1, listed("A", "2", 0))
		}, 0, map[string]string{"A": "2"}},
		"over, for one of them": {2, func(put func(int, *record.Update)) {
			put(1, listed("A", "2", start+2*day))
			put(0, listed("A", "1", start))
		}, day, map[string]string{"A": "2"}},
		"the last end counts": {2, func(put func(int, *record.Update)) {
			put(1, listed("A", "2", start+2*day))
			put(0, listed("A", "1", start+day))
		}, day, map[string]string{"A": "2"}},
		"who said the last end is gone": {2, func(put func(int, *record.Update)) {
			put(1, listed("A", "2", start+2*day))
			put(0, listed("A", "1", start+day))
			put(1, gone("A"))
		}, day, map[string]string{}},
		"gone, and another begins": {2, func(put func(int, *record.Update)) {
			put(0, listed("A", "1", 0))
			put(0, gone("A"))
			put(1, listed("A", "2", 0))
		}, 0, map[string]string{"A": "2"}},
		"nobody lists it": {2, func(put func(int, *record.Update)) {
			put(0, listed("A", "1", 0))
			put(1, listed("A", "2", 0))
			put(0, gone("A"))
			put(1, gone("A"))
		}, 0, map[string]string{}},
		"another knows no end": {2, func(put func(int, *record.Update)) {
			put(0, listed("A", "1", start+day))
			put(1, listed("A", "1", 0))
		}, day, map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMerger(topic.Policy{})
			m.sources = []string{"one", "two"}[:tc.sources]
			tc.puts(func(source int, u *record.Update) { m.put(u, source, start) })
			m.expire(start + tc.at)
			got := map[string]string{}
			for key, r := range m.rows {
				got[key] = r.now.Get("v")
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestChangesAddUp: whatever is listed, is no longer, and ends: what is told adds up to
// what there is.
func TestChangesAddUp(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 9))
		m, now := newMerger(topic.Policy{}), start
		m.sources = []string{"one", "two"}[:1+rng.IntN(2)]
		reader := record.NewTable()
		for range 60 {
			key, source := string(rune('A'+rng.IntN(4))), rng.IntN(len(m.sources))
			u := listed(key, string(rune('0'+rng.IntN(3))), 0)
			switch rng.IntN(4) {
			case 0:
				u = gone(key)
			case 1:
				u.Until = now + rng.Int64N(5000)
			}
			u.Observed = now
			m.put(u, source, now)
			now += rng.Int64N(2000)
			if rng.IntN(2) == 0 {
				m.expire(now)
			}
			if c := m.flush(now); c != nil {
				reader.Apply(c)
			}
		}
		m.expire(now)
		if c := m.flush(now); c != nil {
			reader.Apply(c)
		}
		want := map[string]string{}
		for key, r := range m.rows {
			want[key] = r.now.Get("v")
		}
		got := map[string]string{}
		for r := range reader.All() {
			got[r.Key] = r.Fields.Get("v")
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("seed %d (-there is +told):\n%s", seed, d)
		}
	}
}

// TestTwoListsAreStill: what two sources list differently is not told anew with every
// poll of theirs.
func TestTwoListsAreStill(t *testing.T) {
	m, now := newMerger(topic.Policy{}), start
	m.sources = []string{"one", "two"}
	told := 0
	for range 20 {
		for source, v := range []string{"1", "2"} {
			u := listed("A", v, 0)
			u.Observed = now
			m.put(u, source, now)
			if m.flush(now) != nil {
				told++
			}
			now += 60_000
		}
	}
	if told != 1 {
		t.Errorf("it was told %d times", told)
	}
}

// TestClockThatRanAhead: what ended by a clock that was ahead is back with the next poll
// after the clock was set right.
func TestClockThatRanAhead(t *testing.T) {
	const hour = int64(3600 * 1000)
	m := newMerger(topic.Policy{})
	m.put(listed("A", "1", start+hour), 0, start)
	m.flush(start)
	if gone := m.expire(start + 24*hour); len(gone) != 1 {
		t.Fatalf("ended: %v", gone)
	}
	if c := m.flush(start + 24*hour); c == nil || len(c.Removed) != 1 {
		t.Errorf("told: %+v", c)
	}
	m.put(listed("A", "1", start+hour), 0, start+60_000)
	m.expire(start + 61_000)
	if c := m.flush(start + 61_000); c == nil || len(c.Added) != 1 {
		t.Errorf("told: %+v", c)
	}
}
