package e2e

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
	"github.com/skygate-io/skygate/test/puppet"
)

// kinds are the official clients, over every way to connect.
var kinds = []kind{
	{"javascript", "websocket"},
	{"javascript", "polling"},
	{"javascript", "polling,websocket"},
	{"python", "websocket"},
	{"python", "polling"},
	{"python", "polling,websocket"},
}

type kind struct{ language, transports string }

func (k kind) String() string { return k.language + " over " + k.transports }

// examples is where the reference clients are.
var examples = filepath.Join("..", "..", "examples")

// program gives the command that runs an example in a language.
func program(t *testing.T, language, name string, args ...string) *exec.Cmd {
	t.Helper()
	if language == "javascript" {
		if _, err := os.Stat(filepath.Join(examples, "js", "node_modules")); err != nil {
			t.Fatal("the npm packages of examples/js are not installed: run .ci/install")
		}
		return exec.Command("node", append([]string{filepath.Join(examples, "js", name+".mjs")}, args...)...)
	}
	python := os.Getenv("SKYGATE_PYTHON")
	if python == "" {
		python = filepath.Join("..", "..", ".cache", "venv", "bin", "python")
	}
	if _, err := os.Stat(python); err != nil {
		t.Fatal("the packages of examples/python are not installed: run .ci/install")
	}
	return exec.Command(python, append([]string{filepath.Join(examples, "python", name+".py")}, args...)...)
}

// client is a reference client that runs, told what to do by lines of JSON.
type client struct {
	*puppet.Puppet
	t    *testing.T
	kind kind

	mu    sync.Mutex // guards all below
	lines []line
	ids   int
}

// line is what a client tells.
type line struct {
	Event     string          `json:"event"`
	Name      string          `json:"name"`
	ID        int             `json:"id"`
	Transport string          `json:"transport"`
	Code      string          `json:"code"`
	Remaining []string        `json:"remaining"`
	Resumed   map[string]bool `json:"resumed"`
	State     map[string]any  `json:"state"`
	Position  struct {
		Epoch string `json:"epoch"`
		Seq   uint64 `json:"seq"`
	} `json:"position"`
	Stats    map[string]int  `json:"stats"`
	Response json.RawMessage `json:"response"`
	Ack      json.RawMessage `json:"ack"`
	Error    *struct{ Code, Message string }
}

// follow starts a client; it is ended with the test.
func follow(t *testing.T, s *server, k kind, args ...string) *client {
	t.Helper()
	args = append([]string{"--url", s.URL, "--transports", k.transports}, args...)
	return begin(t, k, program(t, k.language, "follow", args...))
}

// begin starts the process of a client; it is ended with the test.
func begin(t *testing.T, k kind, cmd *exec.Cmd) *client {
	t.Helper()
	c := &client{t: t, kind: k}
	c.Puppet = puppet.Start(t, k.String(), cmd, c.hear)
	return c
}

func (c *client) hear(l line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines = append(c.lines, l)
}

// say tells the client something and does not wait.
func (c *client) say(command string, members ...any) int {
	c.t.Helper()
	c.mu.Lock()
	c.ids++
	id := c.ids
	c.mu.Unlock()
	c.Tell(order(command, id, members))
	return id
}

// order is what a process is told; members are names and values in turn.
func order(command string, id int, members []any) map[string]any {
	text := map[string]any{"cmd": command, "id": id}
	for i := 0; i+1 < len(members); i += 2 {
		text[members[i].(string)] = members[i+1]
	}
	return text
}

// ask tells the client something and gives its answer.
func (c *client) ask(command string, members ...any) line {
	c.t.Helper()
	id := c.say(command, members...)
	return c.wait(command, func(l line) bool { return l.ID == id })
}

// wait gives the first line that fits, of all that came since the start.
func (c *client) wait(what string, fits func(line) bool) line {
	c.t.Helper()
	var found line
	ok := eventually.Is(func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, l := range c.lines {
			if fits(l) {
				found = l
				return true
			}
		}
		return false
	})
	if !ok {
		c.t.Fatalf("%v: waited in vain: %s; it said %s", c.kind, what, c.said())
	}
	return found
}

// event waits until so many events of a name came.
func (c *client) event(name string, times int) {
	c.t.Helper()
	ok := eventually.Is(func() bool { return c.count(name) >= times })
	if !ok {
		c.t.Fatalf("%v: waited in vain: %d × %s; it said %s", c.kind, times, name, c.said())
	}
}

func (c *client) count(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, l := range c.lines {
		if l.Event == name {
			n++
		}
	}
	return n
}

func (c *client) said() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]string, len(c.lines))
	for i, l := range c.lines {
		out[i] = fmt.Sprintf("%s%s#%d", l.Event, l.Code, l.ID)
	}
	return strings.Join(out, " ")
}
