package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/cmd/skygate/app"
	"github.com/skygate-io/skygate/config"
	"github.com/skygate-io/skygate/pkg/eventually"
)

// What is logged of an outage.
const (
	away  = "warn: redis is away; trying until it is back"
	joins = "debug: redis is away for this part, too"
	back  = "info: redis is back"
)

// journal is what a process logs. It is safe for concurrent use.
type journal struct {
	mu  sync.Mutex
	all bytes.Buffer // guarded by mu
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.all.Write(p)
}

// lines gives level and message of each, and the parts that are away at some time.
func (j *journal) lines(t *testing.T) (lines, parts []string) {
	t.Helper()
	j.mu.Lock()
	text := j.all.String()
	j.mu.Unlock()
	for line := range strings.Lines(text) {
		var l struct{ Level, Message, Part string }
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		said := l.Level + ": " + l.Message
		if lines = append(lines, said); said == away || said == joins {
			parts = append(parts, l.Part)
		}
	}
	return lines, parts
}

// told gives those about Redis, and those for who operates it: warnings and errors. Who
// writes a topic is no trouble.
func (j *journal) told(t *testing.T) (told []string) {
	t.Helper()
	lines, _ := j.lines(t)
	for _, line := range lines {
		if !strings.HasPrefix(line, "debug:") && (!strings.HasPrefix(line, "info:") || strings.Contains(line, "redis")) {
			told = append(told, line)
		}
	}
	return told
}

// begin runs a process to the end of the test. It notices sooner than others that Redis is
// frozen, and still does not take a loaded machine for that.
func begin(t *testing.T, of redis.Config) *journal {
	t.Helper()
	cfg := config.Default()
	cfg.Listen = "127.0.0.1:0"
	cfg.Redis = of
	cfg.Redis.DialTimeout, cfg.Redis.ReadTimeout, cfg.Redis.WriteTimeout = time.Second, time.Second, time.Second
	cfg.Cluster.Streams.Timeout = time.Second
	cfg.Cluster.Canary.Limit = time.Second
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	j := &journal{}
	a, err := app.New(cfg, zerolog.New(j))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if t.Failed() {
			lines, parts := j.lines(t)
			t.Logf("it said\n%s\nof %q", strings.Join(lines, "\n"), parts)
		}
	})
	eventually.Holds(t, "it writes the aircraft, or Redis is away", func() bool {
		lines, _ := j.lines(t)
		return slices.Contains(lines, "info: this process writes the topic") || slices.Contains(lines, away)
	})
	return j
}

// everything is what notices that Redis is away when it is for long enough; a frozen one
// keeps the connection of the rooms for longer.
var everything = []string{
	"counting clients", "the alert rules", "the canary of pub/sub", "the canary of streams", "the lease of aircraft",
	"the topic acars", "the topic aircraft", "the topic alerts", "the topic safety", "the topic stats",
}

// TestAnOutage: however many parts of a process fail by it, it is said once, and its end.
func TestAnOutage(t *testing.T) {
	for name, c := range map[string]struct {
		end, begin func(s *redistest.Server)
		first      bool // before the process begins
		notices    []string
	}{
		"it is killed":           {end: (*redistest.Server).Kill, begin: (*redistest.Server).Start, notices: append(slices.Clone(everything), "the rooms")},
		"it is frozen":           {end: (*redistest.Server).Freeze, begin: (*redistest.Server).Thaw, notices: everything},
		"it comes after we have": {end: (*redistest.Server).Kill, begin: (*redistest.Server).Start, first: true, notices: []string{"the rooms", "the lease of aircraft"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Single(t)
			if c.first {
				c.end(server)
			}
			j := begin(t, server.Config())
			if !c.first {
				if told := j.told(t); len(told) > 0 {
					t.Errorf("before anything happened it said %q", told)
				}
				c.end(server)
			}
			eventually.Holds(t, "all notice that Redis is away", func() bool {
				_, parts := j.lines(t)
				return !slices.ContainsFunc(c.notices, func(p string) bool { return !slices.Contains(parts, p) })
			})
			if told := j.told(t); !slices.Equal(told, []string{away}) {
				t.Errorf("of its end it said %q", told)
			}
			c.begin(server)
			eventually.Holds(t, "Redis is back", func() bool { return slices.Contains(j.told(t), back) })
			if told := j.told(t); !slices.Equal(told, []string{away, back}) {
				t.Errorf("it said %q", told)
			}
		})
	}
}
