package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// hosted is the Node process that the clients run in.
type hosted struct {
	t      *testing.T
	guests []*guest
	cables map[string]*cable // by client
	stdin  io.WriteCloser
	ended  chan struct{}
	errors lines

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
	h := &hosted{t: t, guests: guests, cables: map[string]*cable{}, ended: make(chan struct{})}
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
	cmd := exec.Command("node", filepath.Join("crowd", "main.mjs"))
	cmd.Stderr = &h.errors
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if h.stdin, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(h.ended)
		h.read(stdout)
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = h.stdin.Close()
		select {
		case <-h.ended:
		case <-time.After(patience):
			_ = cmd.Process.Kill()
			<-h.ended
			t.Error("the clients did not end")
		}
		if text := h.errors.String(); text != "" {
			t.Errorf("the clients complain:\n%s", text)
		}
	})
	h.tell("start", "server", s.URL, "clients", guests)
	return h
}

// lives fails the test when the process has ended.
func (h *hosted) lives() {
	h.t.Helper()
	select {
	case <-h.ended:
		h.t.Fatal("the clients have ended")
	default:
	}
}

func (h *hosted) read(stdout io.Reader) {
	said := bufio.NewScanner(stdout)
	said.Buffer(nil, 64<<20)
	for said.Scan() {
		a := &answered{}
		if err := json.Unmarshal(said.Bytes(), a); err != nil {
			h.t.Errorf("the clients say %.300q: %v", said.Text(), err)
			continue
		}
		if a.Line != "" {
			h.cables[a.Line].has(a.Do)
			continue
		}
		h.mu.Lock()
		h.answers = append(h.answers, a)
		h.mu.Unlock()
	}
}

// tell tells the process something and does not wait.
func (h *hosted) tell(command string, members ...any) (id int) {
	h.t.Helper()
	h.mu.Lock()
	h.ids++
	id = h.ids
	h.mu.Unlock()
	if _, err := h.stdin.Write(order(h.t, command, id, members)); err != nil {
		h.t.Fatalf("the clients have ended: %v\n%s", err, h.errors.String())
	}
	return id
}

// ask tells it something and gives its answer.
func (h *hosted) ask(command string) (found *answered) {
	h.t.Helper()
	id := h.tell(command)
	eventually(h.t, "an answer to "+command, func() bool {
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
	err := until(h.t.Context(), func() bool {
		held := map[string]any{}
		for _, a := range h.ask("compare").Aircraft {
			held[a["hex"].(string)] = a
		}
		wrong = differs(recordings, held)
		return wrong == ""
	})
	if err != nil {
		h.t.Errorf("the server differs from the recordings: %s", wrong)
	}
}

// compareClients waits until each client has held what it sees of what the server
// holds.
func (h *hosted) compareClients() {
	h.t.Helper()
	var wrong map[string]string
	err := until(h.t.Context(), func() bool {
		wrong = h.ask("compare").Differ
		return len(wrong) == 0
	})
	if err == nil {
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
