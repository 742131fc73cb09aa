package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/test/puppet"
)

// fleet is a receiver of aircraft that are moved by hand. Each poll finds another
// speed of theirs.
type fleet struct {
	at    [2]atomic.Pointer[string] // where ABC001 and ABC002 are
	polls atomic.Int64
}

const (
	here  = `"lat":50.1,"lon":8.6`
	there = `"lat":40.5,"lon":-3.5`
)

func (f *fleet) move(first, second string) {
	f.at[0].Store(&first)
	f.at[1].Store(&second)
}

func (f *fleet) listing() string {
	speed := 200 + f.polls.Add(1)%200
	return listing(
		fmt.Sprintf(`{"hex":"abc001","flight":"DLH1","alt_baro":30000,"gs":%d,%s,"seen":0,"seen_pos":0}`, speed, *f.at[0].Load()),
		fmt.Sprintf(`{"hex":"abc002","flight":"SWR2","alt_baro":31000,"gs":%d,%s,"seen":0,"seen_pos":0}`, speed, *f.at[1].Load()),
		fmt.Sprintf(`{"hex":"abc003","flight":"KLM3","alt_baro":"ground","gs":%d,"seen":0}`, speed),
	)
}

// around is a filter: a box around a place of the fleet.
func around(lat, lon float64) map[string]any {
	return map[string]any{"bbox": map[string]any{"north": lat + 1, "south": lat - 1, "east": lon + 1, "west": lon - 1}}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestViews: a client looks at one part of the world and then at another, loses
// its connection and goes on where it was, and asks for less of each aircraft and
// less often.
func TestViews(t *testing.T) {
	f := &fleet{}
	f.move(here, there)
	r := newReceiver(t)
	r.sends(f.listing)
	s := serve(t, "--config", writeFile(t, "sources: [{kind: readsb, url: "+r.URL+", interval: 100ms}]\n"))
	eventually.Holds(t, "the fleet is known", func() bool { return s.health().Aircraft == 3 })

	var clients []*client
	for _, k := range kinds {
		clients = append(clients, follow(t, s, k, "--filter", asJSON(t, around(50, 8))))
	}
	see := func(what string, hexes ...string) {
		t.Helper()
		for _, c := range clients {
			var seen []string
			ok := eventually.Is(func() bool {
				seen = slices.Sorted(maps.Keys(c.ask("state").State))
				return slices.Equal(seen, hexes)
			})
			if !ok {
				t.Fatalf("%v: %s: it sees %v, want %v", c.kind, what, seen, hexes)
			}
		}
	}
	stats := func(name string, want int) {
		t.Helper()
		for _, c := range clients {
			if got := c.ask("state").Stats; got[name] != want {
				t.Errorf("%v: %v; want %d %s", c.kind, got, want, name)
			}
		}
	}

	see("a box", "ABC001")
	f.move(there, here)
	see("one goes out, the other comes in", "ABC002")

	for _, c := range clients {
		c.say("view", "filter", around(40, -3))
	}
	see("another box", "ABC001")
	for _, c := range clients {
		ack := c.ask("emit", "event", "subscribe", "args", []any{map[string]any{
			"topics": "aircraft", "filters": map[string]any{"aircraft": around(89.5, 0)},
		}}).Ack
		if got := string(first(ack)); !strings.Contains(got, "filters.aircraft.bbox.north: 90.5 is out of range: -90 to 90") {
			t.Errorf("%v: a box beyond the pole is acknowledged by %s", c.kind, got)
		}
	}
	stats("snapshots", 1)

	for _, c := range clients {
		c.say("disconnect")
	}
	f.move(here, there)
	for _, c := range clients {
		c.event("connected", 2)
		c.wait("a resume", func(l line) bool { return l.Event == "subscribed" && l.Resumed["aircraft"] })
	}
	see("after the cut", "ABC002")
	stats("resumes", 1)
	stats("snapshots", 1)

	for _, c := range clients {
		c.say("subscribe", "wish", map[string]any{
			"filters": map[string]any{"aircraft": nil},
			"fields":  map[string]any{"aircraft": []string{"flight", "gs"}},
		})
	}
	see("all of them", "ABC001", "ABC002", "ABC003")
	for _, c := range clients {
		for hex, a := range c.ask("state").State {
			if names := slices.Sorted(maps.Keys(a.(map[string]any))); !slices.Equal(names, []string{"flight", "gs", "hex"}) {
				t.Errorf("%v: of %s it has %v", c.kind, hex, names)
			}
		}
	}
	stats("snapshots", 1)

	for _, c := range clients[1:] {
		c.say("subscribe", "wish", map[string]any{"rate": map[string]any{"aircraft": 0.5}})
	}
	for _, c := range clients[1:] {
		c.event("snapshot", 2) // the same view, asked for again
	}
	before := updates(clients)
	time.Sleep(6 * time.Second)
	for i, n := range updates(clients) {
		n -= before[i]
		if usual := i == 0; usual && n < 15 || !usual && (n < 2 || n > 4) {
			t.Errorf("%v got %d updates in 6 s; with 0.5 Hz 3, without 30", clients[i].kind, n)
		}
	}
	stats("holes", 0)
}

func updates(clients []*client) []int {
	out := make([]int, len(clients))
	for i, c := range clients {
		out[i] = c.ask("state").Stats["deltas"]
	}
	return out
}

// TestParts: what is larger than a message may be comes in parts, to all clients:
// snapshots, updates, and what a resume owes.
func TestParts(t *testing.T) {
	t.Setenv("SKYGATE_BATCH_MAX_MESSAGE", "65536")
	const many = 1000
	var turn atomic.Int64
	r := newReceiver(t)
	r.sends(func() string {
		aircraft := make([]string, many)
		for i := range aircraft {
			n := turn.Load()
			aircraft[i] = fmt.Sprintf(`{"hex":"a%05x","flight":"T%dN%d","squawk":"%04d","gs":%d,"track":%d,"alt_baro":%d,"baro_rate":%d,"seen":0}`, i, n, i, n, n, n, n, n)
		}
		return listing(aircraft...)
	})
	s := serve(t, "--source", "readsb="+r.URL)
	eventually.Holds(t, "all are heard", func() bool { return s.health().Aircraft == many })
	var clients []*client
	for _, k := range kinds {
		clients = append(clients, follow(t, s, k))
	}
	minimal := map[string]*puppet.Text{"javascript": runMinimal(t, s, "javascript"), "python": runMinimal(t, s, "python")}
	arrived := func(what string, snapshots, deltas, resumes int) {
		t.Helper()
		for _, c := range clients {
			now := float64(turn.Load())
			eventually.Holds(t, what, func() bool {
				state := c.ask("state").State
				for _, a := range state {
					if a.(map[string]any)["gs"] != now {
						return false
					}
				}
				return len(state) == many
			})
			if got := c.ask("state").Stats; got["snapshots"] != snapshots || got["deltas"] != deltas || got["resumes"] != resumes || got["holes"] != 0 || got["parts"] < snapshots+deltas {
				t.Errorf("%v: %s: %v", c.kind, what, got)
			}
		}
	}
	arrived("a snapshot", 1, 0, 0)
	for language, out := range minimal {
		eventually.Holds(t, language+" has them all", func() bool { return strings.Contains(out.String(), "\n1000 aircraft\n") })
	}
	turn.Add(1)
	arrived("an update", 1, 1, 0)
	for _, c := range clients {
		c.say("disconnect")
	}
	turn.Add(1)
	for _, c := range clients {
		c.event("connected", 2)
	}
	arrived("a resume", 1, 2, 1)
	for language, out := range minimal {
		if text := out.String(); strings.Contains(text, "rror") || !strings.HasSuffix(text, "\n1000 aircraft\n") {
			t.Errorf("%s says:\n%.2000s", language, text)
		}
	}
}
