// Package built builds the program and runs it, for tests that look at it from
// outside.
package built

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
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
)

// The longest that a process may take to listen, and to end when it is asked to.
const (
	startLimit = 60 * time.Second
	endLimit   = 20 * time.Second
)

// Build builds the program into a folder, as it is shipped: without the race
// detector, under which our packages run in their own tests.
func Build(dir string) (binary string, err error) {
	binary = filepath.Join(dir, "skygate")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", binary, "github.com/skygate-io/skygate/cmd/skygate")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("build skygate: %w", err)
	}
	return binary, nil
}

// Run builds the program, runs the tests, and removes it; it gives their exit code.
func Run(m *testing.M, take func(binary string)) int {
	dir, err := os.MkdirTemp("", "skygate-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary, err := Build(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	take(binary)
	return m.Run()
}

// Process is a running skygate.
type Process struct {
	// Addr is where it listens, HOST:PORT, and URL the same as an address.
	Addr, URL string
	// Cmd is the process, and Done is closed when that has ended.
	Cmd  *exec.Cmd
	Done chan struct{}

	t      testing.TB
	killed bool // by Kill

	mu  sync.Mutex // guards log
	log strings.Builder
}

// Start starts a command that runs the program, and waits until it listens. It is
// ended with the test.
func Start(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	p := &Process{t: t, Cmd: cmd, Done: make(chan struct{})}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	addr := make(chan string, 1)
	go func() {
		p.follow(stderr, addr)
		_ = cmd.Wait()
		close(p.Done)
	}()
	t.Cleanup(p.Stop)
	select {
	case p.Addr = <-addr:
	case <-p.Done:
		t.Fatalf("skygate did not start:\n%s", p.Log())
	case <-time.After(startLimit):
		t.Fatalf("skygate does not listen:\n%s", p.Log())
	}
	p.URL = "http://" + p.Addr
	return p
}

// follow keeps the log and finds the address in it.
func (p *Process) follow(stderr io.Reader, addr chan<- string) {
	lines := bufio.NewScanner(stderr)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		p.mu.Lock()
		p.log.WriteString(lines.Text() + "\n")
		p.mu.Unlock()
		var entry struct{ Message, Address string }
		if json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Message == "listening" {
			addr <- entry.Address
		}
	}
}

// Log is what it has logged.
func (p *Process) Log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// Stop ends the program as an operator does; it must end by itself, in order.
func (p *Process) Stop() {
	p.t.Helper()
	if p.killed {
		return
	}
	select {
	case <-p.Done:
	default:
		_ = p.Cmd.Process.Signal(syscall.SIGTERM)
	}
	select {
	case <-p.Done:
	case <-time.After(endLimit):
		_ = p.Cmd.Process.Kill()
		<-p.Done
		p.t.Errorf("skygate did not end within %v of SIGTERM:\n%s", endLimit, p.Log())
	}
	if code := p.Cmd.ProcessState.ExitCode(); code != 0 {
		p.t.Errorf("skygate ended with code %d:\n%s", code, p.Log())
	}
}

// Kill ends the program at once, as a machine that loses its power does.
func (p *Process) Kill() {
	p.t.Helper()
	p.killed = true
	if err := p.Cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Error(err)
	}
	<-p.Done
}

// Freeze stops the process without ending it, and Thaw lets it go on.
func (p *Process) Freeze() { p.signal(syscall.SIGSTOP) }

// Thaw lets a frozen process go on.
func (p *Process) Thaw() { p.signal(syscall.SIGCONT) }

func (p *Process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.Cmd.Process.Signal(s); err != nil {
		p.t.Error(err)
	}
}
