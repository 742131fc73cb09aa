package engineio

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/pkg/eventually"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come. It is never waited out
// by a test that passes.
const patience = 10 * time.Second

// fixture is a Server behind a real web server.
type fixture struct {
	*Server
	t     *testing.T
	web   *httptest.Server
	http  *http.Client
	peers chan *peer // one for each connection, in order
}

// peer is the server's side of one connection, and its Handler.
type peer struct {
	*Conn
	messages chan string // binary ones with the prefix "b:"
	drained  chan struct{}
	closed   chan Reason
	react    func(p *peer, text string) // before the message is passed on

	mu    sync.Mutex
	after int // calls after Closed: there must be none
}

func (p *peer) Message(data []byte, binary bool) {
	p.late()
	text := string(data)
	if binary {
		text = "b:" + text
	}
	if p.react != nil {
		p.react(p, text)
	}
	p.messages <- text
}

func (p *peer) Drained() {
	p.late()
	p.drained <- struct{}{}
}

func (p *peer) Closed(reason Reason) {
	p.late()
	p.closed <- reason
}

// late notes a call that comes after Closed.
func (p *peer) late() {
	if len(p.closed) > 0 {
		p.mu.Lock()
		p.after++
		p.mu.Unlock()
	}
}

func (p *peer) wantMessage(t *testing.T, want string) {
	t.Helper()
	if got := eventually.Get(t, "message "+want, p.messages); got != want {
		t.Fatalf("message %.80q, want %.80q", got, want)
	}
}

func (p *peer) wantClosed(t *testing.T, want Reason) {
	t.Helper()
	if got := eventually.Get(t, "Closed", p.closed); got != want {
		t.Fatalf("closed for %q, want %q", got, want)
	}
}

// start runs a server; change adapts its config, react each message's handling.
func start(t *testing.T, change func(*Config), react func(*peer, string)) *fixture {
	t.Helper()
	return startWith(t, change, react, (*httptest.Server).Start)
}

func startWith(t *testing.T, change func(*Config), react func(*peer, string), begin func(*httptest.Server)) *fixture {
	t.Helper()
	cfg := DefaultConfig()
	if change != nil {
		change(&cfg)
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, peers: make(chan *peer, 1000)}
	f.Server = NewServer(cfg, func(c *Conn) Handler {
		p := &peer{Conn: c, react: react, messages: make(chan string, 20_000),
			drained: make(chan struct{}, 100), closed: make(chan Reason, 100)}
		f.peers <- p
		return p
	})
	f.web = httptest.NewUnstartedServer(f.Server)
	begin(f.web)
	f.http = f.web.Client()
	f.http.Timeout = patience
	t.Cleanup(func() {
		f.Close()
		f.http.CloseIdleConnections()
		f.web.Close()
	})
	return f
}

func (f *fixture) peer() *peer {
	f.t.Helper()
	return eventually.Get(f.t, "a connection", f.peers)
}

// poller is a client that polls.
type poller struct {
	f   *fixture
	url string
}

func (f *fixture) openPolling() *poller {
	f.t.Helper()
	p := &poller{f, f.web.URL + "/?EIO=4&transport=polling"}
	status, body := p.get()
	if status != 200 || !strings.HasPrefix(body, "0{") {
		f.t.Fatalf("handshake: %d %s", status, body)
	}
	var open struct{ SID string }
	if err := json.Unmarshal([]byte(body[1:]), &open); err != nil {
		f.t.Fatal(err)
	}
	p.url += "&sid=" + open.SID
	return p
}

func (p *poller) sid() string {
	_, sid, _ := strings.Cut(p.url, "&sid=")
	return sid
}

// do gives status 0 when there was no answer.
func (f *fixture) do(r *http.Request) (status int, body string) {
	resp, err := f.http.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(b)
}

func (f *fixture) request(method, url string, body io.Reader) *http.Request {
	r, err := http.NewRequestWithContext(context.Background(), method, url, body)
	if err != nil {
		panic(err)
	}
	return r
}

func (p *poller) get() (int, string) { return p.f.do(p.f.request("GET", p.url, nil)) }

func (p *poller) post(body string) (int, string) {
	r := p.f.request("POST", p.url, strings.NewReader(body))
	r.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	return p.f.do(r)
}

func (p *poller) wantGet(status int, body string) {
	p.f.t.Helper()
	gotStatus, got := p.get()
	if gotStatus != status || got != body {
		p.f.t.Fatalf("GET: %d %q, want %d %q", gotStatus, got, status, body)
	}
}

