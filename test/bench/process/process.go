//go:build linux

// Package process starts the programs of the side-by-side benchmark, talks to
// them by lines, and reads what the operating system has accounted to them.
//
// A [Process] ends when its input does; [Process.Stop] closes it and waits. Its
// one goroutine reads the output.
package process

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

const (
	patience = 2 * time.Minute // for an answer
	farewell = 5 * time.Second // for a process whose input has ended
)

// Process is a program that runs. Its methods are called from one goroutine.
type Process struct {
	name   string
	cmd    *exec.Cmd
	in     io.WriteCloser
	errors *tail

	lines   chan []byte // the output; closed at its end
	reading sync.WaitGroup
}

// Start starts a program; name is for errors, env is added to the environment.
func Start(name string, argv []string, env ...string) (*Process, error) {
	p := &Process{name: name, errors: &tail{}, lines: make(chan []byte, 64)}
	p.cmd = exec.Command(argv[0], argv[1:]...) //nolint:noctx // Stop ends it
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stderr = p.errors
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // some programs do not end with their input
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p.in = in
	p.reading.Go(func() { p.read(out) })
	return p, nil
}

func (p *Process) read(out io.Reader) {
	defer close(p.lines)
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		p.lines <- bytes.Clone(lines.Bytes())
	}
}

// Tell writes a line.
func (p *Process) Tell(line []byte) error {
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return p.wrap(err)
	}
	return nil
}

// Hear decodes the next line of output.
func (p *Process) Hear(answer any) error {
	patient := time.NewTimer(patience)
	defer patient.Stop()
	select {
	case line, ok := <-p.lines:
		if !ok {
			return p.wrap(errors.New("the process has ended"))
		}
		if err := json.Unmarshal(line, answer); err != nil {
			return p.wrap(fmt.Errorf("%q: %w", line, err))
		}
		return nil
	case <-patient.C:
		return p.wrap(fmt.Errorf("no answer for %v", patience))
	}
}

// Ask writes a line and decodes the answer.
func (p *Process) Ask(line []byte, answer any) error {
	if err := p.Tell(line); err != nil {
		return err
	}
	return p.Hear(answer)
}

// CPU is the time that all threads of the process have run, in user and system
// mode, from the process's CPU clock: exact to the nanosecond, where
// /proc/<pid>/stat counts hundredths of a second.
func (p *Process) CPU() (time.Duration, error) {
	// The clock of another process, as clock_getcpuclockid(3) makes it:
	// 2 is CPUCLOCK_SCHED.
	clock := int32(^p.cmd.Process.Pid)<<3 | 2
	var used syscall.Timespec
	_, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(clock), uintptr(unsafe.Pointer(&used)), 0)
	if errno != 0 {
		return 0, p.wrap(os.NewSyscallError("clock_gettime", errno))
	}
	return time.Duration(used.Nano()), nil
}

// RSS is the memory of the process that is resident, in bytes.
func (p *Process) RSS() (int64, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/smaps_rollup")
	if err != nil {
		return 0, p.wrap(err)
	}
	_, after, _ := bytes.Cut(text, []byte("\nRss:"))
	fields := bytes.Fields(after)
	if len(fields) == 0 {
		return 0, p.wrap(errors.New("smaps_rollup tells no Rss"))
	}
	kib, err := strconv.ParseInt(string(fields[0]), 10, 64)
	return kib << 10, err
}

// WriteCalls is how often the process has called write, writev and the like, as
// the operating system counts it.
func (p *Process) WriteCalls() (int64, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/io")
	if err != nil {
		return 0, p.wrap(err)
	}
	_, after, _ := bytes.Cut(text, []byte("\nsyscw: "))
	number, _, found := bytes.Cut(after, []byte("\n"))
	if !found {
		return 0, p.wrap(errors.New("io tells no syscw"))
	}
	return strconv.ParseInt(string(number), 10, 64)
}

// Signal sends a signal: to a program that does not end with its input, SIGTERM before
// Stop; SIGSTOP freezes one, and SIGCONT lets it go on.
func (p *Process) Signal(s syscall.Signal) error {
	if err := p.cmd.Process.Signal(s); err != nil {
		return p.wrap(err)
	}
	return nil
}

// Stop closes the input and waits; a process that does not end is killed.
func (p *Process) Stop() error {
	closed := p.in.Close()
	kill := time.AfterFunc(farewell, func() { _ = p.cmd.Process.Kill() })
	defer kill.Stop()
	for range p.lines { // so that the reader comes to the end
		continue
	}
	p.reading.Wait()
	if err := errors.Join(closed, p.cmd.Wait()); err != nil {
		return p.wrap(err)
	}
	return nil
}

func (p *Process) wrap(err error) error {
	if said := p.errors.String(); said != "" {
		return fmt.Errorf("%s: %w; it said: %s", p.name, err, said)
	}
	return fmt.Errorf("%s: %w", p.name, err)
}

// tail keeps the last that was written to it. It is safe for concurrent use.
type tail struct {
	mu   sync.Mutex // guards text
	text []byte
}

func (t *tail) Write(text []byte) (int, error) {
	const keep = 2000
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, text...)
	t.text = t.text[max(0, len(t.text)-keep):]
	return len(text), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.text))
}
