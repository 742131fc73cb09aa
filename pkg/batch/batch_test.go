package batch_test

import (
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/batch"
)

func TestWindow(t *testing.T) {
	start := time.Unix(1_700_000_000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	type step struct {
		ms, bytes int
		due       bool
	}
	for name, tc := range map[string]struct {
		cfg      batch.Config
		steps    []step // what is due is flushed
		interval time.Duration
	}{
		"the first goes at once, the next wait for the window": {
			batch.Config{Window: 200 * time.Millisecond, Messages: 50, Bytes: 1 << 20},
			[]step{{0, 10, true}, {1, 10, false}, {199, 10, false}, {200, 10, true}, {201, 10, false}}, 0,
		},
		"a quiet topic never waits": {
			batch.Config{Window: 200 * time.Millisecond, Messages: 50, Bytes: 1 << 20},
			[]step{{0, 10, true}, {200, 10, true}, {5000, 10, true}}, 0,
		},
		"enough messages": {
			batch.Config{Window: time.Second, Messages: 2, Bytes: 1 << 20},
			[]step{{0, 10, true}, {1, 10, false}, {2, 10, true}, {3, 10, false}, {4, 10, true}}, 0,
		},
		"enough bytes": {
			batch.Config{Window: time.Second, Messages: 50, Bytes: 100},
			[]step{{0, 10, true}, {1, 99, false}, {2, 1, true}, {3, 100, true}}, 0,
		},
		"a pace of its own does not care": {
			batch.Config{Window: 100 * time.Millisecond, Messages: 2, Bytes: 100},
			[]step{{0, 10, true}, {1, 200, false}, {2, 200, false}, {999, 1, false}, {1000, 1, true}}, time.Second,
		},
		"no window": {
			batch.Config{Messages: 50, Bytes: 1 << 20},
			[]step{{0, 10, true}, {0, 10, true}, {1, 10, true}}, 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := batch.New(tc.cfg, start, tc.interval)
			var traffic batch.Traffic
			for i, s := range tc.steps {
				traffic.Messages++
				traffic.Bytes += s.bytes
				due := w.Due(at(s.ms), traffic)
				if due != s.due {
					t.Fatalf("step %d, %d bytes at %d ms: due %v, want %v", i, s.bytes, s.ms, due, s.due)
				}
				if due {
					w.Flushed(at(s.ms), traffic, 1, true)
				}
			}
		})
	}
}

func TestWindowsEndTogether(t *testing.T) {
	start := time.Unix(1_700_000_000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	for name, tc := range map[string]struct {
		interval   time.Duration
		opens, end int // ms
	}{
		"a window":                    {0, 1000, 1200},
		"one that opens late":         {0, 1150, 1200},
		"a pace of its own":           {time.Second, 1000, 2000},
		"that is no multiple":         {500 * time.Millisecond, 1000, 1600},
		"and opens late":              {500 * time.Millisecond, 1150, 1800},
		"a pace that is just slower":  {221 * time.Millisecond, 1000, 1400},
		"a flush that is a bit late":  {time.Second, 1001, 2000},
		"or as late as it may be":     {time.Second, 1020, 2000},
		"and one that is later":       {time.Second, 1021, 2200},
		"what opens just before ends": {0, 1199, 1200},
	} {
		t.Run(name, func(t *testing.T) {
			w := batch.New(batch.DefaultConfig(), start, tc.interval)
			w.Flushed(at(tc.opens), batch.Traffic{}, 1, true)
			if w.End() != at(tc.end) {
				t.Errorf("it ends after %v, want %d ms", w.End().Sub(start), tc.end)
			}
			if w.Due(at(tc.end-1), batch.Traffic{}) || !w.Due(at(tc.end), batch.Traffic{}) {
				t.Error("what waits is not due at the end, or before")
			}
		})
	}
}

// Bytes count as far as the audience sees them: who looks at a hundredth of the
// world is told no sooner because the world is large.
func TestTheShareThatAnAudienceSees(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	w := batch.New(batch.Config{Window: time.Second, Messages: 50, Bytes: 1000}, now, 0)
	w.Flushed(now, batch.Traffic{}, batch.ShareOf(50, 5000), true)
	if w.Due(now, batch.Traffic{Messages: 1, Bytes: 99_000}) {
		t.Error("990 bytes are too much")
	}
	if !w.Due(now, batch.Traffic{Messages: 1, Bytes: 101_000}) {
		t.Error("1010 bytes have to wait")
	}
	if share := batch.ShareOf(0, 0); share != 1 {
		t.Errorf("the share of who sees nothing of nothing is %v, want 1", share)
	}
}

func TestWhatIsNotToldOpensNoWindow(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	w := batch.New(batch.DefaultConfig(), now, 0)
	w.Flushed(now, batch.Traffic{Messages: 1}, 1, false)
	if !w.Due(now, batch.Traffic{Messages: 2}) {
		t.Error("a quiet audience has to wait")
	}
}

func TestConfig(t *testing.T) {
	if err := batch.DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for key, spoil := range map[string]func(*batch.Config){
		"window":   func(c *batch.Config) { c.Window = -1 },
		"messages": func(c *batch.Config) { c.Messages = 0 },
		"bytes":    func(c *batch.Config) { c.Bytes = 12 },

		"max_message": func(c *batch.Config) { c.MaxMessage = 1000 },
	} {
		c := batch.DefaultConfig()
		spoil(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), key+": ") {
			t.Errorf("%+v: %v, want an error that names %s", c, err, key)
		}
	}
}
