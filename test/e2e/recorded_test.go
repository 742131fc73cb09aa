package e2e

import (
	"compress/gzip"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/adapters/demo"
	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/test/reference"
)

// speed is how many times faster than it was recorded a recording is played;
// ttl is the default of the topic.
const (
	speed = 8
	ttl   = 60 * time.Second
)

// TestSimulatedRecording plays a recording that the project makes itself.
func TestSimulatedRecording(t *testing.T) {
	playThrough(t, simulated(t, 160))
}

// TestRealRecording plays one of a real decoder.
func TestRealRecording(t *testing.T) {
	folder := os.Getenv("SKYGATE_TESTDATA")
	if folder == "" {
		t.Skip("SKYGATE_TESTDATA is not set")
	}
	playThrough(t, filepath.Join(folder, "adsb/decoder_output/readsb3.14.1630_aircraft_json_1Hz_335s_178ac.jsonl.gz"))
}

// playThrough plays a recording to clients of every kind, of which one half is
// there from the start and the other comes when it is half over, and compares
// what they hold at the end: with each other, with the server, and with the
// recording.
func playThrough(t *testing.T, path string) {
	frames, err := reference.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, "--source", fmt.Sprintf("replay=%s?speed=%d", path, speed))
	var clients []*client
	for _, k := range kinds {
		clients = append(clients, follow(t, s, k))
	}
	for _, c := range clients {
		c.event("snapshot", 1)
	}
	eventually.Holds(t, "half of the recording", func() bool {
		return clients[0].ask("state").Stats["deltas"] > len(frames)/speed/2
	})
	for _, k := range kinds {
		clients = append(clients, follow(t, s, k))
	}
	eventually.Holds(t, "the end of the recording", func() bool { return s.health().Sources[0].State == "ended" })
	end := time.Now()

	var want map[string]any
	var wrong string
	ok := eventually.Is(func() bool { // the last change may still be on its way
		want = settled(t, clients)
		wrong = compareWithRecording(frames, want, end)
		return wrong == ""
	})
	if !ok {
		t.Errorf("the clients differ from the recording: %s", wrong)
	}
	compareWithServer(t, clients[0])
	for i, c := range clients {
		stats := c.ask("state").Stats
		if stats["holes"] != 0 || stats["snapshots"] != 1 || stats["deltas"] < 10 {
			t.Errorf("%v (client %d): %v, want one snapshot and no hole", c.kind, i, stats)
		}
	}
	t.Logf("%d clients hold the same %d aircraft as the server and the recording", len(clients), len(want))
}

// settled asks all clients for their state until they are at one position, and
// compares what they hold there. It gives the state.
func settled(t *testing.T, clients []*client) map[string]any {
	t.Helper()
	states := make([]line, len(clients))
	eventually.Holds(t, "one position of all clients", func() bool {
		for i, c := range clients {
			states[i] = c.ask("state")
		}
		for _, s := range states {
			if s.Position != states[0].Position {
				return false
			}
		}
		return true
	})
	want := ageless(states[0].State)
	for i, s := range states {
		if d := cmp.Diff(want, ageless(s.State)); d != "" {
			t.Errorf("%v (client %d) differs from %v:\n%.2000s", clients[i].kind, i, clients[0].kind, d)
		}
	}
	return want
}

// ageless gives a state without the ages, which depend on when they were told.
func ageless(state map[string]any) map[string]any {
	out := map[string]any{}
	for hex, a := range state {
		fields := maps.Clone(a.(map[string]any))
		delete(fields, "seen")
		delete(fields, "seen_pos")
		out[hex] = fields
	}
	return out
}

func compareWithServer(t *testing.T, c *client) {
	t.Helper()
	var d string
	ok := eventually.Is(func() bool { // a record may end in between
		var snapshot struct{ Aircraft []map[string]any }
		answer(t, c.ask("request", "type", "aircraft-snapshot"), &snapshot)
		state := map[string]any{}
		for _, a := range snapshot.Aircraft {
			state[a["hex"].(string)] = a
		}
		d = cmp.Diff(ageless(state), ageless(c.ask("state").State))
		return d == ""
	})
	if !ok {
		t.Errorf("%v differs from the server:\n%.2000s", c.kind, d)
	}
}

// compareWithRecording compares with an independent reading, all but the noise:
// at this speed two frames may become one change. It says what differs.
func compareWithRecording(frames []reference.Frame, got map[string]any, end time.Time) string {
	last := len(frames) - 1
	at := func(i int) float64 {
		return float64(end.UnixMilli()) - 1000*(frames[last].Now-frames[i].Now)/speed
	}
	known := reference.Play(frames, at, float64(ttl.Milliseconds()))
	const slack = 3000 // ms, from the end to here and between two looks for what is too old
	now := float64(time.Now().UnixMilli())
	held := 0
	for hex, k := range known {
		a, ok := got[hex]
		left := k.Observed + float64(ttl.Milliseconds()) - now
		switch {
		case !ok && left > slack:
			return fmt.Sprintf("%s is missing, with %v s to live", hex, left/1000)
		case ok && left < -slack:
			return fmt.Sprintf("%s should be gone since %v s", hex, -left/1000)
		case ok:
			held++
			if wrong := k.CheckLoud(a.(map[string]any)); wrong != "" {
				return hex + " " + wrong
			}
		}
	}
	if held != len(got) || held <= 150 {
		return fmt.Sprintf("%d of %d aircraft are known from the recording; want all, and more than 150", held, len(got))
	}
	return ""
}

// simulated makes a recording of simulated traffic, of so many seconds.
func simulated(t *testing.T, seconds int) string {
	t.Helper()
	cfg := demo.DefaultConfig()
	cfg.Seed, cfg.Aircraft = 7, 200
	sim, err := demo.NewSim(cfg)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "simulated.jsonl.gz")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	zipped, err := gzip.NewWriterLevel(file, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for i := range seconds {
		now := start.Add(time.Duration(i) * time.Second)
		frame := fmt.Appendf(nil, `{"now":%d.0,"messages":%d,"aircraft":[`, now.Unix(), i)
		for n, u := range sim.Step(now) {
			if n > 0 {
				frame = append(frame, ',')
			}
			r := asReceived(&u.Record)
			frame = r.AppendJSON(frame, "hex", now.UnixMilli())
		}
		if _, err := zipped.Write(append(frame, "]}\n"...)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(zipped.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// asReceived gives a record as a receiver writes it, without what is added to
// it here.
func asReceived(r *record.Record) *record.Record {
	r = r.Clone()
	r.Fields.Set("emergency", r.Fields.Get("emergency_status"))
	for _, name := range []string{"emergency_status", "alt", "vr", "military", "distance_nm"} {
		r.Fields.Set(name, "")
	}
	return r
}
