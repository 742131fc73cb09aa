package feedtest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
)

// patience bounds every wait.
const patience = 20 * time.Second

// Fixture is a source, with what it tells.
type Fixture struct {
	feed.Source
	Sink *Sink
	Logs *Logs
	t    *testing.T
}

// New makes the source that create gives. It does not run yet.
func New[S feed.Source](t *testing.T, create func(log zerolog.Logger) (S, error)) *Fixture {
	t.Helper()
	f := &Fixture{Sink: &Sink{}, Logs: &Logs{}, t: t}
	source, err := create(zerolog.New(f.Logs))
	if err != nil {
		t.Fatal(err)
	}
	f.Source = source
	return f
}

// Run makes a source that runs until the test ends.
func Run[S feed.Source](t *testing.T, create func(log zerolog.Logger) (S, error)) *Fixture {
	t.Helper()
	f := New(t, create)
	f.Start()
	return f
}

// Start runs the source until the test ends.
func (f *Fixture) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- f.Run(ctx, f.Sink) }()
	f.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			f.t.Errorf("Run: %v", err)
		}
	})
}

// Want waits for a condition.
func (f *Fixture) Want(what string, is func() bool) {
	f.t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			f.t.Fatalf("still waiting: %s; status %+v, records %.300s", what, f.Status(), f.Sink.Keys())
		}
	}
}

// WantState waits for a state.
func (f *Fixture) WantState(s feed.State) {
	f.t.Helper()
	f.Want("state "+string(s), func() bool { return f.Status().State == s })
}

// WantBad waits until so much was counted by a reason.
func (f *Fixture) WantBad(reason string, n uint64) {
	f.t.Helper()
	f.Want(fmt.Sprintf("%d × %s", n, reason), func() bool { return f.Status().Bad[reason] >= n })
}

// WantFailing waits until the source fails for a reason, and says so.
func (f *Fixture) WantFailing(reason string) {
	f.t.Helper()
	f.WantBad(reason, 1)
	if s := f.Status(); s.State != feed.Failing || s.Err == "" {
		f.t.Errorf("status %+v, want it failing and an error", s)
	}
}

// WantKeys waits for the records that came so far.
func (f *Fixture) WantKeys(keys string) {
	f.t.Helper()
	f.Want("records "+keys, func() bool { return f.Sink.Keys() == keys })
}
