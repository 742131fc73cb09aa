// Package linestest has what tests of sources of lines need: a decoder to connect
// to, over real TCP, that behaves as badly as it is told to, and a source that
// runs until the test ends.
package linestest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/record"
)

// patience bounds every wait.
const patience = 20 * time.Second

// Sink collects what it is given.
type Sink struct {
	mu   sync.Mutex // guards all below
	got  []record.Update
	puts []int // how many updates came at a time
}

// Put implements [feed.Sink].
func (s *Sink) Put(updates []record.Update) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.puts = append(s.puts, len(updates))
	for _, u := range updates {
		u.Fields = slices.Clone(u.Fields)
		s.got = append(s.got, u)
	}
}

// Updates gives what came so far.
func (s *Sink) Updates() []record.Update {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

// Puts gives how many updates came at a time.
func (s *Sink) Puts() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.puts)
}

// Keys gives the keys of what came so far, with spaces between them.
func (s *Sink) Keys() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := make([]string, len(s.got))
	for i, u := range s.got {
		keys[i] = u.Key
	}
	return strings.Join(keys, " ")
}

// Logs is where a source logs to.
type Logs struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (l *Logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// States gives the states that were logged, with spaces between them.
func (l *Logs) States() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []string
	for line := range strings.Lines(l.text.String()) {
		_, state, _ := strings.Cut(line, `"state":"`)
		state, _, _ = strings.Cut(state, `"`)
		list = append(list, state)
	}
	return strings.Join(list, " ")
}

// Fixture is a source that runs until the test ends.
type Fixture struct {
	feed.Source
	Sink *Sink
	Logs *Logs
	t    *testing.T
}

// Run runs the source that create gives.
func Run[S feed.Source](t *testing.T, create func(log zerolog.Logger) (S, error)) *Fixture {
	t.Helper()
	f := &Fixture{Sink: &Sink{}, Logs: &Logs{}, t: t}
	source, err := create(zerolog.New(f.Logs))
	if err != nil {
		t.Fatal(err)
	}
	f.Source = source
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- source.Run(ctx, f.Sink) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return f
}

// Want waits for a condition.
func (f *Fixture) Want(what string, is func() bool) {
	f.t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			f.t.Fatalf("still waiting: %s; status %+v, aircraft %.300s", what, f.Status(), f.Sink.Keys())
		}
	}
}

// WantState waits for a state.
func (f *Fixture) WantState(s feed.State) {
	f.t.Helper()
	f.Want("state "+string(s), func() bool { return f.Status().State == s })
}

// WantBad waits until so much was counted by a reason.
func (f *Fixture) WantBad(reason string, n uint64) {
	f.t.Helper()
	f.Want(fmt.Sprintf("%d × %s", n, reason), func() bool { return f.Status().Bad[reason] >= n })
}

// WantKeys waits for the aircraft that came so far.
func (f *Fixture) WantKeys(keys string) {
	f.t.Helper()
	f.Want("aircraft "+keys, func() bool { return f.Sink.Keys() == keys })
}

// Decoder is a program that takes connections and sends lines.
type Decoder struct {
	t        *testing.T
	listener net.Listener
	accepted chan net.Conn
}

// Listen gives a decoder on a free port. It ends with the test.
func Listen(t *testing.T) *Decoder {
	t.Helper()
	return listen(t, "127.0.0.1:0")
}

func listen(t *testing.T, address string) *Decoder {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Skipf("cannot listen at %s: %v", address, err)
	}
	d := &Decoder{t: t, listener: listener, accepted: make(chan net.Conn)}
	ended := make(chan struct{})
	go func() {
		defer close(d.accepted)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			select {
			case d.accepted <- conn:
			case <-ended:
				_ = conn.Close()
			}
		}
	}()
	t.Cleanup(func() {
		close(ended)
		_ = listener.Close()
		for range d.accepted { // it is closed when the goroutine is at its end
			continue
		}
	})
	return d
}

// Address is where the decoder listens.
func (d *Decoder) Address() string { return d.listener.Addr().String() }

// Stop ends the decoder, as far as who would connect is concerned.
func (d *Decoder) Stop() { _ = d.listener.Close() }

// Again gives a decoder that listens where this one did, before it was stopped.
func (d *Decoder) Again() *Decoder {
	d.t.Helper()
	return listen(d.t, d.Address())
}

// Accept waits for a connection. It ends with the test.
func (d *Decoder) Accept() *Conn {
	d.t.Helper()
	select {
	case conn := <-d.accepted:
		d.t.Cleanup(func() { _ = conn.Close() })
		return &Conn{Conn: conn, t: d.t}
	case <-time.After(patience):
		d.t.Fatal("nobody connects")
		return nil
	}
}

// Conn is a connection that a source made.
type Conn struct {
	net.Conn
	t *testing.T
}

// Send sends a text.
func (c *Conn) Send(text string) {
	c.t.Helper()
	if _, err := c.Write([]byte(text)); err != nil {
		c.t.Fatalf("sending: %v", err)
	}
}

// Recordings gives the files of the large recordings that fit a pattern. The test
// is skipped where there are none.
func Recordings(t *testing.T, patterns ...string) []string {
	t.Helper()
	folder := os.Getenv("SKYGATE_TESTDATA")
	if folder == "" {
		t.Skip("SKYGATE_TESTDATA is not set: it names the folder of the large recordings")
	}
	var files []string
	for _, p := range patterns {
		found, err := filepath.Glob(filepath.Join(folder, p))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: no such files (%v)", p, err)
		}
		files = append(files, found...)
	}
	return files
}

// Lines gives the lines of a file, without their ends. It may be compressed.
func Lines(t testing.TB, file string) []string {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var text io.Reader = in
	if strings.HasSuffix(file, ".gz") {
		if text, err = gzip.NewReader(in); err != nil {
			t.Fatal(err)
		}
	}
	var lines []string
	s := bufio.NewScanner(text)
	for s.Buffer(nil, 1<<20); s.Scan(); {
		lines = append(lines, strings.TrimSuffix(s.Text(), "\r"))
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	return lines
}
