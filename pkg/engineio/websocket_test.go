package engineio

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"github.com/skygate-io/skygate/pkg/eventually"
)

func TestWebSocketMessages(t *testing.T) {
	f := start(t, nil, echoBack)
	c := f.openWebSocket()
	c.send("4hello")
	c.want("4hello")
	c.frame(ws.NewBinaryFrame([]byte{1, 2, 3, 4}))
	c.want("b:\x01\x02\x03\x04")
	c.frame(ws.NewBinaryFrame(nil))
	c.want("b:")
	for _, n := range []int{0, 1, 124, 125, 126, 65534, 65535, 65536, 999_999} {
		text := "4" + strings.Repeat("x", n)
		c.send(text)
		c.want(text)
	}
	c.send("0", "3", "5", "6", "4after what means nothing here")
	c.want("4after what means nothing here")
}

func TestFragments(t *testing.T) {
	f := start(t, nil, echoBack)
	c := f.openWebSocket()
	c.frame(ws.NewFrame(ws.OpText, false, []byte("4a")))
	c.frame(ws.NewPingFrame([]byte("between")))
	c.frame(ws.NewFrame(ws.OpContinuation, false, []byte("\xc3"))) // half an é
	c.frame(ws.NewPongFrame(nil))
	c.frame(ws.NewFrame(ws.OpContinuation, false, nil))
	c.frame(ws.NewFrame(ws.OpContinuation, true, []byte("\xa9")))
	c.want("pong:between", "4aé")
}

// What breaks a rule ends the connection, with a close frame that says which.
func TestBreaches(t *testing.T) {
	masked := func(f ws.Frame) []byte { return ws.MustCompileFrame(ws.MaskFrame(f)) }
	with := func(f ws.Frame, change func(h *ws.Header)) []byte {
		f = ws.MaskFrame(f)
		change(&f.Header)
		return ws.MustCompileFrame(f)
	}
	text := ws.NewTextFrame([]byte("4x"))
	for name, c := range map[string]struct {
		bytes  []byte
		code   int
		reason Reason
	}{
		"not masked":       {ws.MustCompileFrame(text), 1002, ReasonTransportError},
		"RSV1":             {with(text, func(h *ws.Header) { h.Rsv = ws.Rsv(true, false, false) }), 1002, ReasonTransportError},
		"RSV3":             {with(text, func(h *ws.Header) { h.Rsv = ws.Rsv(false, false, true) }), 1002, ReasonTransportError},
		"reserved opcode":  {with(text, func(h *ws.Header) { h.OpCode = 3 }), 1002, ReasonTransportError},
		"split ping":       {with(ws.NewPingFrame(nil), func(h *ws.Header) { h.Fin = false }), 1002, ReasonTransportError},
		"large ping":       {masked(ws.NewPingFrame(make([]byte, 126))), 1002, ReasonTransportError},
		"continuation":     {masked(ws.NewFrame(ws.OpContinuation, true, []byte("4"))), 1002, ReasonTransportError},
		"text in text":     {append(masked(ws.NewFrame(ws.OpText, false, []byte("4"))), masked(text)...), 1002, ReasonTransportError},
		"negative length":  {append([]byte{0x81, 0xff, 0xff}, make([]byte, 11)...), 1002, ReasonTransportError},
		"too big":          {masked(ws.NewTextFrame(bytes.Repeat([]byte("4"), 2_000_000))), 1009, ReasonTransportError},
		"too big by parts": {append(masked(ws.NewFrame(ws.OpText, false, bytes.Repeat([]byte("4"), 999_999))), masked(ws.NewFrame(ws.OpContinuation, true, []byte("44")))...), 1009, ReasonTransportError},
		"said to be huge":  {[]byte{0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}, 1009, ReasonTransportError},
		"bad UTF-8":        {masked(ws.NewTextFrame([]byte("4\xff"))), 1007, ReasonTransportError},
		"empty":            {masked(ws.NewTextFrame(nil)), 1002, ReasonParseError},
		"unknown packet":   {masked(ws.NewTextFrame([]byte("abc"))), 1002, ReasonParseError},
		"ping packet":      {masked(ws.NewTextFrame([]byte("2"))), 1002, ReasonParseError},
		"close":            {masked(ws.NewCloseFrame(ws.NewCloseFrameBody(3001, "bye"))), 3001, ReasonTransportClose},
		"close, no code":   {masked(ws.NewCloseFrame(nil)), 1000, ReasonTransportClose},
		"close, bad code":  {masked(ws.NewCloseFrame(ws.NewCloseFrameBody(1005, ""))), 1002, ReasonTransportClose},
		"close, one byte":  {masked(ws.NewCloseFrame([]byte{3})), 1002, ReasonTransportClose},
		"close packet":     {masked(ws.NewTextFrame([]byte("1"))), 1000, ReasonTransportClose},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, nil, nil)
			client := f.openWebSocket()
			peer := f.peer()
			client.raw(c.bytes)
			client.want(fmt.Sprint("close:", c.code), "EOF")
			peer.wantClosed(t, c.reason)
			if len(peer.messages) != 0 {
				t.Errorf("delivered %q", <-peer.messages)
			}
			if f.Conns() != 0 || f.Stats().Closes[c.reason] != 1 {
				t.Errorf("stats %+v", f.Stats())
			}
		})
	}
}

func TestVanishedClient(t *testing.T) {
	f := start(t, nil, nil)
	c := f.openWebSocket()
	c.conn.Close()
	f.peer().wantClosed(t, ReasonTransportClose)
}

// Frames that come with the handshake's last bytes are not lost.
func TestEarlyFrames(t *testing.T) {
	f := start(t, nil, nil)
	conn := rawDial(t, f)
	early := ws.MustCompileFrame(ws.MaskFrame(ws.NewTextFrame([]byte("4early"))))
	long := ws.MustCompileFrame(ws.MaskFrame(ws.NewTextFrame([]byte("4" + strings.Repeat("y", 3000)))))
	request := "GET /?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	if _, err := conn.Write(append(append([]byte(request), early...), long...)); err != nil {
		t.Fatal(err)
	}
	peer := f.peer()
	peer.wantMessage(t, "early")
	peer.wantMessage(t, strings.Repeat("y", 3000))
}

// While Message runs nothing is read: the client's writes stop, and the server
// holds no more than it has read ahead.
func TestBackPressure(t *testing.T) {
	hold := make(chan struct{})
	f := start(t, nil, func(p *peer, _ string) { <-hold })
	c := f.openWebSocket()
	peer := f.peer()
	const n, size = 400, 100_000 // 40 MB: more than the kernel holds
	sent := make(chan int, n)
	go func() {
		for i := range n {
			c.send(fmt.Sprintf("4%d %s", i, strings.Repeat("x", size)))
			sent <- i
		}
		close(sent)
	}()
	eventually.Holds(t, "Message runs", peer.busy.Load)
	eventually.Holds(t, "the kernel holds some", func() bool { return len(sent) > 10 })
	received := f.Stats().FramesIn
	close(hold)
	for range sent {
	}
	if received != 1 {
		t.Errorf("%d messages were read while the first was handled", received)
	}
	for i := range n {
		if got := eventually.Get(t, "a message", peer.messages); !strings.HasPrefix(got, fmt.Sprint(i, " ")) {
			t.Fatalf("message %d is %.20q", i, got)
		}
	}
}
