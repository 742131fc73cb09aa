package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/test/puppet"
)

// hosted is the Node process that the clients run in.
type hosted struct {
	*puppet.Puppet
	t      *testing.T
	guests []*guest
	cables map[string]*cable // by client

	mu      sync.Mutex // guards all below
	answers []*answered
	ids     int
}

// answered is what the process says: something is to happen to a cable, or an answer.
type answered struct {
	Line, Do string
	ID       int
	Error    string

	Aircraft []map[string]any
	Differ   map[string]string
	Clients  []*seen
}

// seen is what a client has seen.
type seen struct {
	Stats stats
	Wrong []string
	Lag   float64 // ms, at most
	Steps []step
}

// stats count what came, by the names that crowd/follower.mjs gives it.
type stats map[string]int

// host starts the clients; they are ended with the test.
func host(t *testing.T, s *server, guests []*guest) *hosted {
	t.Helper()
	h := &hosted{t: t, guests: guests, cables: map[string]*cable{}}
	for _, g := range guests {
		g.URL = s.URL
		for _, st := range g.Steps {
			g.Line = g.Line || st.Do == "cut" || st.Do == "stall"
		}
		if g.Line {
			h.cables[g.Name] = lay(t, s)
			g.URL = h.cables[g.Name].url()
		}
	}
	if _, err := os.Stat(filepath.Join(examples, "js", "node_modules")); err != nil {
		t.Fatal("the npm packages of examples/js are not installed: run .ci/install")
	}
	t.Cleanup(func() {
		if h.Puppet == nil {
			return // it did not start
		}
		if text := h.Complaints.String(); text != "" {
			t.Errorf("the clients complain:\n%s", text)
		}
	})
	h.Puppet = puppet.Start(t, "the clients", exec.Command("node", filepath.Join("crowd", "main.mjs")), h.hear)
	h.tell("start", "server", s.URL, "clients", guests)
	return h
}

// lives fails the test when the process has ended.
func (h *hosted) lives() {
	h.t.Helper()
	select {
	case <-h.Ended:
		h.t.Fatal("the clients have ended")
	default:
	}
}

func (h *hosted) hear(a *answered) {
	if a.Line != "" {
		h.cables[a.Line].has(a.Do)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answers = append(h.answers, a)
}

// tell tells the process something and does not wait.
func (h *hosted) tell(command string, members ...any) (id int) {
	h.t.Helper()
	h.mu.Lock()
	h.ids++
	id = h.ids
	h.mu.Unlock()
	h.Tell(order(command, id, members))
	return id
}

// ask tells it something and gives its answer.
func (h *hosted) ask(command string) (found *answered) {
	h.t.Helper()
	id := h.tell(command)
	eventually.Holds(h.t, "an answer to "+command, func() bool {
		h.lives()
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, a := range h.answers {
			if a.ID == id {
				found = a
			}
		}
		return found != nil
	})
	if found.Error != "" {
		h.t.Fatalf("%s: %s", command, found.Error)
	}
	return found
}

// compareServer waits until the server holds what the recordings tell.
func (h *hosted) compareServer(recordings []*recording) {
	h.t.Helper()
	var wrong string
	ok := eventually.Is(func() bool {
		held := map[string]any{}
		for _, a := range h.ask("compare").Aircraft {
			held[a["hex"].(string)] = a
		}
		wrong = differs(recordings, held)
		return wrong == ""
	})
	if !ok {
		h.t.Errorf("the server differs from the recordings: %s", wrong)
	}
}

// compareClients waits until each client has held what it sees of what the server
// holds.
func (h *hosted) compareClients() {
	h.t.Helper()
	var wrong map[string]string
	ok := eventually.Is(func() bool {
		wrong = h.ask("compare").Differ
		return len(wrong) == 0
	})
	if ok {
		return
	}
	for name, how := range wrong {
		h.t.Errorf("%s differs from the server: %.2000s", name, how)
	}
}

// judge says who has seen something that must not be.
func (h *hosted) judge() {
	h.t.Helper()
	total, reached := stats{}, 0
	for i, c := range h.ask("report").Clients {
		g, st := h.guests[i], c.Stats
		total.add(st)
		wrong := c.Wrong
		if st["holes"]+st["ignored"] > 0 || st["resumed"] != st["resumable"] {
			wrong = append(wrong, "holes, old messages, or a resume that was refused")
		}
		// The server cannot find slow who takes all at once.
		behind := st["slow"] > 0 && (g.Twin != "" || c.Lag > 1000)
		if st["extra"]+st["slow"] > 0 && !behind {
			wrong = append(wrong, fmt.Sprintf("a snapshot without need: it was %v ms behind at most", c.Lag))
		}
		if len(g.Steps) == 0 && (st["connects"] != 1 || st["disconnects"] != 0 || st["snapshots"] != 1 && !behind) {
			wrong = append(wrong, "not one connection and one snapshot, although nothing happened to it")
		}
		for _, w := range wrong {
			h.t.Errorf("%s (%v, %s): %.1500s", g.Name, g.Transports, g.Join, w)
		}
		if len(wrong) > 0 {
			h.t.Logf("%s: %v", g.Name, st)
		}
		for _, s := range c.Steps {
			if s.Reached {
				reached++
			}
		}
	}
	h.t.Logf("in all: %v; %d stalls were long enough", total, reached)
	if reached > 0 && total["slow"] == 0 {
		h.t.Errorf("for %d clients that stalled more waited than may, and none was found slow", reached)
	}
	some := stats{"resumed": 10, "turns": 10, "parts": 10, "batches": 10, "legacy": 10, "removed": 100, "nulls": 10, "deltas": 1000}
	for name, least := range some {
		if total[name] < least {
			h.t.Errorf("%d %s in all, which is no test: want %d", total[name], name, least)
		}
	}
}

func (s stats) add(more stats) {
	for name, n := range more {
		s[name] += n
	}
}
