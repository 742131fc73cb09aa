package hostile

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/acars"
	"github.com/skygate-io/skygate/adapters/jsonlines"
	"github.com/skygate-io/skygate/adapters/readsb"
	"github.com/skygate-io/skygate/adapters/replay"
	"github.com/skygate-io/skygate/adapters/sbs"
	"github.com/skygate-io/skygate/adapters/uat"
	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/record"
)

// patience bounds every wait.
const patience = eventually.Patience

// ears take what a source gives, of aircraft and of messages.
type ears struct {
	mu    sync.Mutex           // guards heard
	heard map[string]time.Time // what, and when it was heard by its time
}

func (e *ears) take(what string, observed int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard[what] = time.UnixMilli(observed)
}

// Put implements [feed.Sink].
func (e *ears) Put(updates []record.Update) {
	for _, u := range updates {
		e.take(u.Key, u.Observed)
	}
}

// PublishOnce implements [acars.Publisher].
func (e *ears) PublishOnce(_ context.Context, _ string, event record.Event, observed int64) (bool, error) {
	e.take(strings.Trim(event.Fields.Get("text"), `"`), observed)
	return true, nil
}

func (e *ears) at(what string) (time.Time, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	t, ok := e.heard[what]
	return t, ok
}

func (e *ears) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.heard)
}

// rig is a source under test, and the peer that it hears.
type rig struct {
	*testing.T
	*ears
	status  func() feed.Status
	says    func(text string) // what the peer sends
	restart func()            // the peer goes away in the middle of what it said, and comes back; nil where there is no peer
	ended   func()            // when all was said; nil when the source hears at once
	lossy   bool              // what is said may be lost on the way
}

// goesOn says something until it is heard.
func (r *rig) goesOn(text, what string) {
	r.Helper()
	for end := time.Now().Add(patience); ; {
		r.says(text)
		if !r.lossy {
			break
		}
		for range 20 {
			if _, ok := r.at(what); ok || time.Now().After(end) {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	r.await(what)
}

// await waits until all of these were heard.
func (r *rig) await(what ...string) {
	r.Helper()
	if r.ended != nil {
		return // at the end
	}
	r.wait(what...)
}

func (r *rig) wait(what ...string) {
	r.Helper()
	for _, w := range what {
		r.until(w, func() bool {
			_, ok := r.at(w)
			return ok
		})
	}
}

func (r *rig) until(what string, is func() bool) {
	r.Helper()
	if !eventually.Is(is) {
		s := r.status()
		r.Fatalf("still waiting for %s; %d heard; %s, %q, %d records, %v", what, r.count(), s.State, s.Err, s.Records, s.Bad)
	}
}

// run has something at work until the test ends.
func run(t *testing.T, work func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- work(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(patience):
			t.Error("Run does not end")
		}
	})
}

// server is a peer that is connected to, over TCP.
type server struct {
	t        *testing.T
	listener net.Listener
	conn     net.Conn
}

func serve(t *testing.T) *server {
	t.Helper()
	s := &server{t: t}
	s.listen("127.0.0.1:0")
	t.Cleanup(s.close)
	return s
}

func (s *server) listen(address string) {
	s.t.Helper()
	var err error
	if s.listener, err = net.Listen("tcp", address); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) address() string { return s.listener.Addr().String() }

func (s *server) close() {
	_ = s.listener.Close()
	if s.conn != nil {
		_ = s.conn.Close()
	}
}

func (s *server) says(text string) {
	s.t.Helper()
	if s.conn == nil {
		_ = s.listener.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
		var err error
		if s.conn, err = s.listener.Accept(); err != nil {
			s.t.Fatal(err)
		}
	}
	write(s.t, s.conn, text)
}

func (s *server) restart() {
	s.t.Helper()
	address := s.address()
	s.close()
	s.conn = nil
	s.listen(address)
}

func write(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	_ = conn.SetWriteDeadline(time.Now().Add(patience))
	if _, err := conn.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

// aircraftRig has a source of aircraft hear.
func aircraftRig(t *testing.T, source feed.Source, err error) *rig {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, ears: &ears{heard: map[string]time.Time{}}, status: source.Status}
	run(t, func(ctx context.Context) error { return source.Run(ctx, r.ears) })
	return r
}

func lineRig(t *testing.T, open func(address string) (feed.Source, error)) *rig {
	s := serve(t)
	source, err := open(s.address())
	r := aircraftRig(t, source, err)
	r.says, r.restart = s.says, s.restart
	return r
}

func openSBS(t *testing.T) *rig {
	return lineRig(t, func(address string) (feed.Source, error) {
		c, err := sbs.ParseAddress(address)
		if err != nil {
			return nil, err
		}
		return sbs.New(c, zerolog.Nop())
	})
}

func openSBSUTC(t *testing.T) *rig {
	return lineRig(t, func(address string) (feed.Source, error) {
		c, err := sbs.ParseAddress(address)
		if err != nil {
			return nil, err
		}
		c.UTC = true
		return sbs.New(c, zerolog.Nop())
	})
}

func openJSON(t *testing.T) *rig {
	return lineRig(t, func(address string) (feed.Source, error) {
		c, err := jsonlines.ParseAddress(address)
		if err != nil {
			return nil, err
		}
		return jsonlines.New(c, zerolog.Nop())
	})
}

func openUAT(t *testing.T) *rig {
	return lineRig(t, func(address string) (feed.Source, error) {
		c, err := uat.ParseAddress(address)
		if err != nil {
			return nil, err
		}
		return uat.New(c, zerolog.Nop())
	})
}

// openReadsb has a server of aircraft.json whose file is what was said last.
func openReadsb(t *testing.T) *rig {
	var mu sync.Mutex
	body := ""
	handler := http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if !strings.HasSuffix(q.URL.Path, "/aircraft.json") {
			http.NotFound(w, q)
			return
		}
		_, _ = w.Write([]byte(body))
	})
	web := httptest.NewServer(handler)
	t.Cleanup(func() { web.Close() })
	c := readsb.DefaultConfig()
	c.URL, c.Interval = web.URL+"/data/aircraft.json", 100*time.Millisecond
	source, err := readsb.New(c, zerolog.Nop())
	r := aircraftRig(t, source, err)
	r.says = func(text string) {
		polls := r.status().Bad
		mu.Lock()
		body = text
		mu.Unlock()
		before := r.count()
		seen := func() bool { return r.count() > before || fmt.Sprint(r.status().Bad) != fmt.Sprint(polls) }
		r.until("a poll", seen)
	}
	r.restart = func() {
		address := web.Listener.Addr().String()
		web.Close()
		r.until("a failure", func() bool { return r.status().State == feed.Failing })
		listener, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		web = httptest.NewUnstartedServer(handler)
		_ = web.Listener.Close()
		web.Listener = listener
		web.Start()
	}
	return r
}

