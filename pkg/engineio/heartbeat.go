package engineio

import (
	"time"

	"github.com/gobwas/ws"
)

// The frames of the protocol that are always the same.
var (
	framePing  = newPacket(packetPing, "")
	frameProbe = newPacket(packetPong, probeText)
)

// heartbeat looks at all connections at regular times: one goroutine and no
// timer per connection. It ends when the server stops.
func (s *Server) heartbeat() {
	every := s.tick()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	var conns []*Conn
	for {
		select {
		case <-s.stop:
			return
		case <-ticker.C:
		}
		conns = s.list(conns[:0])
		now := s.now()
		for _, c := range conns {
			c.beat(now, every)
		}
		clear(conns)
	}
}

// tick is how often to look: pings and timeouts are late by up to that.
func (s *Server) tick() time.Duration {
	return min(max(min(s.cfg.PingInterval, s.cfg.PingTimeout)/16, time.Millisecond), time.Second)
}

// beat does what is due on one connection.
func (c *Conn) beat(now, late time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.phase == phaseClosed:
	case c.phase == phaseClosing:
		if now >= c.closeBy {
			c.finishLocked(c.reason, false)
		}
	case now < c.pingAt:
	case !c.awaiting:
		// From when it was due, so that clients see the interval they were told,
		// but not from before this round: nobody pays for a server that was late.
		c.awaiting = true
		c.pingAt = max(c.pingAt, now-late) + c.server.cfg.PingTimeout
		c.sendControlLocked(framePing)
	default:
		c.overdueLocked(now)
	}
}

// overdueLocked ends the connection if its pong is late, and says so. While the
// Handler runs nothing is read, so a pong may be waiting.
func (c *Conn) overdueLocked(now time.Duration) bool {
	if !c.awaiting || now < c.pingAt {
		return false
	}
	if c.busy.Load() {
		c.pingAt = now + c.server.cfg.PingTimeout
		return false
	}
	if c.socket != nil && c.socket.raw != nil && !c.writing {
		c.out.drop()
		c.out.priority.push(newControl(ws.OpClose, ws.NewCloseFrameBody(ws.StatusGoingAway, "")), false)
		_ = c.socket.tryWrite(c) // as a courtesy: it ends anyway
	}
	c.finishLocked(ReasonPingTimeout, false)
	return true
}

// pong also comes unasked: it is a sign of life like any other.
func (c *Conn) pong() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.awaiting = false
	c.pingAt = c.server.now() + c.server.cfg.PingInterval
}
