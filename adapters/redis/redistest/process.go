package redistest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// patience bounds a wait for a server.
const patience = 15 * time.Second

// binary finds the server; the test is skipped where there is none.
func binary(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"redis-server", "valkey-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no redis-server and no valkey-server is installed: .ci/install redis does it")
	return ""
}

// Direct is a client of one server, whatever it is part of.
type Direct = goredis.Client

// Pipe is several commands in one.
type Pipe = goredis.Pipeliner

// Server is one process of Redis. It is used by one goroutine.
type Server struct {
	// Addr is where it listens, HOST:PORT. It stays when it is started again.
	Addr string

	t       testing.TB
	name    string // for messages
	dir     string
	args    []string
	client  *goredis.Client // of the test itself
	process *exec.Cmd       // nil while it does not run
	ended   chan struct{}   // closed when the process has ended
	frozen  bool
}

// launch starts a server with further arguments; options say how the test itself
// reaches it.
func launch(t testing.TB, name string, port int, options *goredis.Options, args ...string) *Server {
	t.Helper()
	s := prepare(t, name, port, options, args...)
	s.Start()
	return s
}

// prepare gives a server that is yet to be started.
func prepare(t testing.TB, name string, port int, options *goredis.Options, args ...string) *Server {
	t.Helper()
	s := &Server{
		Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		t:    t, name: name, dir: t.TempDir(), args: args,
	}
	options.Addr, options.DisableIdentity, options.MaxRetries = s.Addr, true, -1
	options.DialTimeout, options.ReadTimeout = time.Second, time.Second
	s.client = goredis.NewClient(options)
	t.Cleanup(func() { // the folder is removed after this
		s.Kill()
		_ = s.client.Close()
	})
	return s
}

// Start starts the server, when it does not run, with what it has written, and waits
// until it answers.
func (s *Server) Start() {
	s.t.Helper()
	if s.process != nil {
		return
	}
	end := time.Now().Add(patience)
	s.run()
	// Its port may be held for a moment by a process that was forked, for another test,
	// while it was looked whether the port is free.
	for s.endsBefore(end) && strings.Contains(s.log(), "Address already in use") {
		s.run()
	}
	s.Wait("it answers", func(c *goredis.Client) error { return c.Ping(s.t.Context()).Err() })
}

// endsBefore waits until the server answers, and says whether it ends instead.
func (s *Server) endsBefore(end time.Time) bool {
	for time.Now().Before(end) && s.client.Ping(s.t.Context()).Err() != nil {
		select {
		case <-s.ended:
			return true
		case <-time.After(5 * time.Millisecond):
		}
	}
	return false
}

// run starts the process.
func (s *Server) run() {
	s.t.Helper()
	out, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer out.Close()
	s.process = exec.Command(binary(s.t), s.args...) //nolint:noctx // it ends with the test, by Kill
	s.process.Dir = s.dir
	s.process.Stdout, s.process.Stderr = out, out
	s.process.SysProcAttr = endsWithUs()
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.ended = make(chan struct{})
	go func(p *exec.Cmd, ended chan struct{}) {
		_ = p.Wait()
		close(ended)
	}(s.process, s.ended)
}

// Wait waits until a condition holds on the server.
func (s *Server) Wait(what string, holds func(c *goredis.Client) error) {
	s.t.Helper()
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if err = holds(s.client); err == nil {
			return
		}
		select {
		case <-s.ended:
			s.t.Fatalf("%s has ended:\n%s", s.name, s.log())
		default:
		}
	}
	s.t.Fatalf("%s: waiting until %s: %v\n%s", s.name, what, err, s.log())
}

// Client is a client of this server for the test itself.
func (s *Server) Client() *goredis.Client { return s.client }

// Kill ends the server at once, as a machine that loses its power does.
func (s *Server) Kill() {
	if s.process == nil {
		return
	}
	if err := s.process.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Errorf("kill %s: %v", s.name, err)
	}
	<-s.ended
	s.process, s.frozen = nil, false
}

// Restart kills the server and starts it again, with what it had written (every
// command, at once) or, when keep is false, empty.
func (s *Server) Restart(keep bool) {
	s.t.Helper()
	s.Kill()
	if !keep {
		s.Erase()
	}
	s.Start()
}

// Erase removes what a server that does not run has written.
func (s *Server) Erase() {
	s.t.Helper()
	for _, name := range []string{"appendonlydir", "appendonly.aof", "dump.rdb"} {
		if err := os.RemoveAll(filepath.Join(s.dir, name)); err != nil {
			s.t.Fatal(err)
		}
	}
}

// Freeze stops the process without ending it: connections stay, and nothing answers.
func (s *Server) Freeze() {
	s.t.Helper()
	s.signal("-STOP")
	s.frozen = true
}

// Thaw lets a frozen server go on.
func (s *Server) Thaw() {
	s.t.Helper()
	if s.frozen {
		s.signal("-CONT")
		s.frozen = false
	}
}

func (s *Server) signal(name string) {
	s.t.Helper()
	pid := strconv.Itoa(s.process.Process.Pid)
	if out, err := exec.CommandContext(s.t.Context(), "kill", name, pid).CombinedOutput(); err != nil {
		s.t.Fatalf("kill %s %s: %v: %s", name, pid, err, out)
	}
}

// log gives the end of what the server has said.
func (s *Server) log() string {
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return fmt.Sprint(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}

// taken are the ports that this process has given out.
var taken sync.Map

// freePort gives a port below those that the system gives out by itself, so that
// nobody takes it between two starts; the Cluster's own port, 10,000 above, is free as
// well.
func freePort(t testing.TB) int {
	t.Helper()
	for range 1000 {
		port := 12_000 + rand.IntN(10_000)
		if _, used := taken.LoadOrStore(port, true); used || !isFree(port) || !isFree(port+10_000) {
			continue
		}
		return port
	}
	t.Fatal("no free port found")
	return 0
}

func isFree(port int) bool {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	return l.Close() == nil
}
