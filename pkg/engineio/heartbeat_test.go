package engineio

import (
	"testing"
	"time"

	"github.com/gobwas/ws"

	"github.com/skygate-io/skygate/pkg/eventually"
)

func quick(c *Config) { c.PingInterval, c.PingTimeout = 60*time.Millisecond, patience }

func impatient(c *Config) { c.PingInterval, c.PingTimeout = 30*time.Millisecond, 30*time.Millisecond }

func TestHeartbeat(t *testing.T) {
	t.Run("polling", func(t *testing.T) {
		f := start(t, quick, nil)
		p := f.openPolling()
		for range 3 {
			p.wantGet(200, "2")
			p.wantPost("3", 200, "ok")
		}
	})
	t.Run("websocket", func(t *testing.T) {
		f := start(t, quick, nil)
		c := f.openWebSocket()
		for range 3 {
			c.want("2")
			c.send("3")
		}
	})
}

func TestPingTimeout(t *testing.T) {
	t.Run("polling", func(t *testing.T) {
		f := start(t, impatient, nil)
		p := f.openPolling()
		f.peer().wantClosed(t, ReasonPingTimeout)
		p.wantGet(400, unknownSession())
	})
	t.Run("polling that waits", func(t *testing.T) {
		f := start(t, impatient, nil)
		p := f.openPolling()
		p.wantGet(200, "2")
		p.wantGet(400, unknownSession())
		f.peer().wantClosed(t, ReasonPingTimeout)
	})
	t.Run("websocket", func(t *testing.T) {
		f := start(t, impatient, nil)
		f.openWebSocket().want("2", "close:1001", "EOF")
		f.peer().wantClosed(t, ReasonPingTimeout)
	})
	t.Run("websocket sending messages", func(t *testing.T) {
		f := start(t, impatient, nil)
		c := f.openWebSocket()
		c.send("4a")
		c.want("2")
		c.send("4b") // no pong
		c.want("close:1001", "EOF")
		f.peer().wantClosed(t, ReasonPingTimeout)
	})
}

// A pong that nobody asked for does no harm, whenever it comes.
func TestPongUnasked(t *testing.T) {
	f := start(t, nil, echoBack)
	p := f.openPolling()
	p.wantPost("3\x1e3probe\x1e3", 200, "ok")
	c := f.dial("&sid=" + p.sid())
	c.send("2probe")
	c.want("3probe")
	c.send("5", "3", "3", "4on")
	c.want("4on")
	c.frame(ws.NewPongFrame([]byte("unasked")))
	c.send("4and on")
	c.want("4and on")
}

// A Handler that takes its time does not cost its client the connection: its
// pong waits behind the message.
func TestSlowHandlerIsNotTimedOut(t *testing.T) {
	f := start(t, func(c *Config) {
		c.PingInterval, c.PingTimeout = 30*time.Millisecond, 400*time.Millisecond
	}, func(p *peer, text string) {
		if text != "slow" {
			return
		}
		// Long enough for the deadline to have been put off twice.
		first := p.deadline()
		eventually.Holds(t, "the deadline moves", func() bool { return p.deadline() > first+2*p.server.cfg.PingTimeout })
	})
	c := f.openWebSocket()
	c.want("2")
	c.send("3")
	c.send("4slow")
	c.want("2")
	c.send("3", "4on")
	peer := f.peer()
	peer.wantMessage(t, "slow")
	peer.wantMessage(t, "on")
}

func (p *peer) deadline() time.Duration {
	p.Conn.mu.Lock()
	defer p.Conn.mu.Unlock()
	return p.pingAt
}
