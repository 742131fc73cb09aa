// Package bench measures the flow: what changes cost in bytes, and in time.
package bench

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/demo"
	"github.com/skygate-io/skygate/adapters/readsb"
	"github.com/skygate-io/skygate/adapters/replay"
	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/recordings"
	"github.com/skygate-io/skygate/pkg/wire"
)

const (
	deltaBar = 0.15 // an update's bytes, of those of all whole records
	settled  = 5    // ticks until the traffic that is there has been heard
)

// bytesOf is what updates take, tick by tick, of the bytes of all whole records.
// test/bench/streams reads it from what the tests log.
type bytesOf struct {
	Name   string  `json:"name"`
	Ticks  int     `json:"ticks"`
	Over   int     `json:"over"` // the bar
	Median float64 `json:"median"`
	Worst  float64 `json:"worst"`
	All    float64 `json:"all"`    // of the sums
	Update float64 `json:"update"` // bytes, on average
	Whole  float64 `json:"whole"`
}

// TestDeltaBytes holds the bar for what a change costs, at every tick of a recording
// of 178 aircraft: 15 % of the bytes of all whole records. The keys and positions of
// nearly all of them are 11 to 12 %, each second. With all decimals of gs and track,
// which this receiver hears anew of most aircraft every tenth second, it was up to 17 %.
func TestDeltaBytes(t *testing.T) {
	const recording = "adsb/decoder_output/readsb3.14.1630_aircraft_json_1Hz_335s_178ac.jsonl.gz"
	cfg := replay.DefaultConfig()
	cfg.Path = recordings.File(t, recording)
	player, err := replay.New(cfg, readsb.Decode, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	b := wantBytes(t, "recording", player.Run)
	if b.Ticks < 300 {
		t.Fatalf("%d ticks are no test", b.Ticks)
	}
	if b.Worst > deltaBar {
		t.Errorf("%d of %d ticks are over %v, the worst is %.3f", b.Over, b.Ticks, deltaBar, b.Worst)
	}
}

// TestDeltaBytesOfTheWorld holds it for 10,000 simulated aircraft, of which
// nearly all are heard each second.
func TestDeltaBytesOfTheWorld(t *testing.T) {
	const ticks = 10
	cfg := demo.DefaultConfig()
	cfg.Aircraft, cfg.Seed = 10_000, 1
	sim, err := demo.NewSim(cfg)
	if err != nil {
		t.Fatal(err)
	}
	b := wantBytes(t, "generated", func(_ context.Context, sink feed.Sink) error {
		for range ticks + settled {
			sink.Put(sim.Step(time.Now()))
			time.Sleep(cfg.Interval)
		}
		return nil
	})
	if b.Ticks < ticks || b.Worst > deltaBar {
		t.Errorf("%d ticks of which one is %.3f: %v is allowed", b.Ticks, b.Worst, deltaBar)
	}
}

// wantBytes has a source play, in no time, and counts.
func wantBytes(t *testing.T, name string, play func(context.Context, feed.Sink) error) (b bytesOf) {
	t.Helper()
	var ratios []float64
	var update, whole int
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		policy := root.Aircraft()
		log := feedlog.NewMemory()
		f := feed.New(policy, log, zerolog.Nop())
		if err := f.Begin(ctx); err != nil {
			t.Fatal(err)
		}
		ended, played := make(chan error, 1), make(chan error, 1)
		go func() { ended <- f.Run(ctx) }()
		go func() {
			played <- play(ctx, f)
			time.Sleep(time.Second)
			cancel()
		}()
		state, err := log.Load(ctx, policy.Name)
		if err != nil {
			t.Fatal(err)
		}
		table, at := record.NewTable(), state.At
		for {
			entries, err := log.Read(ctx, policy.Name, at)
			if err != nil {
				break // the source is at its end
			}
			for _, e := range entries {
				now := time.UnixMilli(e.Time)
				table.Apply(e.Change)
				one := len(wire.Update(&policy, wire.Span{Base: e.Base, At: e.At, View: "all"}, wire.Encode(&policy, e.Change, now), 1<<30, now)[0].Data)
				all := len(wire.List(&policy, table.Records(), now))
				if at = e.At; at.Seq > settled {
					ratios = append(ratios, float64(one)/float64(all))
					update, whole = update+one, whole+all
				}
			}
		}
		if err := <-played; err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	})
	if len(ratios) == 0 {
		t.Fatal("there was nothing to count")
	}
	slices.Sort(ratios)
	within, _ := slices.BinarySearch(ratios, deltaBar)
	b = bytesOf{
		Name: name, Ticks: len(ratios), Over: len(ratios) - within,
		Median: ratios[len(ratios)/2], Worst: ratios[len(ratios)-1], All: float64(update) / float64(whole),
		Update: float64(update) / float64(len(ratios)), Whole: float64(whole) / float64(len(ratios)),
	}
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("DELTA %s", text)
	return b
}
