package readsb

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/record"
)

// sink collects what it is given.
type sink struct {
	mu  sync.Mutex
	got []record.Update
}

func (s *sink) Put(updates []record.Update) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range updates {
		u.Fields = slices.Clone(u.Fields)
		s.got = append(s.got, u)
	}
}

func (s *sink) updates() []record.Update {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

func (s *sink) keys() string {
	var list []string
	for _, u := range s.updates() {
		list = append(list, u.Key)
	}
	return strings.Join(list, " ")
}

// fixture is a source that runs until the test ends.
type fixture struct {
	t *testing.T
	*Source
	sink *sink
	logs *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// states gives the states that were logged.
func (l *lockedBuffer) states() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []string
	for line := range strings.Lines(l.b.String()) {
		_, state, _ := strings.Cut(line, `"state":"`)
		state, _, _ = strings.Cut(state, `"`)
		list = append(list, state)
	}
	return strings.Join(list, " ")
}

func newFixture(t *testing.T, url string, change ...func(*Config)) *fixture {
	t.Helper()
	cfg := DefaultConfig()
	cfg.URL, cfg.Interval, cfg.Timeout = url, 100*time.Millisecond, 10*time.Second
	for _, c := range change {
		c(&cfg)
	}
	f := &fixture{t: t, sink: &sink{}, logs: &lockedBuffer{}}
	var err error
	if f.Source, err = New(cfg, zerolog.New(f.logs)); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fixture) run() {
	f.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- f.Run(ctx, f.sink) }()
	f.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			f.t.Errorf("Run: %v", err)
		}
	})
}

// want waits for a condition.
func (f *fixture) want(what string, is func() bool) {
	f.t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			f.t.Fatalf("still waiting: %s; status %+v, aircraft %s", what, f.Status(), f.sink.keys())
		}
	}
}

func (f *fixture) wantState(s feed.State) {
	f.t.Helper()
	f.want("state "+string(s), func() bool { return f.Status().State == s })
}

func (f *fixture) wantBad(reason string) {
	f.t.Helper()
	f.want(reason, func() bool { return f.Status().Bad[reason] > 0 })
	if s := f.Status(); s.State != feed.Failing || s.Err == "" {
		f.t.Errorf("status %+v, want it failing and an error", s)
	}
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func file(aircraft ...string) string {
	for i, hex := range aircraft {
		aircraft[i] = fmt.Sprintf(`{"hex":%q,"lat":50,"lon":9,"seen":1}`, hex)
	}
	return fmt.Sprintf(`{"now":%.3f,"aircraft":[%s]}`, float64(time.Now().UnixMilli())/1000, strings.Join(aircraft, ","))
}
