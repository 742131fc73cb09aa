package engineio

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
)

func (f *fixture) dialDeflate(t *testing.T, offer map[string]string) (*wsClient, bool) {
	t.Helper()
	dialer := ws.Dialer{Extensions: []httphead.Option{httphead.NewOption("permessage-deflate", offer)}}
	c, err := f.tryDial("", dialer)
	if err != nil {
		t.Fatal(err)
	}
	for _, accepted := range c.Extensions {
		for _, parameter := range []string{"server_no_context_takeover", "client_no_context_takeover"} {
			if _, ok := accepted.Parameters.Get(parameter); !ok {
				t.Errorf("accepted %s without %s", accepted.Name, parameter)
			}
		}
	}
	c.next()
	return c, len(c.Extensions) > 0
}

func threshold100(c *Config) { c.DeflateThreshold, c.MaxPayload = 100, 10_000 }

func TestDeflateOut(t *testing.T) {
	f := start(t, threshold100, nil)
	c, on := f.dialDeflate(t, map[string]string{"client_max_window_bits": ""})
	if !on {
		t.Fatal("not negotiated")
	}
	p := f.peer()
	noise := make([]byte, 1000)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	long := []byte(strings.Repeat("aircraft ", 100))
	for name, sent := range map[string]struct {
		payload    []byte
		binary     bool
		compressed bool
	}{
		"below the threshold":  {[]byte("small"), false, false},
		"text":                 {long, false, true},
		"binary":               {long, true, true},
		"not smaller for that": {noise, true, false},
	} {
		p.Send(Event, NewFrame(sent.payload, sent.binary))
		frame, err := c.read()
		if err != nil {
			t.Fatal(err)
		}
		got := frame.Payload
		if frame.Header.Rsv1() != sent.compressed {
			t.Errorf("%s: compressed is %v", name, frame.Header.Rsv1())
		}
		if frame.Header.Rsv1() {
			if len(got) >= len(sent.payload) {
				t.Errorf("%s: %d bytes of %d", name, len(got), len(sent.payload))
			}
			if got, err = inflate(got, 1<<20); err != nil {
				t.Fatal(err)
			}
		}
		if !sent.binary {
			sent.payload = append([]byte("4"), sent.payload...)
		}
		if !bytes.Equal(got, sent.payload) {
			t.Errorf("%s: received %.40q", name, got)
		}
	}
}

func TestDeflateIn(t *testing.T) {
	compressed := func(op ws.OpCode, data []byte) ws.Frame {
		frame := ws.NewFrame(op, true, data)
		frame.Header.Rsv = ws.Rsv(true, false, false)
		return frame
	}
	f := start(t, threshold100, nil)
	open := func() (*wsClient, *peer) {
		c, _ := f.dialDeflate(t, nil)
		return c, f.peer()
	}
	text := strings.Repeat("hello ", 1000)

	c, p := open()
	c.frame(compressed(ws.OpText, deflate([]byte("4"+text))))
	p.wantMessage(t, text)
	c.send("4plain")
	p.wantMessage(t, "plain")
	whole := deflate([]byte("4" + text))
	first := compressed(ws.OpText, whole[:5])
	first.Header.Fin = false
	c.frame(first)
	c.frame(ws.NewPingFrame(nil))
	c.frame(ws.NewFrame(ws.OpContinuation, true, whole[5:]))
	p.wantMessage(t, text)

	for name, breach := range map[string]struct {
		frame ws.Frame
		want  string
	}{
		"a bomb":                {compressed(ws.OpText, deflate(bytes.Repeat([]byte("4"), 10<<20))), "close:1009"},
		"garbage":               {compressed(ws.OpText, []byte("\xff\xff\xff\xff")), "close:1007"},
		"not UTF-8":             {compressed(ws.OpText, deflate([]byte("4\xff"))), "close:1007"},
		"compressed ping":       {compressed(ws.OpPing, nil), "close:1002"},
		"compressed later part": {compressed(ws.OpContinuation, nil), "close:1002"},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := open()
			c.frame(breach.frame)
			c.want(breach.want, "EOF")
		})
	}
}

func TestDeflateDeclined(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Config)
		offer  map[string]string
	}{
		"off":                 {nil, nil},
		"a smaller window":    {threshold100, map[string]string{"server_max_window_bits": "10"}},
		"an unknown argument": {threshold100, map[string]string{"mystery": "1"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, c.change, echoBack)
			client, on := f.dialDeflate(t, c.offer)
			if on {
				t.Error("accepted")
			}
			long := "4" + strings.Repeat("x", 1000)
			client.send(long)
			client.want(long)
		})
	}
}
