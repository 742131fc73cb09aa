package demo

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/record"
)

// counter is a sink that counts.
type counter struct {
	puts, records int
	at            []time.Time
}

func (c *counter) Put(updates []record.Update) {
	c.puts++
	c.records += len(updates)
	c.at = append(c.at, time.Now())
}

func TestSourceTicksAndStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source, err := New(seeded(func(c *Config) { c.Interval = 2 * time.Second }), zerolog.Nop())
		if err != nil {
			t.Fatal(err)
		}
		if got := source.Status().State; got != feed.Starting {
			t.Errorf("before it runs: %q", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 11*time.Second)
		defer cancel()
		var sink counter
		begun := time.Now()
		if err := source.Run(ctx, &sink); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took != 11*time.Second {
			t.Errorf("it ran for %v", took)
		}
		if sink.puts != 6 { // at once, then every two seconds
			t.Errorf("%d puts at %v", sink.puts, sink.at)
		}
		status := source.Status()
		if status.State != feed.Delivering || status.Records != uint64(sink.records) || len(status.Bad) != 0 || status.Err != "" {
			t.Errorf("status %+v with %d records", status, sink.records)
		}
		if want := begun.Add(10 * time.Second); !status.Newest.Equal(want) {
			t.Errorf("newest %v, want %v", status.Newest, want)
		}
	})
}

func TestStatusWhileRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source, err := New(seeded(nil), zerolog.Nop())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- source.Run(ctx, new(counter)) }()
		synctest.Wait()
		if got := source.Status(); got.State != feed.Delivering || got.Records < 100 {
			t.Errorf("after the first step: %+v", got)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestNewRefusesBadConfig(t *testing.T) {
	if _, err := New(Config{}, zerolog.Nop()); err == nil {
		t.Error("an empty config was accepted")
	}
	if _, err := NewSim(Config{}); err == nil {
		t.Error("an empty config was accepted by the simulation")
	}
}
