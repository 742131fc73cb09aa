package engineio

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/eventually"
)

func TestPollingMessages(t *testing.T) {
	f := start(t, nil, echoBack)
	p := f.openPolling()
	for _, payload := range []string{
		"4hello",
		"4test1\x1e4test2\x1e4test3",
		"4hello\x1ebAQIDBA==",
		"4",
		"4é😀",
	} {
		p.wantPost(payload, 200, "ok")
		p.wantGet(200, payload)
	}
	// Base64 without padding, and packets that mean nothing here.
	p.wantPost("bAQIDBA\x1e0\x1e5\x1e6\x1e3", 200, "ok")
	p.wantGet(200, "bAQIDBA==")
}

func TestPollWaits(t *testing.T) {
	f := start(t, nil, nil)
	p := f.openPolling()
	peer := f.peer()
	answer := p.getLater(peer)
	peer.Send(Event, text4("now"))
	if got := eventually.Get(t, "the answer", answer); got != "200 4now" {
		t.Error(got)
	}
}

func TestPollingPackets(t *testing.T) {
	f := start(t, func(c *Config) { c.MaxPayload = 1000 }, nil)
	p := f.openPolling()
	peer := f.peer()
	// A group of 20, then single ones, then large ones: order and bounds hold.
	var group []*Frame
	var want []string
	for i := range 20 {
		group = append(group, text4(fmt.Sprint("g", i)))
		want = append(want, fmt.Sprint("4g", i))
	}
	peer.Send(Event, NewGroup(group...))
	for i := range 3 {
		peer.Send(State, text4(fmt.Sprint("s", i)))
		want = append(want, fmt.Sprint("4s", i))
	}
	for range 3 {
		peer.Send(Event, big(600))
		want = append(want, "4"+strings.Repeat("x", 600))
	}
	peer.Send(Event, big(3000))
	want = append(want, "4"+strings.Repeat("x", 3000))
	var got []string
	var sizes []int
	for len(got) < len(want) {
		status, body := p.get()
		if status != 200 {
			t.Fatal(status, body)
		}
		packets := strings.Split(body, "\x1e")
		sizes = append(sizes, len(packets))
		got = append(got, packets...)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("received %.300q", got)
	}
	if fmt.Sprint(sizes) != "[16 8 1 1 1]" {
		t.Errorf("packets per answer: %v", sizes)
	}
}

func TestPollingBodies(t *testing.T) {
	const limit = 1000
	for name, c := range map[string]struct {
		kind, body string
		chunked    bool
		status     int
		closed     Reason // "" if the session goes on
	}{
		"as large as may be": {"", "4" + strings.Repeat("x", limit-1), false, 200, ""},
		"too large":          {"", "4" + strings.Repeat("x", limit), false, 413, ""},
		"too large, chunked": {"", "4" + strings.Repeat("x", 50*limit), true, 413, ""},
		"chunked":            {"", "4" + strings.Repeat("x", limit-1), true, 200, ""},
		"octet stream":       {"application/octet-stream", "4x", false, 400, ReasonTransportError},
		"unknown packet":     {"", "abc", false, 400, ReasonParseError},
		"a ping":             {"", "2", false, 400, ReasonParseError},
		"empty":              {"", "", false, 400, ReasonParseError},
		"empty packet":       {"", "4a\x1e\x1e4b", false, 400, ReasonParseError},
		"bad base64":         {"", "b!!!!", false, 400, ReasonParseError},
		"bad UTF-8":          {"", "4\xff", false, 400, ReasonParseError},
		"close":              {"", "1", false, 200, ReasonTransportClose},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, func(cfg *Config) { cfg.MaxPayload = limit }, nil)
			p := f.openPolling()
			peer := f.peer()
			var body io.Reader = strings.NewReader(c.body)
			if c.chunked {
				body = io.MultiReader(body) // no length to be seen
			}
			r := f.request("POST", p.url, body)
			r.Header.Set("Content-Type", c.kind)
			status, answer := f.do(r)
			if status != c.status || (status == 200) != (answer == "ok") {
				t.Errorf("%d %s, want %d", status, answer, c.status)
			}
			if c.closed != "" {
				peer.wantClosed(t, c.closed)
				p.wantGet(400, unknownSession())
				return
			}
			p.wantPost("4on", 200, "ok")
			if c.status == 200 {
				peer.wantMessage(t, c.body[1:])
			}
			peer.wantMessage(t, "on")
		})
	}
}

func TestOverlappingPolls(t *testing.T) {
	f := start(t, nil, nil)
	p := f.openPolling()
	peer := f.peer()
	first := p.getLater(peer)
	p.wantGet(400, badRequest())
	if got := eventually.Get(t, "the first answer", first); got != "200 1" {
		t.Errorf("the first: %q", got)
	}
	peer.wantClosed(t, ReasonTransportError)
	p.wantGet(400, unknownSession())
}

func TestOverlappingPosts(t *testing.T) {
	hold := make(chan struct{})
	f := start(t, nil, func(*peer, string) { <-hold })
	p := f.openPolling()
	peer := f.peer()
	first := make(chan int, 1)
	go func() {
		status, _ := p.post("4a")
		first <- status
	}()
	eventually.Holds(t, "Message runs", peer.busy.Load)
	p.wantPost("4b", 400, badRequest())
	close(hold)
	eventually.Get(t, "the first answer", first)
	peer.wantClosed(t, ReasonTransportError)
	if peer.wantMessage(t, "a"); len(peer.messages) != 0 {
		t.Error("the second was delivered")
	}
}

func TestAbandonedPoll(t *testing.T) {
	f := start(t, nil, nil)
	p := f.openPolling()
	peer := f.peer()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.do(f.request("GET", p.url, nil).WithContext(ctx))
	}()
	eventually.Holds(t, "the poll waits", func() bool {
		peer.Conn.mu.Lock()
		defer peer.Conn.mu.Unlock()
		return peer.poll != nil
	})
	cancel()
	eventually.Get(t, "the client", done)
	peer.wantClosed(t, ReasonTransportError)
	p.wantGet(400, unknownSession())
}

func TestCloseByClientReleasesPoll(t *testing.T) {
	f := start(t, nil, nil)
	p := f.openPolling()
	peer := f.peer()
	answer := p.getLater(peer)
	p.wantPost("1", 200, "ok")
	if got := eventually.Get(t, "the answer", answer); got != "200 6" {
		t.Error(got)
	}
	peer.wantClosed(t, ReasonTransportClose)
	p.wantGet(400, unknownSession())
}

// A client that sends its body byte by byte, or not at all, is cut off.
func TestSlowBody(t *testing.T) {
	f := start(t, func(c *Config) { c.PingTimeout = 50 * time.Millisecond }, nil)
	p := f.openPolling()
	peer := f.peer()
	conn, err := net.Dial("tcp", f.web.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n4", strings.TrimPrefix(p.url, f.web.URL))
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 408 {
		t.Errorf("status %d", resp.StatusCode)
	}
	peer.wantClosed(t, ReasonTransportError)
}