func (p *poller) wantPost(send string, status int, body string) {
	p.f.t.Helper()
	gotStatus, got := p.post(send)
	if gotStatus != status || got != body {
		p.f.t.Fatalf("POST %.40q: %d %q, want %d %q", send, gotStatus, got, status, body)
	}
}

// getLater polls in the background, and returns when the server has the request.
func (p *poller) getLater(peer *peer) <-chan string {
	answer := make(chan string, 1)
	go func() {
		status, body := p.get()
		answer <- fmt.Sprint(status, " ", body)
	}()
	eventually.Holds(p.f.t, "a poll that waits", func() bool {
		peer.Conn.mu.Lock()
		defer peer.Conn.mu.Unlock()
		return peer.poll != nil
	})
	return answer
}

// wsClient speaks WebSocket by hand.
type wsClient struct {
	t    *testing.T
	conn net.Conn
	r    *bufio.Reader
	ws.Handshake
}

// dial opens a WebSocket; query comes after the transport.
func (f *fixture) dial(query string) *wsClient {
	f.t.Helper()
	c, err := f.tryDial(query, ws.Dialer{})
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

func (f *fixture) tryDial(query string, dialer ws.Dialer) (*wsClient, error) {
	dialer.TLSConfig = nil
	if f.web.TLS != nil {
		dialer.TLSConfig = f.http.Transport.(*http.Transport).TLSClientConfig.Clone()
		dialer.TLSConfig.NextProtos = nil
	}
	url := "ws" + strings.TrimPrefix(f.web.URL, "http") + "/?EIO=4&transport=websocket" + query
	conn, br, handshake, err := dialer.Dial(context.Background(), url)
	if err != nil {
		return nil, err
	}
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	if br == nil {
		br = bufio.NewReader(conn)
	}
	f.t.Cleanup(func() { conn.Close() })
	return &wsClient{f.t, conn, br, handshake}, nil
}

// openWebSocket opens a connection and reads its open packet.
func (f *fixture) openWebSocket() *wsClient {
	f.t.Helper()
	c := f.dial("")
	if open := c.next(); !strings.HasPrefix(open, `0{"sid":"`) {
		f.t.Fatalf("open packet: %s", open)
	}
	return c
}

func (c *wsClient) send(texts ...string) {
	for _, text := range texts {
		c.frame(ws.NewTextFrame([]byte(text)))
	}
}

// frame sends a frame, masked.
func (c *wsClient) frame(f ws.Frame) { c.raw(ws.MustCompileFrame(ws.MaskFrame(f))) }

func (c *wsClient) raw(b []byte) { _, _ = c.conn.Write(b) } // a refusal shows in what is read

// read gives the next frame, or an error.
func (c *wsClient) read() (ws.Frame, error) {
	h, err := ws.ReadHeader(c.r)
	if err != nil {
		return ws.Frame{}, err
	}
	payload := make([]byte, h.Length)
	_, err = io.ReadFull(c.r, payload)
	return ws.Frame{Header: h, Payload: payload}, err
}

// next gives the next message: the text, "b:" and bytes, "pong:" and payload,
// "close:" and code, or "EOF".
func (c *wsClient) next() string {
	f, err := c.read()
	switch {
	case err != nil:
		return "EOF"
	case f.Header.OpCode == ws.OpClose:
		code, _ := ws.ParseCloseFrameData(f.Payload)
		return fmt.Sprint("close:", code)
	case f.Header.OpCode == ws.OpPong:
		return "pong:" + string(f.Payload)
	case f.Header.OpCode == ws.OpBinary:
		return "b:" + string(f.Payload)
	}
	return string(f.Payload)
}

func (c *wsClient) want(texts ...string) {
	c.t.Helper()
	for _, want := range texts {
		if got := c.next(); got != want {
			c.t.Fatalf("received %.80q, want %.80q", got, want)
		}
	}
}

func echoBack(p *peer, text string) {
	if data, ok := strings.CutPrefix(text, "b:"); ok {
		p.Send(Event, NewFrame([]byte(data), true))
		return
	}
	p.Send(Event, text4(text))
}

func text4(text string) *Frame { return NewFrame([]byte(text), false) }

func big(n int) *Frame { return NewFrame(bytes.Repeat([]byte("x"), n), false) }

func badRequest() string     { return string(refuseRequest.body()) }
func unknownSession() string { return string(refuseSession.body()) }

var emptyReader = bufio.NewReader(strings.NewReader(""))

func rawDial(t *testing.T, f *fixture) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", f.web.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { conn.Close() })
	return conn
}
