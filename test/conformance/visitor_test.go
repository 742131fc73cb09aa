package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/test/built"
	"github.com/skygate-io/skygate/test/conformance/shape"
	"github.com/skygate-io/skygate/test/puppet"
)

// visitor is the process in which the official clients run, and what they got.
type visitor struct {
	*puppet.Puppet

	mu  sync.Mutex // guards got
	got map[string][]received
}

// received is an event that a client got; payload is its first argument.
type received struct {
	event   string
	payload json.RawMessage
}

// happening is what a client got: an event, and its arguments.
type happening struct {
	ID, Event string
	Args      []json.RawMessage
}

func newVisitor(t *testing.T) *visitor {
	t.Helper()
	v := &visitor{got: map[string][]received{}}
	v.Puppet = puppet.Start(t, "the clients", exec.Command("node", "visitor.mjs"), v.hear)
	return v
}

func (v *visitor) hear(h happening) {
	m := received{event: h.Event, payload: json.RawMessage("null")}
	if len(h.Args) > 0 {
		m.payload = h.Args[0]
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.got[h.ID] = append(v.got[h.ID], m)
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
	found := eventually.Is(func() bool {
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
	p := built.Start(t, exec.Command(program, "serve", "--listen", "127.0.0.1:0", "--config", config))
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("skygate says:\n%s", p.Log())
		}
	})
	return p.URL
}
