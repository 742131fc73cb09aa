// Package server runs, for a test, a program that follows the description of
// the test server: as a process of its own, on free ports of the loopback.
//
// The environment says how it behaves; PORT is Socket.IO, EIO_PORT an Engine.IO
// echo, CTL_PORT the control. It prints "ready PID" and ends on SIGTERM.
package server

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Patience is how long a server may take for anything.
const Patience = 30 * time.Second

// Server is a server that runs.
type Server struct {
	URL  string // of Socket.IO
	Echo string // of the Engine.IO echo
	PID  int

	control string
	stderr  *locked
	done    chan struct{} // closed when the process has ended
}

// Build builds a Go program, for the time of the test.
func Build(t testing.TB, pkg string) (binary string) {
	t.Helper()
	return build(t, "", pkg)
}

// BuildIn is Build for a program that is a module of its own.
func BuildIn(t testing.TB, dir string) (binary string) {
	t.Helper()
	return build(t, dir, ".")
}

func build(t testing.TB, dir, pkg string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "server")
	compile := exec.CommandContext(t.Context(), "go", "build", "-o", binary, pkg)
	compile.Dir = dir
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

// Start starts a server and waits until it is ready. It is stopped with the test.
func Start(t testing.TB, command []string, env ...string) *Server {
	t.Helper()
	ports := freePorts(t, 3)
	s := &Server{
		URL: "http://127.0.0.1:" + ports[0], Echo: "http://127.0.0.1:" + ports[1],
		control: "http://127.0.0.1:" + ports[2],
		stderr:  &locked{}, done: make(chan struct{}),
	}
	process := exec.Command(command[0], command[1:]...) //nolint:noctx // it is stopped below, by a signal that it can answer
	process.Env = append(os.Environ(), "PORT="+ports[0], "EIO_PORT="+ports[1], "CTL_PORT="+ports[2])
	process.Env = append(process.Env, env...)
	process.Stderr = s.stderr
	stdout, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	s.PID = process.Process.Pid
	ready := make(chan struct{})
	go func() {
		defer close(s.done)
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "ready ") {
				close(ready)
			}
		}
		_ = process.Wait()
	}()
	t.Cleanup(func() { s.stop(process.Process) })
	select {
	case <-ready:
	case <-s.done:
		t.Fatalf("the server ended at once:\n%s", s.stderr)
	case <-time.After(Patience):
		t.Fatal("the server does not become ready")
	}
	return s
}

func (s *Server) stop(process *os.Process) {
	_ = process.Signal(syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(5 * time.Second):
		_ = process.Kill()
		<-s.done
	}
}

// Ended is closed when the process has ended, of whatever.
func (s *Server) Ended() <-chan struct{} { return s.done }

// Stderr is what the server has said there so far.
func (s *Server) Stderr() string { return s.stderr.String() }

// Control asks the control for something, such as "emit?room=r&ev=e&msg=m", and
// decodes into out, unless that is nil, what it returned.
func (s *Server) Control(query string, out any) error {
	path, values, _ := strings.Cut(query, "?")
	q, err := url.ParseQuery(values)
	if err != nil {
		return err
	}
	client := http.Client{Timeout: Patience, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(s.control + "/" + path + "?" + q.Encode()) //nolint:noctx // the client has a timeout
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(raw, &struct{ Out any }{out})
}

// freePorts gives ports that nobody listened on a moment ago.
func freePorts(t testing.TB, n int) []string {
	t.Helper()
	ports := make([]string, n)
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // together: no port twice
		_, ports[i], _ = net.SplitHostPort(l.Addr().String())
	}
	return ports
}

// locked is a buffer of which one goroutine writes and another reads.
type locked struct {
	mu  sync.Mutex
	buf bytes.Buffer // guarded by mu
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
