// Package recorded plays a recording of a real decoder through the whole flow
// in one process, on a clock of its own, and compares what clients hold with an
// independent reading of the recording.
package recorded

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/readsb"
	"github.com/skygate-io/skygate/adapters/replay"
	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/recordings"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire/wiretest"
	"github.com/skygate-io/skygate/test/reference"
)

// recording is 335 s of a receiver over Switzerland, a frame a second.
const recording = "adsb/decoder_output/readsb3.14.1630_aircraft_json_1Hz_335s_178ac.jsonl.gz"

func TestRecordingPlayedThrough(t *testing.T) {
	path := recordings.File(t, recording)
	frames, err := reference.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		policy := root.Aircraft()
		log := feedlog.NewMemory()
		writer := feed.New(policy, log, zerolog.Nop())
		readers := hub.New(log, []topic.Policy{policy}, batch.DefaultConfig(), zerolog.Nop())
		cfg := replay.DefaultConfig()
		cfg.Path = path
		player, err := replay.New(cfg, readsb.Decode, zerolog.Nop())
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 3)
		for _, run := range []func(context.Context) error{writer.Run, readers.Run} {
			go func() { ended <- run(ctx) }()
		}
		synctest.Wait()
		start := time.Now()
		first := join(t, readers)
		played := make(chan error, 1)
		go func() { played <- player.Run(ctx, writer) }()
		time.Sleep(200 * time.Second)
		late := join(t, readers)
		if err := <-played; err != nil {
			t.Fatal(err)
		}
		time.Sleep(500 * time.Millisecond) // a window and more
		synctest.Wait()

		moment := func(i int) float64 {
			return float64(start.UnixMilli()) + 1000*(frames[i].Now-frames[0].Now)
		}
		want := reference.Play(frames, moment, float64(policy.TTL.Milliseconds()))
		if len(want) <= 150 {
			t.Fatalf("the reference holds %d aircraft, which is no test", len(want))
		}
		for name, f := range map[string]*wiretest.Follower{"first": first, "late": late} {
			for _, wrong := range f.Wrong() {
				t.Errorf("%s: %s", name, wrong)
			}
			if f.Holes() > 0 {
				t.Errorf("%s met %d holes", name, f.Holes())
			}
			compare(t, name, want, held(t, f), 2*policy.NoiseEvery)
		}
		if d := cmp.Diff(first.State(), late.State(), cmp.FilterPath(isAge, cmp.Ignore())); d != "" {
			t.Errorf("clients differ (-first +late):\n%.3000s", d)
		}
		told := record.NewTable()
		told.Apply(&record.Change{Added: writer.Records()})
		replica, _, err := readers.Records(policy.Name)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(told.Records(), replica); d != "" {
			t.Errorf("(-feed +hub):\n%.3000s", d)
		}
		compare(t, "feed", want, ofFeed(t, writer, time.Now().UnixMilli()), 2*policy.NoiseEvery)
		t.Logf("%d aircraft equal, field by field, after %d frames", len(want), len(frames))
		cancel()
		for range 2 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
}

func join(t *testing.T, h *hub.Hub) *wiretest.Follower {
	t.Helper()
	f := wiretest.NewFollower()
	m := h.Enter(f, func(string) bool { return true })
	if _, err := m.Subscribe(hub.Subscribe{Topics: []string{"aircraft"}}); err != nil {
		t.Fatal(err)
	}
	return f
}

// held gives what a client holds in the reference's form.
func held(t *testing.T, f *wiretest.Follower) map[string]reference.Aircraft {
	t.Helper()
	out := map[string]reference.Aircraft{}
	for hex, fields := range f.State() {
		told, err := time.Parse(time.RFC3339, f.TimeOf(hex))
		if err != nil {
			t.Fatal(err)
		}
		out[hex] = decoded(t, fields, told.UnixMilli())
	}
	return out
}

// ofFeed gives what the feed has told in the reference's form.
func ofFeed(t *testing.T, f *feed.Feed, now int64) map[string]reference.Aircraft {
	t.Helper()
	out := map[string]reference.Aircraft{}
	for _, r := range f.Records() {
		var fields wiretest.Fields
		if err := json.Unmarshal(r.AppendJSON(nil, "hex", now), &fields); err != nil {
			t.Fatal(err)
		}
		out[r.Key] = decoded(t, fields, now)
	}
	return out
}

func decoded(t *testing.T, fields wiretest.Fields, told int64) reference.Aircraft {
	t.Helper()
	a := reference.Aircraft{}
	for name, raw := range fields {
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		a[name] = v
	}
	for _, name := range []string{"seen", "seen_pos"} {
		if age, ok := a[name].(float64); ok {
			a[name] = float64(told) - 1000*age
		}
	}
	return a
}

func compare(t *testing.T, name string, want map[string]*reference.Known, got map[string]reference.Aircraft, every time.Duration) {
	t.Helper()
	const frame = 1000 // ms
	for hex, known := range want {
		if got[hex] == nil {
			t.Errorf("%s lacks %s", name, hex)
		} else if wrong := known.Check(got[hex], float64(every.Milliseconds()+frame)); wrong != "" {
			t.Errorf("%s: %s %s", name, hex, wrong)
		}
	}
	for hex := range got {
		if want[hex] == nil {
			t.Errorf("%s has %s, which is gone", name, hex)
		}
	}
}

func isAge(p cmp.Path) bool {
	key, ok := p.Last().(cmp.MapIndex)
	return ok && (key.Key().String() == "seen" || key.Key().String() == "seen_pos")
}
