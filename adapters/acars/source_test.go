package acars

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/record"
)

func TestUDP(t *testing.T) {
	address := freePort(t)
	f := hear(t, "udp://"+address)
	f.wantListening()
	decoder := dial(t, "udp", address)
	send(t, decoder, textMessage("A"))
	send(t, decoder, textMessage("B")+"\n")
	send(t, decoder, "")
	send(t, decoder, "noise")
	send(t, decoder, textMessage("C")+textMessage("D"))
	send(t, decoder, vdlm2decLink)
	f.wantTexts("A", "B", "C", "D")
	f.wantState(feed.Delivering)
	f.wantBad(NotJSON, 1)
	f.wantBad(NoACARS, 1)
	s := f.Status()
	if age := time.Since(s.Newest); age < 0 || age > patience || s.Err != "" || s.Records != 4 {
		t.Errorf("status %+v", s)
	}
}

func TestTCPListener(t *testing.T) {
	address := freePort(t)
	f := hear(t, "tcp-listen://"+address)
	first, second := dial(t, "tcp", address), dial(t, "tcp", address)
	send(t, first, textMessage("A")+"\n\n")
	f.wantTexts("A")
	half := textMessage("B")
	send(t, first, "\r\n"+half[:20])
	send(t, second, textMessage("C")+"\r\n")
	f.wantTexts("A", "C")
	send(t, first, half[20:]+"\n")
	f.wantTexts("A", "C", "B")
	send(t, second, textMessage("D")+textMessage("E")[:30]) // and no end
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	f.wantTexts("A", "C", "B", "D")
	f.wantBad(Truncated, 1)
	send(t, first, textMessage("F")+"\n")
	f.wantTexts("A", "C", "B", "D", "F")
	f.wantState(feed.Delivering)
}

// TestGarbage: 10 MB of it cost nothing but themselves, and little memory.
func TestGarbage(t *testing.T) {
	for name, c := range map[string]struct {
		line   string
		reason string
		n      uint64
	}{
		"without an end": {strings.Repeat("x", 10<<20), TooLarge, 1},
		"of braces":      {strings.Repeat(`{"`, 5<<20), TooLarge, 1},
		"lines":          {strings.Repeat(strings.Repeat("garbage", 100)+"\n", 10<<20/701), NotJSON, 10 << 20 / 701},
		"zeros":          {strings.Repeat("\x00", 10<<20), TooLarge, 1},
		"long lines":     {strings.Repeat(strings.Repeat(`{"a":`, 10_000)+"\n", 200), Truncated, 200},
	} {
		t.Run(name, func(t *testing.T) {
			address := freePort(t)
			f := hear(t, "tcp-listen://"+address)
			decoder := dial(t, "tcp", address)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			send(t, decoder, c.line+"\n"+textMessage("A")+"\n")
			f.wantTexts("A")
			f.wantBad(c.reason, c.n)
			runtime.GC()
			runtime.ReadMemStats(&after)
			if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 2<<20 {
				t.Errorf("%d bytes are held", grown)
			}
			if len(f.Status().Bad) != 1 {
				t.Errorf("counted %v", f.Status().Bad)
			}
		})
	}
}

// TestDuplicates: what comes in by two ways is one message.
func TestDuplicates(t *testing.T) {
	udp, tcp := freePort(t), freePort(t)
	f := hear(t, "udp://"+udp, "tcp-listen://"+tcp)
	f.wantListening()
	direct, router := dial(t, "udp", udp), dial(t, "tcp", tcp)
	send(t, direct, acarsdecUp)
	f.want("one", func() bool { return f.Status().Records == 1 })
	for _, text := range []string{acarsdecUp, strings.Replace(acarsdecUp, `"proxied":true`, `"proxied":false`, 1)} {
		send(t, router, text+"\n")
	}
	send(t, router, textMessage("A")+"\n")
	f.want("another", func() bool { return f.Status().Records == 2 })
	f.wantBad(Duplicate, 2)
}

// router serves connections to one source, as acars_router does.
type router struct {
	net.Listener
	conns chan net.Conn
}

func serve(t *testing.T, address string) *router {
	t.Helper()
	r := &router{conns: make(chan net.Conn, 10)}
	eventually.Works(t, address+" is free", func() (err error) {
		r.Listener, err = net.Listen("tcp", address)
		return err
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := r.Accept()
			if err != nil {
				return
			}
			r.conns <- conn
		}
	}()
	t.Cleanup(func() {
		_ = r.Close()
		<-done
		close(r.conns)
		for conn := range r.conns {
			_ = conn.Close()
		}
	})
	return r
}

