package engineio

import (
	"errors"
	"net/http"
	"time"

	"github.com/gobwas/ws"
)

const probeText = "probe"

var errNoProbe = errors.New("engineio: the probe went wrong")

// serveUpgrade takes a WebSocket for a connection that has begun with polling:
//
//	client, on the WebSocket   2probe
//	server, on the WebSocket   3probe
//	server, to a waiting poll  6 after pollGrace, or what there is to say
//	client, on the WebSocket   5
//
// The client stops polling before it sends 5, and waits for its requests to be
// answered; so nothing that was sent in polling can be overtaken. What waits in
// the outbox then goes over the WebSocket.
//
// A second WebSocket for the same session is closed without harm to the first.
// It gets its opening handshake, as from the reference server, so that clients
// see a close and no error.
func (c *Conn) serveUpgrade(w http.ResponseWriter, r *http.Request) {
	socket, err := c.server.upgradeHTTP(w, r)
	if err != nil {
		c.server.counters.refuse(RefusedRequest)
		return
	}
	c.mu.Lock()
	free := c.phase == phaseOpen && c.socket == nil && c.probe == nil
	if free {
		c.probe = socket
	}
	c.mu.Unlock()
	c.server.tasks.run(func() {
		if free {
			c.runProbe(socket)
			return
		}
		c.server.counters.refuse(RefusedSecond)
		c.turnAway(socket)
	})
}

// runProbe is the life of the reading goroutine of a WebSocket that is to take
// over.
func (c *Conn) runProbe(s *socket) {
	if err := c.awaitUpgrade(s); err != nil {
		c.mu.Lock()
		c.probe, c.upgrading = nil, false
		c.mu.Unlock()
		c.server.counters.refuse(RefusedProbe)
		c.turnAway(s)
		return
	}
	c.readLoop(s)
}

func (c *Conn) awaitUpgrade(s *socket) error {
	timeout := c.server.cfg.UpgradeTimeout
	if err := s.conn.SetReadDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	s.in.pong = func(payload []byte) {
		_ = s.writeNow(timeout, newControl(ws.OpPong, payload)) // reading fails next, then
	}
	if err := s.expect(string(packetPing) + probeText); err != nil {
		return err
	}
	// Before the answer to the probe: a client that polls again on that answer
	// must find the upgrade begun.
	c.mu.Lock()
	c.upgrading = true
	c.tellRoomLocked()
	c.wakePollLocked() // it leaves after pollGrace
	c.mu.Unlock()
	if err := s.writeNow(timeout, frameProbe); err != nil {
		return err
	}
	if err := s.expect(string(packetUpgrade)); err != nil {
		return err
	}
	return c.switchTo(s)
}

// expect reads one message, which must be this text.
func (s *socket) expect(text string) error {
	packet, binary, err := s.in.message()
	if err == nil && (binary || string(packet) != text) {
		err = errNoProbe
	}
	return err
}

// switchTo makes the WebSocket the transport.
func (c *Conn) switchTo(s *socket) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.phase == phaseClosed {
		return errNoProbe
	}
	if err := s.conn.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	c.socket, c.probe, c.upgrading = s, nil, false
	c.server.counters.upgraded.Add(1)
	if c.poll != nil {
		// A client that did not wait for its poll. It is told what a later poll is
		// told; nothing was in it.
		c.poll.refused = refuseRequest
		c.poll.signal()
		c.poll = nil
	}
	c.out.toWebSocket(s.threshold)
	c.flushLocked()
	c.settleLocked()
	return nil
}

// turnAway ends a WebSocket that never became the transport.
func (c *Conn) turnAway(s *socket) {
	f := newControl(ws.OpClose, ws.NewCloseFrameBody(ws.StatusNormalClosure, ""))
	if s.writeNow(lingerTime, f) == nil {
		s.shut()
		s.linger()
	}
	s.kill()
}
