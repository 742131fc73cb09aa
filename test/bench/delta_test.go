// Package bench measures the flow: what changes cost in bytes, and in time.
package bench

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/readsb"
	"github.com/skygate-io/skygate/adapters/replay"
	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/wire"
)

// TestDeltaBytes holds the bar for what a change costs: 15 % of the bytes of all
// whole records. It is met in nine ticks of ten. When a receiver hears new
// speeds and tracks of most aircraft within one second (every tenth, in this
// recording), a tick costs up to 17 %: alt and vr are told beside alt_baro and
// baro_rate, because older clients read either.
func TestDeltaBytes(t *testing.T) {
	const (
		recording = "adsb/decoder_output/readsb3.14.1630_aircraft_json_1Hz_335s_178ac.jsonl.gz"
		bar       = 0.15
		worst     = 0.175
		settled   = 5 // ticks until the receiver has heard the traffic that is there
	)
	folder := os.Getenv("SKYGATE_TESTDATA")
	if folder == "" {
		t.Skip("SKYGATE_TESTDATA is not set")
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		policy := root.Aircraft()
		log := feedlog.NewMemory()
		f := feed.New(policy, log, zerolog.Nop())
		if err := f.Begin(ctx); err != nil {
			t.Fatal(err)
		}
		cfg := replay.DefaultConfig()
		cfg.Path = filepath.Join(folder, recording)
		player, err := replay.New(cfg, readsb.Decode, zerolog.Nop())
		if err != nil {
			t.Fatal(err)
		}
		ended, played := make(chan error, 1), make(chan error, 1)
		go func() { ended <- f.Run(ctx) }()
		go func() {
			played <- player.Run(ctx, f)
			time.Sleep(time.Second)
			cancel()
		}()
		state, err := log.Load(ctx, policy.Name)
		if err != nil {
			t.Fatal(err)
		}
		table, at := record.NewTable(), state.At
		var ratios []float64
		var sum, whole int
		for {
			entries, err := log.Read(ctx, policy.Name, at)
			if err != nil {
				break // the recording is at its end
			}
			for _, e := range entries {
				now := time.UnixMilli(e.Time)
				table.Apply(e.Change)
				update := len(wire.Update(&policy, wire.Span{Base: e.Base, At: e.At, View: "all"}, wire.Encode(&policy, e.Change, now), 1<<30, now)[0].Data)
				all := len(wire.List(&policy, table.Records(), now))
				ratios = append(ratios, float64(update)/float64(all))
				sum, whole = sum+update, whole+all
				at = e.At
			}
		}
		if err := <-played; err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if len(ratios) < 300 {
			t.Fatalf("%d ticks are no test", len(ratios))
		}
		ratios = ratios[settled:]
		over := slices.DeleteFunc(slices.Clone(ratios), func(r float64) bool { return r <= bar })
		slices.Sort(ratios)
		t.Logf("an update is %.1f %% of the whole records' bytes at most, %.1f %% in the median, %.1f %% in all (%d ticks)",
			100*ratios[len(ratios)-1], 100*ratios[len(ratios)/2], 100*float64(sum)/float64(whole), len(ratios))
		if len(over) > len(ratios)/10 || ratios[len(ratios)-1] > worst {
			t.Errorf("%d ticks are over %v, the worst allowed is %v: %.3f", len(over), bar, worst, over)
		}
	})
}