func (r *router) conn(t *testing.T) net.Conn {
	t.Helper()
	conn := eventually.Get(t, "a connection", r.conns)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func TestTCPClient(t *testing.T) {
	t.Parallel()
	r := serve(t, "127.0.0.1:0")
	address := r.Addr().String()
	f := hear(t, "tcp://"+address)
	conn := r.conn(t)
	f.wantState(feed.Starting)
	send(t, conn, textMessage("A")+"\n\n"+textMessage("B")[:40])
	f.wantTexts("A")
	f.wantState(feed.Delivering)

	// The router restarts.
	_ = conn.Close()
	_ = r.Close()
	f.wantState(feed.Failing)
	if s := f.Status(); !strings.Contains(s.Err, address) || s.Bad[Unreachable] == 0 {
		t.Errorf("status %+v", s)
	}
	conn = serve(t, address).conn(t)
	f.wantState(feed.Delivering)
	send(t, conn, textMessage("C")+"\n")
	f.wantTexts("A", "C")
	f.wantBad(Truncated, 1)
	logged := f.logged.String()
	for _, word := range []string{`"state":"delivering"`, `"state":"failing"`, `"source":"acars"`} {
		if !strings.Contains(logged, word) {
			t.Errorf("logged without %s: %s", word, logged)
		}
	}
	if strings.Count(logged, "\n") > 10 {
		t.Errorf("logged too much: %s", logged)
	}
}

// TestTCPClientSilence: a connection over which nothing comes is made anew.
func TestTCPClientSilence(t *testing.T) {
	t.Parallel()
	r := serve(t, "127.0.0.1:0")
	f := prepare(t, "tcp://"+r.Addr().String())
	f.cfg.Silence, f.health.silence = 300*time.Millisecond, 300*time.Millisecond
	f.start(f.publisher)
	send(t, r.conn(t), textMessage("A")+"\n")
	f.wantTexts("A")
	f.wantState(feed.Stale)
	conn := r.conn(t)
	send(t, conn, textMessage("B")+"\n")
	f.wantTexts("A", "B")
	if n := f.Status().Bad[Unreachable]; n != 0 {
		t.Errorf("that is counted as a failure: %d", n)
	}
}

func TestSourceRunsAgain(t *testing.T) {
	address := freePort(t)
	f := hear(t, "udp://"+address, "tcp-listen://"+address)
	conn := dial(t, "tcp", address)
	send(t, conn, textMessage("A")+"\n")
	f.wantTexts("A")
	f.stop()
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("the connection outlives the source")
	}
	f.start(f.publisher)
	f.want("that it listens again", func() bool { return strings.Count(f.logged.String(), "waiting for decoders") == 4 })
	send(t, dial(t, "tcp", address), textMessage("B")+"\n")
	f.wantTexts("A", "B")
	send(t, dial(t, "udp", address), textMessage("C"))
	f.wantTexts("A", "B", "C")
}

func TestAddressInUse(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			t.Parallel()
			address := freePort(t)
			var other interface{ Close() error }
			var err error
			if network == "udp" {
				other, err = net.ListenPacket(network, address)
			} else {
				other, err = net.Listen(network, address)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			e := map[string]string{"udp": "udp://", "tcp": "tcp-listen://"}[network] + address
			f := hear(t, e)
			f.wantState(feed.Failing)
			if s := f.Status(); !strings.HasPrefix(s.Err, "1 of 1 endpoints cannot be used: "+e+": ") || s.Bad[Unreachable] == 0 {
				t.Errorf("status %+v", s)
			}
			if err := other.Close(); err != nil {
				t.Fatal(err)
			}
			f.wantState(feed.Starting)
			f.wantListening()
			send(t, dial(t, network, address), textMessage("A")+"\n")
			f.wantTexts("A")
		})
	}
}

