// Package e2e drives the built program with the official clients.
package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait for something that must happen.
const patience = 60 * time.Second

// binary is the program, built once for all tests, as it is shipped: without the
// race detector, under which our packages run in their own tests.
var binary string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "skygate-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary = filepath.Join(dir, "skygate")
	build := exec.Command("go", "build", "-o", binary, "github.com/skygate-io/skygate/cmd/skygate")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "building skygate:", err)
		return 1
	}
	return m.Run()
}

// server is a running skygate.
type server struct {
	t    *testing.T
	url  string
	addr string
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended

	mu  sync.Mutex // guards log
	log strings.Builder
}

// serve starts the program; it is ended with the test.
func serve(t *testing.T, args ...string) *server {
	t.Helper()
	return serveAt(t, "127.0.0.1:0", args...)
}

func serveAt(t *testing.T, listen string, args ...string) *server {
	t.Helper()
	s := &server{t: t, done: make(chan struct{})}
	s.cmd = exec.Command(binary, append([]string{"serve", "--listen", listen}, args...)...)
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	addr := make(chan string, 1)
	go func() {
		s.follow(stderr, addr)
		_ = s.cmd.Wait()
		close(s.done)
	}()
	t.Cleanup(s.stop)
	select {
	case s.addr = <-addr:
	case <-s.done:
		t.Fatalf("skygate did not start:\n%s", s.logged())
	case <-time.After(patience):
		t.Fatalf("skygate does not listen:\n%s", s.logged())
	}
	s.url = "http://" + s.addr
	return s
}

// follow keeps the log and finds the address in it.
func (s *server) follow(stderr io.Reader, addr chan<- string) {
	lines := bufio.NewScanner(stderr)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		s.mu.Lock()
		s.log.WriteString(lines.Text() + "\n")
		s.mu.Unlock()
		var entry struct{ Message, Address string }
		if json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Message == "listening" {
			addr <- entry.Address
		}
	}
}

func (s *server) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// stop ends the program as an operator does; it must end by itself, in order.
func (s *server) stop() {
	s.t.Helper()
	select {
	case <-s.done:
		return
	default:
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(20 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.done
		s.t.Errorf("skygate did not end within 20 s of SIGTERM:\n%s", s.logged())
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		s.t.Errorf("skygate ended with code %d:\n%s", code, s.logged())
	}
}

// health is the answer of /healthz.
type health struct {
	Status   string
	Aircraft int
	Sources  []struct {
		Name, State, Error string
		NewestAge          *float64 `json:"newest_age_seconds"`
		Records            uint64
		Bad                map[string]uint64
	}
	code int
}

func (s *server) health() health {
	s.t.Helper()
	var h health
	h.code = s.get("/healthz", &h)
	return h
}

func (s *server) get(path string, into any) (status int) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		s.t.Fatalf("%s: %v", path, err)
	}
	return resp.StatusCode
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	if err := until(t.Context(), holds); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func until(ctx context.Context, holds func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.New("not so within " + patience.String())
		}
	}
	return nil
}