// openReplay plays what was said, as a file, when all was said.
func openReplay(t *testing.T) *rig {
	path := filepath.Join(t.TempDir(), "recording.jsonl")
	var all strings.Builder
	r := &rig{T: t, ears: &ears{heard: map[string]time.Time{}}}
	c := replay.DefaultConfig()
	c.Path, c.Speed = path, 100
	source, err := replay.New(c, readsb.Decode, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	r.status = source.Status
	r.says = func(text string) { all.WriteString(strings.TrimSuffix(text, "\n") + "\n") }
	r.ended = func() {
		if err := os.WriteFile(path, []byte(all.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		run(t, func(ctx context.Context) error { return source.Run(ctx, r.ears) })
	}
	return r
}

func openACARS(t *testing.T, endpoint string) *rig {
	t.Helper()
	c := acars.DefaultConfig()
	c.Endpoints = []string{endpoint}
	source, err := acars.New(c, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, ears: &ears{heard: map[string]time.Time{}}, status: source.Status}
	run(t, func(ctx context.Context) error { return source.Run(ctx, r.ears) })
	return r
}

// openRouter hears a router that is connected to.
func openRouter(t *testing.T) *rig {
	s := serve(t)
	r := openACARS(t, "tcp://"+s.address())
	r.says, r.restart = s.says, s.restart
	return r
}

// openDecoder hears a decoder that connects, or sends datagrams.
func openDecoder(network, scheme string) func(t *testing.T) *rig {
	return func(t *testing.T) *rig {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := free.Addr().String()
		_ = free.Close()
		r := openACARS(t, scheme+"://"+address)
		r.lossy = network == "udp"
		var conn net.Conn
		t.Cleanup(func() {
			if conn != nil {
				_ = conn.Close()
			}
		})
		r.says = func(text string) {
			if conn == nil {
				eventually.Works(t, "somebody listens", func() (err error) {
					conn, err = net.Dial(network, address)
					return err
				})
			}
			if network == "tcp" {
				write(t, conn, text)
				return
			}
			for len(text) > 0 { // a line, or so much, a datagram
				n := min(strings.IndexByte(text, '\n')+1, 8000)
				if n <= 0 {
					n = min(len(text), 8000)
				}
				_, _ = conn.Write([]byte(text[:n])) // nobody may hear it yet
				text = text[n:]
			}
		}
		r.restart = func() {
			_ = conn.Close()
			conn = nil
		}
		return r
	}
}