// Who serves one endpoint is heard while another is taken; health says which.
func TestOneOfTwoEndpoints(t *testing.T) {
	t.Parallel()
	taken, free := freePort(t), freePort(t)
	other, err := net.Listen("tcp", taken)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	f := hear(t, "tcp-listen://"+taken, "tcp-listen://"+free)
	f.wantState(feed.Degraded)
	f.want("that it listens", func() bool { return strings.Contains(f.logged.String(), "waiting for decoders") })
	send(t, dial(t, "tcp", free), textMessage("A")+"\n")
	f.wantTexts("A")
	if s := f.Status(); s.State != feed.Degraded || !strings.HasPrefix(s.Err, "1 of 2 endpoints cannot be used: tcp-listen://"+taken+": ") {
		t.Errorf("status %+v", s)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	f.wantState(feed.Delivering)
}

func TestNobodyServes(t *testing.T) {
	f := hear(t, "tcp://"+freePort(t))
	f.wantState(feed.Failing)
}

func TestTooManyConnections(t *testing.T) {
	address := freePort(t)
	f := hear(t, "tcp-listen://"+address)
	var conns []net.Conn
	for range mostDialled {
		conns = append(conns, dial(t, "tcp", address))
	}
	extra := dial(t, "tcp", address)
	if _, err := extra.Read(make([]byte, 1)); err == nil {
		t.Error("one too many is served")
	}
	f.wantBad(Crowded, 1)
	send(t, conns[0], textMessage("A")+"\n")
	f.wantTexts("A")
	_ = conns[1].Close()
	f.want("room", func() bool {
		conn := dial(t, "tcp", address)
		defer conn.Close()
		send(t, conn, textMessage("B")+"\n")
		_ = conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		_, _ = conn.Read(make([]byte, 1))
		return f.texts() != "A"
	})
}

// gate is a publisher that takes nothing before it is opened.
type gate struct {
	open  chan struct{}
	mu    sync.Mutex // guards taken
	taken int
}

func (g *gate) PublishOnce(ctx context.Context, _ string, _ record.Event, _ int64) (bool, error) {
	select {
	case <-g.open:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.taken++
	return true, nil
}

func (g *gate) count() uint64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return uint64(g.taken)
}

// TestFlood: what comes faster than it can be published is bounded, and every
// message is either published or counted.
func TestFlood(t *testing.T) {
	address := freePort(t)
	f := prepare(t, "udp://"+address)
	g := &gate{open: make(chan struct{})}
	f.start(g)
	f.wantListening()
	conn := dial(t, "udp", address)
	sent := 0
	f.want("overflow", func() bool {
		for range 100 {
			_, err := conn.Write([]byte(textMessage(fmt.Sprint(sent))))
			if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
				sent++
			}
		}
		return f.Status().Bad[Overflow] > 1000
	})
	f.want("silence", func() bool {
		before := f.Status().Bad[Overflow]
		time.Sleep(100 * time.Millisecond)
		return f.Status().Bad[Overflow] == before
	})
	dropped := f.Status().Bad[Overflow]
	close(g.open)
	f.want("those that wait", func() bool { return g.count() >= mostDatagrams })
	time.Sleep(100 * time.Millisecond)
	if n := g.count(); n > mostDatagrams+1 || n+dropped > uint64(sent) || f.Status().Records != n {
		t.Errorf("of %d sent %d are published, %d dropped; status %+v", sent, n, dropped, f.Status())
	}
}

// TestFloodOfLargeDatagrams is bounded by its bytes.
func TestFloodOfLargeDatagrams(t *testing.T) {
	inbox := datagrams{waiting: make(chan string, mostDatagrams)}
	large := strings.Repeat("x", 60_000)
	n := 0
	for inbox.put(large) {
		n++
	}
	if n != bytesDatagrams/60_000 {
		t.Errorf("%d times 60,000 bytes wait", n)
	}
	if !inbox.put("small") {
		t.Error("there is no room for a small one")
	}
}

func TestSourceEndsWhilePublishing(t *testing.T) {
	address := freePort(t)
	f := prepare(t, "udp://"+address, "tcp-listen://"+address)
	f.start(&gate{open: make(chan struct{})})
	f.wantListening()
	send(t, dial(t, "tcp", address), textMessage("A")+"\n")
	send(t, dial(t, "udp", address), textMessage("A"))
	time.Sleep(20 * time.Millisecond)
	begun := time.Now()
	f.stop()
	if d := time.Since(begun); d > time.Second {
		t.Errorf("that took %v", d)
	}
}

// full takes nothing.
type full struct{}

func (full) PublishOnce(context.Context, string, record.Event, int64) (bool, error) {
	return false, feed.ErrFull
}

func TestPublisherRefuses(t *testing.T) {
	address := freePort(t)
	f := prepare(t, "tcp-listen://"+address)
	f.start(full{})
	send(t, dial(t, "tcp", address), textMessage("A")+"\n"+textMessage("B")+"\n")
	f.wantBad(Refused, 2)
	if n := f.Status().Records; n != 0 {
		t.Errorf("%d are published", n)
	}
}

// TestEverythingRecorded plays every recording, over UDP and TCP in turn, into one
// source.
func TestEverythingRecorded(t *testing.T) {
	all := everyRecording(t)
	udp, tcp := freePort(t), freePort(t)
	f := hear(t, "udp://"+udp, "tcp-listen://"+tcp)
	f.wantListening()
	packets, lines := dial(t, "udp", udp), dial(t, "tcp", tcp)
	sent := 0
	for _, text := range all {
		for _, line := range text {
			if line == "" {
				continue
			}
			if sent++; sent%2 == 0 {
				send(t, lines, line+"\n")
				continue
			}
			send(t, packets, line)
			if sent%20 == 1 { // no faster than the system can take it
				f.want("what was sent", func() bool { return f.seen()+10 >= uint64(sent) })
			}
		}
	}
	f.want("everything", func() bool { return f.seen() == uint64(sent) })
	s := f.Status()
	want, others := uint64(0), map[string]uint64{}
	for _, c := range recorded {
		want += uint64(c.messages)
		others[Duplicate] += uint64(c.duplicates)
		others[NoACARS] += uint64(c.frames)
	}
	if d := cmp.Diff(others, s.Bad); d != "" || s.Records != want {
		t.Errorf("%d messages, want %d; others (-want +got):\n%s", s.Records, want, d)
	}
}

// seen is how many objects were looked at.
func (f *fixture) seen() uint64 {
	s := f.Status()
	n := s.Records
	for _, bad := range s.Bad {
		n += bad
	}
	return n
}
