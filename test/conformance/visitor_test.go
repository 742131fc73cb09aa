package conformance

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/skygate-io/skygate/test/conformance/shape"
)

// visitor is the process in which the official clients run, and what they got.
type visitor struct {
	t     *testing.T
	stdin io.WriteCloser

	mu  sync.Mutex // guards got
	got map[string][]received
}

// received is an event that a client got; payload is its first argument.
type received struct {
	event   string
	payload json.RawMessage
}

func newVisitor(t *testing.T) *visitor {
	t.Helper()
	v := &visitor{t: t, got: map[string][]received{}}
	cmd := exec.Command("node", "visitor.mjs")
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if v.stdin, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		v.listen(stdout)
	}()
	t.Cleanup(func() {
		_ = v.stdin.Close()
		kill := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
		defer kill.Stop()
		<-ended
		if err := cmd.Wait(); err != nil {
			t.Errorf("the clients: %v", err)
		}
	})
	return v
}

func (v *visitor) listen(stdout io.Reader) {
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var l struct {
			ID, Event string
			Args      []json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			v.t.Errorf("the clients say %q: %v", lines.Text(), err)
			continue
		}
		m := received{event: l.Event, payload: json.RawMessage("null")}
		if len(l.Args) > 0 {
			m.payload = l.Args[0]
		}
		v.mu.Lock()
		v.got[l.ID] = append(v.got[l.ID], m)
		v.mu.Unlock()
	}
}

// say has the clients do something.
func (v *visitor) say(act map[string]any) {
	v.t.Helper()
	raw, err := json.Marshal(act)
	if err != nil {
		v.t.Fatal(err)
	}
	if _, err := v.stdin.Write(append(raw, '\n')); err != nil {
		v.t.Fatalf("the clients: %v", err)
	}
}

// heard is what a client got so far.
func (v *visitor) heard(id string) []received {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.got[id][:len(v.got[id]):len(v.got[id])]
}

// wait waits until a client got messages, in this order, and gives all that it got
// from the first to the last of them.
func (v *visitor) wait(t *testing.T, id string, want []Message) []received {
	t.Helper()
	forms := make([]shape.Shape, len(want))
	for i, m := range want {
		forms[i] = shape.Must(m.Shape)
	}
	first, next, at := -1, 0, 0
	found := eventually(t.Context(), func() bool {
		for all := v.heard(id); at < len(all) && next < len(want); at++ {
			if all[at].event == want[next].Event && forms[next].Check(all[at].payload) == nil {
				if next++; first < 0 {
					first = at
				}
			}
		}
		return next == len(want)
	})
	if !found {
		t.Fatalf("no %s\n  %s\n%s", want[next].Event, want[next].Shape, v.instead(id, want[next].Event, forms[next]))
	}
	if len(want) == 0 {
		return nil
	}
	return v.heard(id)[first:at]
}

// instead tells what a client got, and what is wrong with the events of a name.
func (v *visitor) instead(id, event string, form shape.Shape) string {
	const enough = 3
	var but, names []string
	for _, m := range v.heard(id) {
		if n := len(names); n == 0 || names[n-1] != m.event {
			names = append(names, m.event)
		}
		if m.event == event {
			but = append(but, fmt.Sprintf("  but %s\n  of which %v\n", m.payload, form.Check(m.payload)))
		}
	}
	return strings.Join(but[:min(len(but), enough)], "") + "  it got " + strings.Join(names, ", ")
}

// serve starts the program with settings, and gives where it listens; it is ended
// with the test.
func serve(t *testing.T, program, settings string) (url string) {
	t.Helper()
	config := filepath.Join(t.TempDir(), "skygate.yaml")
	if err := os.WriteFile(config, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "serve", "--listen", "127.0.0.1:0", "--config", config)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	addr, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			log.WriteString(lines.Text() + "\n")
			var entry struct{ Message, Address string }
			if json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Message == "listening" {
				addr <- entry.Address
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		kill := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
		defer kill.Stop()
		<-ended
		if err := cmd.Wait(); err != nil {
			t.Errorf("skygate: %v", err)
		}
		if t.Failed() {
			t.Logf("skygate said:\n%s", log.String())
		}
	})
	select {
	case a := <-addr:
		return "http://" + a
	case <-ended:
		t.Fatalf("skygate did not start:\n%s", log.String())
	case <-time.After(patience):
		t.Fatal("skygate does not listen")
	}
	return ""
}
