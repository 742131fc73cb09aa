package acars

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feed/feedtest"
	"github.com/skygate-io/skygate/pkg/feedlog"
)

// fixture is a source and a publisher of its own; both run until the test ends.
type fixture struct {
	*testing.T
	*Source
	publisher *feed.Publisher
	log       *feedlog.Memory
	logged    *feedtest.Logs
	stop      func() // ends the source
}

// patience bounds a wait for what must happen.
const patience = eventually.Patience

// hear starts a source at the given endpoints.
func hear(t *testing.T, endpoints ...string) *fixture {
	t.Helper()
	f := prepare(t, endpoints...)
	f.start(f.publisher)
	return f
}

// wantListening waits until decoders can send to all endpoints.
func (f *fixture) wantListening() {
	f.Helper()
	f.want("that it listens", func() bool { return strings.Count(f.logged.String(), "waiting for decoders") == len(f.endpoints) })
}

// prepare makes what hear starts.
func prepare(t *testing.T, endpoints ...string) *fixture {
	t.Helper()
	f := &fixture{T: t, log: feedlog.NewMemory(), logged: &feedtest.Logs{}}
	f.publisher = feed.NewPublisher("acars", f.log, feed.Remember{For: DuplicateFor, Most: DuplicateMost}, zerolog.Nop())
	cfg := DefaultConfig()
	cfg.Endpoints = endpoints
	var err error
	if f.Source, err = New(cfg, zerolog.New(f.logged)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.publisher.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return f
}

func (f *fixture) start(to Publisher) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.Source.Run(ctx, to) }()
	f.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				f.Errorf("Run: %v", err)
			}
		case <-time.After(patience):
			f.Error("Run does not end")
		}
	})
	f.Cleanup(f.stop)
}

// texts are those of the messages that were published.
func (f *fixture) texts() string {
	state, err := f.log.Load(context.Background(), "acars")
	if err != nil {
		return err.Error()
	}
	var all []string
	for _, e := range state.Entries {
		all = append(all, strings.Trim(e.Change.Event.Fields.Get("text"), `"`))
	}
	return strings.Join(all, " ")
}

// want waits for a condition.
func (f *fixture) want(what string, is func() bool) {
	f.Helper()
	if !eventually.Is(is) {
		f.Fatalf("still waiting: %s; status %+v, messages %.200s", what, f.Status(), f.texts())
	}
}

func (f *fixture) wantTexts(texts ...string) {
	f.Helper()
	want := strings.Join(texts, " ")
	f.want("messages "+want, func() bool { return f.texts() == want })
}

func (f *fixture) wantBad(reason string, n uint64) {
	f.Helper()
	f.want(fmt.Sprint(reason, " ", n), func() bool { return f.Status().Bad[reason] >= n })
	if got := f.Status().Bad[reason]; got != n {
		f.Errorf("%d times %s, want %d", got, reason, n)
	}
}

func (f *fixture) wantState(s feed.State) {
	f.Helper()
	f.want("state "+string(s), func() bool { return f.Status().State == s })
}

// message is one with a text, from acarsdec.
func textMessage(text string) string {
	return fmt.Sprintf(`{"timestamp":%.3f,"channel":1,"freq":131.55,"label":"H1","tail":"N1","text":%q}`, float64(time.Now().UnixMilli())/1000, text)
}

// freePort gives a port of this machine that nobody uses, of TCP and UDP.
func freePort(t *testing.T) (address string) {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address = l.Addr().String()
		p, err := net.ListenPacket("udp", address)
		_ = l.Close()
		if err == nil {
			_ = p.Close()
			return address
		}
	}
	t.Fatal("no port is free")
	return ""
}

// dial connects, as soon as somebody listens.
func dial(t *testing.T, network, address string) net.Conn {
	t.Helper()
	var conn net.Conn
	eventually.Works(t, "somebody listens at "+address, func() (err error) {
		conn, err = net.Dial(network, address)
		return err
	})
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func send(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if err := conn.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}
