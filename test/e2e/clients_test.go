package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/test/puppet"
)

// TestRequestsAndErrors: what an ordinary client asks, and asks wrongly.
func TestRequestsAndErrors(t *testing.T) {
	s := serve(t, "--source", "demo=50.03,8.57?seed=7")
	witness := follow(t, s, kinds[0])
	for _, k := range kinds {
		t.Run(k.String(), func(t *testing.T) {
			t.Parallel()
			c := follow(t, s, k)
			c.event("snapshot", 1)
			if k.transports == "polling,websocket" {
				c.event("upgraded", 1)
			} else if got := c.wait("connected", func(l line) bool { return l.Event == "connected" }); got.Transport != k.transports {
				t.Errorf("connected over %s", got.Transport)
			}

			var list []map[string]any
			answer(t, c.ask("request", "type", "aircraft-list", "params", map[string]any{}), &list)
			if len(list) < 100 {
				t.Fatalf("aircraft-list has %d aircraft", len(list))
			}
			var one map[string]any
			answer(t, c.ask("request", "type", "aircraft", "params", map[string]any{"icao": list[0]["hex"]}), &one)
			if one["hex"] != list[0]["hex"] {
				t.Errorf("asked for %v, got %v", list[0]["hex"], one["hex"])
			}
			var snapshot struct {
				Aircraft []map[string]any
				Count    int
			}
			answer(t, c.ask("request", "type", "aircraft-snapshot"), &snapshot)
			if snapshot.Count < 100 || snapshot.Count != len(snapshot.Aircraft) {
				t.Errorf("aircraft-snapshot counts %d of %d", snapshot.Count, len(snapshot.Aircraft))
			}
			var status struct {
				Online bool
				Count  int `json:"aircraft_count"`
			}
			answer(t, c.ask("request", "type", "status"), &status)
			if !status.Online || status.Count < 100 {
				t.Errorf("status %+v", status)
			}
			if got := c.ask("request", "type", "weather"); got.Error == nil || got.Error.Code != "unknown_request" {
				t.Errorf("a request that there is not: %+v", got)
			}

			for name, args := range map[string][]any{
				"subscribe": {7}, "unsubscribe": {map[string]any{"topics": 7}}, "request": {"text"}, "fly": {},
			} {
				var wrong struct{ Type, Code string }
				ack := c.ask("emit", "event", name, "args", args).Ack
				if err := json.Unmarshal(first(ack), &wrong); err != nil || wrong.Type != "error" || wrong.Code == "" {
					t.Errorf("%s %v is acknowledged by %s", name, args, ack)
				}
			}
			if n := c.count("error"); n != 5 {
				t.Errorf("1 wrong request and 4 wrong events, %d errors", n)
			}

			c.say("unsubscribe")
			left := c.wait("unsubscribed", func(l line) bool { return l.Event == "unsubscribed" })
			if len(left.Remaining) != 0 {
				t.Errorf("after unsubscribe there remain %v", left.Remaining)
			}
			before := c.ask("state").Stats["deltas"]
			witnessed := witness.ask("state").Stats["deltas"]
			eventually.Holds(t, "others get changes", func() bool { return witness.ask("state").Stats["deltas"] >= witnessed+2 })
			if after := c.ask("state").Stats["deltas"]; after != before {
				t.Errorf("%d changes came after unsubscribe", after-before)
			}
			c.say("subscribe")
			eventually.Holds(t, "it goes on where it was", func() bool { return c.ask("state").Stats["deltas"] > before })
			if stats := c.ask("state").Stats; stats["resumes"] != 1 || stats["snapshots"] != 1 || stats["holes"] != 0 {
				t.Errorf("subscribed again: %v", stats)
			}
			if c.count("disconnected") != 0 {
				t.Error("the connection broke")
			}
		})
	}
}

// first gives what an acknowledgement carries: some clients give a list of its
// arguments.
func first(ack json.RawMessage) json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(ack, &list) == nil && len(list) > 0 {
		return list[0]
	}
	return ack
}

func answer(t *testing.T, l line, into any) {
	t.Helper()
	if l.Error != nil {
		t.Fatalf("refused: %+v", *l.Error)
	}
	if err := json.Unmarshal(l.Response, into); err != nil {
		t.Fatalf("%.200s: %v", l.Response, err)
	}
}

// TestServerRestart: clients come back by themselves, and get the picture anew.
func TestServerRestart(t *testing.T) {
	source := []string{"--source", "demo=50.03,8.57?seed=7"}
	old := serve(t, source...)
	var clients []*client
	for _, k := range kinds {
		c := follow(t, old, k)
		clients = append(clients, c)
	}
	for _, c := range clients {
		c.event("snapshot", 1)
	}
	epoch := clients[0].ask("state").Position.Epoch
	old.Stop()
	for _, c := range clients {
		c.event("disconnected", 1)
	}
	serveAt(t, old.Addr, source...)
	for _, c := range clients {
		c.event("connected", 2)
		c.event("snapshot", 2)
		got := c.ask("state")
		if got.Position.Epoch == epoch || len(got.State) == 0 || got.Stats["holes"] != 0 {
			t.Errorf("%v: after the restart %d aircraft at %+v, %v", c.kind, len(got.State), got.Position, got.Stats)
		}
	}
}

// TestMinimalClients runs the clients that the README shows.
func TestMinimalClients(t *testing.T) {
	s := serve(t, "--source", "demo=50.03,8.57?seed=7")
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	for _, language := range []string{"javascript", "python"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			file := program(t, language, "minimal").Args[1]
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(readme, string(source)) {
				t.Errorf("the README shows another client than %s", file)
			}
			out := runMinimal(t, s, language)
			eventually.Holds(t, "three pictures", func() bool { return strings.Count(out.String(), " aircraft\n") >= 3 })
			if text := out.String(); strings.Contains(text, "rror") || strings.HasPrefix(text, "0 aircraft\n0 aircraft\n0") {
				t.Errorf("it says:\n%s", text)
			}
		})
	}
}

// runMinimal runs a client that the README shows, until the test ends, and gives
// what it prints.
func runMinimal(t *testing.T, s *server, language string) *puppet.Text {
	t.Helper()
	cmd := program(t, language, "minimal", s.URL)
	cmd.Env = append(cmd.Environ(), "PYTHONUNBUFFERED=1")
	out := &puppet.Text{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return out
}
