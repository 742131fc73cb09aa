package chaos

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// crowd are official clients of one language, in one process that does what it is told
// (clients/client.mjs).
type crowd struct {
	t       testing.TB
	stdin   io.WriteCloser
	errors  bytes.Buffer // of the process; read when it has ended
	clients map[string]*client

	mu sync.Mutex // guards writing to stdin
}

// line is what a client tells.
type line struct {
	Name  string          `json:"name"`
	Event string          `json:"event"`
	Data  json.RawMessage `json:"data"`
}

func javascript(t testing.TB) []string {
	t.Helper()
	if _, err := os.Stat(filepath.Join("..", "..", "examples", "js", "node_modules")); err != nil {
		t.Fatal("the npm packages of examples/js are not installed: run .ci/install")
	}
	return []string{"node", filepath.Join("clients", "client.mjs")}
}

func python(t testing.TB) []string {
	t.Helper()
	path := os.Getenv("SKYGATE_PYTHON")
	if path == "" {
		path = filepath.Join("..", "..", ".cache", "venv", "bin", "python")
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal("the packages of examples/python are not installed: run .ci/install")
	}
	return []string{path, filepath.Join("clients", "client.py")}
}

// gather starts a process for clients; it ends with the test.
func gather(t testing.TB, command []string, clients ...*client) *crowd {
	t.Helper()
	c := &crowd{t: t, clients: map[string]*client{}}
	for _, one := range clients {
		c.clients[one.name] = one
		one.crowd = c
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stderr = &c.errors
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if c.stdin, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.read(stdout)
	}()
	t.Cleanup(func() {
		for _, one := range clients {
			one.leave()
		}
		_ = c.stdin.Close()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
			t.Errorf("%v did not end", command)
		}
		_ = cmd.Wait()
		if t.Failed() && c.errors.Len() > 0 {
			t.Logf("%v complains:\n%s", command, c.errors.String())
		}
	})
	return c
}

func (c *crowd) read(stdout io.Reader) {
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			c.t.Errorf("a client says %q: %v", lines.Text(), err)
			continue
		}
		c.clients[l.Name].take(l.Event, l.Data)
	}
}

// tell tells a client something.
func (c *crowd) tell(what map[string]any) {
	raw, err := json.Marshal(what)
	if err != nil {
		c.t.Error(err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = c.stdin.Write(append(raw, '\n')) // it may have ended, which its reader sees
}
