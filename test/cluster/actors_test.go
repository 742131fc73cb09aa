// Package cluster runs servers of several kinds on one Redis, and programs that only
// send, and looks whether each does to the clients of each what it was told to do.
package cluster

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/test/interop/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long anything may take that must come.
const patience = 20 * time.Second

// actor is a program on the Redis: a server with clients, or one that only sends.
type actor struct {
	*server.Server
	name   string
	serves bool
	python bool
	// Clients of a server: inRoom is in the room r of "/", outside in the room q, and
	// other in the room r of "/custom".
	inRoom, outside, other *client
}

func (a *actor) clients() []*client { return []*client{a.inRoom, a.outside, a.other} }

// stage is all of them.
type stage struct {
	t       *testing.T
	mode    string
	redis   *redistest.Server
	port    string
	servers []*actor
	senders []*actor
}

// setUp starts three servers of Skygate, one of Node, and what only sends in the
// format, and waits until they know each other.
func setUp(t *testing.T, mode string) *stage {
	t.Helper()
	if testing.Short() {
		t.Skip("starts many programs: not with -short")
	}
	if _, err := os.Stat(filepath.Join("node_modules", "@socket.io", "redis-adapter")); err != nil {
		t.Fatal("@socket.io/redis-adapter is not installed: run .ci/install")
	}
	s := &stage{t: t, mode: mode, redis: redistest.Single(t)}
	_, s.port, _ = strings.Cut(s.redis.Config().Addresses[0], ":")
	skygate := server.Skygate(t)
	for _, name := range []string{"go1", "go2", "go3"} {
		s.serve(name, skygate)
	}
	s.serve("node", []string{"node", filepath.Join("node", "server.mjs")})
	if mode == "classic" { // it knows no other
		s.send("emitter", []string{"node", filepath.Join("node", "emitter.mjs")})
	}
	s.send("python", []string{pythonIn(t), filepath.Join("python", "emitter.py")}).python = true
	for _, a := range s.servers {
		s.connect(a)
	}
	s.settle()
	return s
}

func pythonIn(t *testing.T) string {
	t.Helper()
	python := os.Getenv("SKYGATE_PYTHON")
	if python == "" {
		python = filepath.Join("..", "..", ".cache", "venv", "bin", "python")
	}
	return python
}

func (s *stage) start(name string, command []string) *actor {
	s.t.Helper()
	env := []string{
		"NAME=" + name, "REDIS_PORT=" + s.port, "ROOMS_MODE=" + s.mode, "PYTHONDONTWRITEBYTECODE=1",
		"PING_INTERVAL=25000", "PING_TIMEOUT=20000",
	}
	return &actor{Server: server.Start(s.t, command, env...), name: name}
}

func (s *stage) serve(name string, command []string) {
	s.t.Helper()
	a := s.start(name, command)
	a.serves = true
	s.servers = append(s.servers, a)
}

func (s *stage) send(name string, command []string) *actor {
	s.t.Helper()
	a := s.start(name, command)
	s.senders = append(s.senders, a)
	return a
}

func (s *stage) connect(a *actor) {
	s.t.Helper()
	a.inRoom = dial(s.t, a.URL, "/", "r", a.name+" in r")
	a.outside = dial(s.t, a.URL, "/", "q", a.name+" in q")
	a.other = dial(s.t, a.URL, "/custom", "r", a.name+" in /custom")
}

// all are servers and senders.
func (s *stage) all() []*actor { return append(slices.Clone(s.servers), s.senders...) }

// settle waits until all servers count each other, and hear what is for the rooms.
func (s *stage) settle() {
	s.t.Helper()
	for _, a := range s.servers {
		for _, namespace := range []string{"/", "/custom"} {
			s.eventually(a.name+" counts the servers", func() bool {
				n := 0
				return a.Control("servercount?nsp="+namespace, &n) == nil && n == len(s.servers)
			})
		}
	}
	for _, from := range s.all() {
		for _, namespace := range []string{"/", "/custom"} {
			for _, to := range s.reached(from) {
				c := to.inRoom
				if namespace != "/" {
					c = to.other
				}
				s.eventually(to.name+" hears "+from.name, func() bool {
					s.do(from, "emit?ev=heard&msg="+from.name+"&room=r&nsp="+namespace)
					return c.heard(`["heard","` + from.name + `"]`)
				})
			}
		}
	}
	for _, from := range s.all() { // so that nothing of this comes later
		s.barrier(from, "settled by "+from.name)
	}
}

// reached are the servers that hear an actor: Node's adapter does not hear Python.
func (s *stage) reached(from *actor) []*actor {
	return slices.DeleteFunc(slices.Clone(s.servers), func(to *actor) bool { return from.python && to.name == "node" })
}

func (s *stage) eventually(what string, f func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); !f(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("waited in vain: %s", what)
		}
	}
}

// do has an actor do something.
func (s *stage) do(a *actor, query string) {
	s.t.Helper()
	s.ask(a, query, nil)
}

// ask has it answer.
func (s *stage) ask(a *actor, query string, out any) {
	s.t.Helper()
	var failed struct{ Error string }
	if out == nil {
		if err := a.Control(query, &failed); err == nil && failed.Error != "" {
			s.t.Errorf("%s, %s: %s", a.name, query, failed.Error)
		} else if err != nil {
			s.t.Logf("%s, %s: %v", a.name, query, err)
		}
		return
	}
	if err := a.Control(query, out); err != nil {
		s.t.Errorf("%s, %s: %v", a.name, query, err)
	}
}

// barrier has an actor tell everybody that something is over, and gives what each
// client got before that.
func (s *stage) barrier(from *actor, tag string) map[*client][]string {
	s.t.Helper()
	s.do(from, "emit?ev=end&msg="+tag)
	s.do(from, "emit?ev=end&msg="+tag+"&nsp=/custom")
	got := map[*client][]string{}
	for _, to := range s.reached(from) {
		for _, c := range to.clients() {
			got[c] = c.until(`["end",` + strconv.Quote(tag) + `]`)
		}
	}
	return got
}
