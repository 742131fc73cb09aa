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
		cfg   batch.Config
		steps []step // what is due is flushed
	}{
		"the first goes at once, the next wait for the window": {
			batch.Config{Window: 200 * time.Millisecond, Messages: 50, Bytes: 1 << 20},
			[]step{{0, 10, true}, {1, 10, false}, {199, 10, false}, {200, 10, true}, {201, 10, false}},
		},
		"a quiet topic never waits": {
			batch.Config{Window: 200 * time.Millisecond, Messages: 50, Bytes: 1 << 20},
			[]step{{0, 10, true}, {200, 10, true}, {5000, 10, true}},
		},
		"enough messages": {
			batch.Config{Window: time.Second, Messages: 2, Bytes: 1 << 20},
			[]step{{0, 10, true}, {1, 10, false}, {2, 10, true}, {3, 10, false}, {4, 10, true}},
		},
		"enough bytes": {
			batch.Config{Window: time.Second, Messages: 50, Bytes: 100},
			[]step{{0, 10, true}, {1, 99, false}, {2, 1, true}, {3, 100, true}},
		},
		"no window": {
			batch.Config{Messages: 50, Bytes: 1 << 20},
			[]step{{0, 10, true}, {0, 10, true}, {1, 10, true}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := batch.New(tc.cfg)
			for i, s := range tc.steps {
				due := w.Add(at(s.ms), s.bytes)
				if due != s.due {
					t.Fatalf("step %d, %d bytes at %d ms: due %v, want %v", i, s.bytes, s.ms, due, s.due)
				}
				if !w.Waiting() {
					t.Fatalf("step %d: nothing waits", i)
				}
				if due {
					w.Flushed(at(s.ms))
				}
			}
		})
	}
}

func TestDue(t *testing.T) {
	start := time.Unix(1_700_000_000, 0)
	w := batch.New(batch.DefaultConfig())
	w.Flushed(start)
	if w.Add(start.Add(time.Millisecond), 1) || w.Due() != start.Add(200*time.Millisecond) {
		t.Errorf("what waits is due at %v", w.Due())
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
	} {
		c := batch.DefaultConfig()
		spoil(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), key+": ") {
			t.Errorf("%+v: %v, want an error that names %s", c, err, key)
		}
	}
}
