package engineio

import (
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/eventually"
)

func TestClose(t *testing.T) {
	t.Run("websocket", func(t *testing.T) {
		f := start(t, nil, nil)
		c := f.openWebSocket()
		p := f.peer()
		p.Send(Priority, text4("last words"))
		p.Close("enough")
		p.Close("twice")
		c.want("4last words", "close:1000", "EOF")
		p.wantClosed(t, "enough")
	})
	t.Run("websocket that is behind", func(t *testing.T) {
		f := start(t, nil, nil)
		c := f.openWebSocket()
		p := f.peer()
		jam(t, p)
		p.Send(Event, text4("dropped"))
		p.Send(Priority, text4("last words"))
		p.Close("enough")
		if got := c.nextShort(); got != "4last words" { // what was begun is finished
			t.Errorf("received %q", got)
		}
		c.want("close:1000", "EOF")
		p.wantClosed(t, "enough")
	})
	t.Run("websocket that stalls", func(t *testing.T) {
		f := start(t, func(c *Config) { c.WriteTimeout = 50 * time.Millisecond }, nil)
		f.openWebSocket()
		p := f.peer()
		jam(t, p)
		p.Close("enough")
		p.wantClosed(t, "enough")
	})
	t.Run("poll that waits", func(t *testing.T) {
		f := start(t, nil, nil)
		client := f.openPolling()
		p := f.peer()
		answer := client.getLater(p)
		p.Close("enough")
		if got := eventually.Get(t, "the answer", answer); got != "200 1" {
			t.Error(got)
		}
		p.wantClosed(t, "enough")
		client.wantGet(400, unknownSession())
	})
	t.Run("poll that comes", func(t *testing.T) {
		f := start(t, nil, nil)
		client := f.openPolling()
		p := f.peer()
		p.Send(Event, text4("dropped"))
		p.Send(Priority, text4("last words"))
		p.Close("enough")
		client.wantGet(200, "4last words")
		client.wantGet(200, "1")
		p.wantClosed(t, "enough")
	})
	t.Run("no poll", func(t *testing.T) {
		f := start(t, func(c *Config) {
			c.WriteTimeout, c.PingInterval, c.PingTimeout = 20*time.Millisecond, time.Second, 50*time.Millisecond
		}, nil)
		f.openPolling()
		p := f.peer()
		p.Close("enough")
		p.wantClosed(t, "enough")
	})
}

func TestDiscard(t *testing.T) {
	f := start(t, nil, nil)
	c := f.openWebSocket()
	p := f.peer()
	p.Discard("away")
	c.want("EOF")
	p.wantClosed(t, "away")

	client := f.openPolling()
	p = f.peer()
	answer := client.getLater(p)
	p.Discard("away")
	if got := eventually.Get(t, "the answer", answer); got != "400 "+unknownSession() {
		t.Error(got)
	}
	p.wantClosed(t, "away")
}

func TestServerClose(t *testing.T) {
	f := start(t, nil, nil)
	c := f.openWebSocket()
	p1 := f.peer()
	client := f.openPolling()
	p2 := f.peer()
	answer := client.getLater(p2)
	behind := f.openWebSocket()
	p3 := f.peer()
	jam(t, p3)
	f.Close()
	f.Close()
	c.want("close:1001", "EOF")
	if got := eventually.Get(t, "the answer", answer); !strings.HasPrefix(got, "400 ") {
		t.Errorf("the poll: %s", got) // a close packet would keep clients away
	}
	for got := ""; got != "EOF"; {
		if got = behind.next(); strings.HasPrefix(got, "close") {
			t.Errorf("%s within a frame", got)
		}
	}
	for _, p := range []*peer{p1, p2, p3} {
		p.wantClosed(t, ReasonShutdown)
	}
	if status, _ := f.do(f.request("GET", f.web.URL+"/?EIO=4&transport=polling", nil)); status != 503 {
		t.Errorf("after Close: %d", status)
	}
	if f.Conns() != 0 || !f.tasks.wait(0) {
		t.Error("something is left")
	}
}

func TestPanic(t *testing.T) {
	told := make(chan any, 10)
	f := start(t, func(c *Config) {
		c.OnPanic = func(_ *Conn, value any, stack []byte) {
			if !strings.Contains(string(stack), "TestPanic") {
				t.Errorf("stack: %s", stack)
			}
			told <- value
		}
	}, func(_ *peer, text string) { panic(text) })
	c := f.openWebSocket()
	c.send("4oops")
	c.want("EOF")
	p := f.peer()
	p.wantClosed(t, ReasonHandlerPanic)
	client := f.openPolling()
	client.wantPost("4again", 200, "ok")
	f.peer().wantClosed(t, ReasonHandlerPanic)
	client.wantGet(400, unknownSession())
	if first, second := <-told, <-told; first != "oops" || second != "again" {
		t.Errorf("told of %v and %v", first, second)
	}
}

// A Handler may use its connection.
func TestCloseWithinMessage(t *testing.T) {
	f := start(t, nil, func(p *peer, _ string) {
		p.Send(Priority, text4("no"))
		p.Close("refused")
	})
	c := f.openWebSocket()
	c.send("4a", "4b")
	c.want("4no", "close:1000", "EOF")
	p := f.peer()
	p.wantClosed(t, "refused")
	if p.wantMessage(t, "a"); len(p.messages) != 0 {
		t.Error("a message after Close")
	}
}
