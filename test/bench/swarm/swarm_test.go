//go:build linux

package swarm

import (
	"bytes"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/test/bench/swarm/swarmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wantSwarm connects clients to a server that greets them.
func wantSwarm(t *testing.T, d Dialect, clients int, greet func(net.Conn)) (*swarmtest.Server, *Swarm) {
	t.Helper()
	server, err := swarmtest.Listen(greet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	s, err := Dial(server.Addr(), d, clients)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	for len(server.Conns()) < clients { // the last was greeted, but is not in the list yet
		time.Sleep(time.Millisecond)
	}
	return server, s
}

func TestSeveralServersHaveClientsInTurn(t *testing.T) {
	var addrs []string
	var servers []*swarmtest.Server
	for range 3 {
		server, err := swarmtest.Listen(nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(server.Close)
		servers, addrs = append(servers, server), append(addrs, server.Addr())
	}
	s, err := Dial(strings.Join(addrs, ","), Raw, 8)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	for i, want := range []int{3, 3, 2} {
		for len(servers[i].Conns()) < want {
			time.Sleep(time.Millisecond)
		}
		if got := len(servers[i].Conns()); got != want {
			t.Errorf("server %d has %d clients, want %d", i, got, want)
		}
	}
	if _, err := Dial(addrs[0]+",nowhere", Raw, 1); err == nil {
		t.Error("a wrong address among others was taken")
	}
}

func text(numbers ...int) (frames []byte) {
	for _, n := range numbers {
		frames = append(frames, swarmtest.Frame(0x81, Message(n, 0, 100))...)
	}
	return frames
}

func TestAccount(t *testing.T) {
	for name, tc := range map[string]struct {
		got  []byte
		want Report // of one client, and four messages
	}{
		"all":                  {text(1, 2, 3, 4), Report{Received: 4}},
		"none":                 {text(), Report{Missing: 4}},
		"the last missing":     {text(1, 2, 3), Report{Received: 3, Missing: 1}},
		"one missing between":  {text(1, 3, 4), Report{Received: 3, Missing: 1}},
		"two swapped":          {text(1, 3, 2, 4), Report{Received: 4, Disordered: 1}},
		"backwards":            {text(4, 3, 2, 1), Report{Received: 4, Disordered: 3}},
		"one twice":            {text(1, 2, 2, 3), Report{Received: 3, Missing: 1, Duplicated: 1}},
		"of other windows too": {text(0, 1, 2, 3, 9, 4), Report{Received: 4}},
		"two in a frame": {swarmtest.Frame(0x81, append(Message(1, 0, 100), Message(2, 0, 100)...)),
			Report{Received: 2, Missing: 2}},
		"in fragments": {slices.Concat(
			swarmtest.Frame(0x01, Message(1, 0, 200)[:9]), swarmtest.Frame(0x89, nil), swarmtest.Frame(0x80, Message(1, 0, 200)[9:]),
			text(2)), Report{Received: 2, Missing: 2}},
		"then closed": {append(text(1), 0x88, 0), Report{Received: 1, Missing: 3, Closed: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, s := wantSwarm(t, Raw, 1, nil)
			s.Begin(Window{First: 1, Messages: 4})
			for i, b := range tc.got { // whatever the reads find, it makes no difference
				if _, err := server.Conns()[0].Write([]byte{b}); err != nil && i < len(tc.got)-1 {
					t.Fatal(err)
				}
			}
			got, err := s.End()
			if err != nil {
				t.Fatal(err)
			}
			if got.Latency.Count() != uint64(got.Received) {
				t.Errorf("%d latencies of %d messages", got.Latency.Count(), got.Received)
			}
			got.Latency = nil
			if got != tc.want {
				t.Errorf("the account is %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestBrokenProtocolIsAnError(t *testing.T) {
	server, s := wantSwarm(t, Raw, 1, nil)
	s.Begin(Window{First: 1, Messages: 1})
	if _, err := server.Conns()[0].Write(clientFrame(opText, nil)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.End(); err == nil {
		t.Error("a masked frame from a server is no error")
	}
}

// TestDialects plays each server's part, word by word.
func TestDialects(t *testing.T) {
	for dialect, lines := range map[Dialect][]string{
		SocketIO:   {`> 0{"sid":"x"}`, `< 40`, `> 40{"sid":"y"}`, `> 2`, `< 3`},
		Centrifuge: {`< {"id":1,"connect":{}}`, `> {"id":1,"connect":{"client":"x"}}`, `> {}`, `< {}`},
	} {
		t.Run(string(dialect), func(t *testing.T) {
			var playing sync.WaitGroup
			defer playing.Wait()
			wantSwarm(t, dialect, 3, func(conn net.Conn) {
				playing.Go(func() { play(t, conn, lines) })
			})
			playing.Wait()
		})
	}
}

func play(t *testing.T, conn net.Conn, lines []string) {
	for _, line := range lines {
		words := line[2:]
		if strings.HasPrefix(line, ">") {
			if _, err := conn.Write(swarmtest.Frame(0x81, []byte(words))); err != nil {
				t.Error(err)
			}
			continue
		}
		got := make([]byte, 6+len(words))
		if _, err := io.ReadFull(conn, got); err != nil {
			t.Errorf("waiting for %q: %v", words, err)
			return
		}
		if want := clientFrame(opText, []byte(words)); !bytes.Equal(got, want) {
			t.Errorf("a client says %q, want %q", got, want)
		}
	}
}

func TestDialTriesAgain(t *testing.T) {
	first := true
	_, s := wantSwarm(t, SocketIO, 1, func(conn net.Conn) {
		if first {
			first = false
			_ = conn.Close()
			return
		}
		_, _ = conn.Write(slices.Concat(swarmtest.Frame(0x81, []byte("0{}")), swarmtest.Frame(0x81, []byte("40{}"))))
	})
	if got, err := s.End(); err != nil || got.Redials != 1 {
		t.Errorf("%+v, %v, want one redial", got, err)
	}
}

func TestDialFails(t *testing.T) {
	server, err := swarmtest.Listen(func(conn net.Conn) {
		_, _ = conn.Write(swarmtest.Frame(0x81, []byte(`44{"message":"no"}`)))
	})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if _, err := Dial(server.Addr(), SocketIO, 5); err == nil || !strings.Contains(err.Error(), `44{`) {
		t.Errorf("refused clients: %v", err)
	}
	if _, err := Dial(server.Addr(), "other", 1); err == nil {
		t.Error("a dialect that does not exist was accepted")
	}
}

func TestClockIsTheMachines(t *testing.T) {
	a, err := NewClock()
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewClock()
	if err != nil {
		t.Fatal(err)
	}
	before, between, after := a.Now(), b.Now(), a.Now()
	const slack = time.Second // another machine's, or the time of day, is much farther off
	if between < before-slack || between > after+slack {
		t.Errorf("two clocks tell %v, %v, %v", before, between, after)
	}
}

func TestServe(t *testing.T) {
	server, err := swarmtest.Listen(func(conn net.Conn) { _, _ = conn.Write(text(0)) })
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	asks := `{"do":"end"}
{"do":"dial","addr":"` + server.Addr() + `","dialect":"raw","clients":2}
{"do":"fly"}
`
	var answers bytes.Buffer
	if err := Serve(strings.NewReader(asks), &answers); err != nil {
		t.Fatal(err)
	}
	want := `{"error":"nothing is dialled"}
{}
{"error":"cannot do \"fly\" now"}
`
	if answers.String() != want {
		t.Errorf("answered %s, want %s", &answers, want)
	}
}
