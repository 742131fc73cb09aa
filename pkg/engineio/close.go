package engineio

import (
	"time"

	"github.com/gobwas/ws"
)

// lingerTime is how long a peer may take to end its side of a WebSocket after
// ours has ended. Closing with unread data would reset the connection and could
// take the close frame with it.
const lingerTime = 500 * time.Millisecond

// Close ends the connection when what has priority is written, at most after
// WriteTimeout: with a close packet in polling, a close frame on a WebSocket.
// What waits in the stream lane is dropped. It does not wait; Closed follows.
func (c *Conn) Close(reason Reason) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.phase != phaseOpen {
		return
	}
	c.server.counters.dropped(DropClosed, c.out.stream.len())
	c.out.stream.clear()
	c.closeLocked(reason, ws.StatusNormalClosure, c.server.cfg.WriteTimeout)
}

// Discard ends the connection at once, without a word to the client.
func (c *Conn) Discard(reason Reason) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finishLocked(reason, false)
}

// breakOff ends the connection with a close frame if it leaves at once, and in
// polling by ending the request that waits.
func (c *Conn) breakOff(reason Reason, code ws.StatusCode) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.phase == phaseClosed {
		return
	}
	if c.phase == phaseClosing {
		reason = c.reason
	}
	c.server.counters.dropped(DropClosed, c.out.priority.len()+c.out.stream.len())
	c.out.drop()
	if c.socket != nil {
		c.closeLocked(reason, code, lingerTime)
		if c.writing {
			return // the goroutine that writes ends it after the close frame
		}
	}
	c.finishLocked(reason, true)
}

func (c *Conn) closeLocked(reason Reason, code ws.StatusCode, patience time.Duration) {
	c.phase = phaseClosing
	c.reason = reason
	c.tellRoomLocked()
	c.closeBy = c.server.now() + patience
	if c.writing {
		_ = c.socket.conn.SetWriteDeadline(time.Now().Add(patience))
	}
	c.sendControlLocked(newControl(ws.OpClose, ws.NewCloseFrameBody(code, "")))
}

// finishLocked is the end of every connection. With linger a WebSocket's peer
// may still read what was written.
func (c *Conn) finishLocked(reason Reason, linger bool) {
	if c.phase == phaseClosed {
		return
	}
	c.phase = phaseClosed
	c.reason = reason
	c.server.counters.closed(reason)
	c.server.counters.dropped(DropClosed, c.out.priority.len()+c.out.stream.len())
	c.out = outbox{}
	c.tellRoomLocked()
	c.server.remove(c)
	if c.poll != nil {
		c.poll.end(reason)
		c.poll = nil
	}
	if c.probe != nil {
		c.probe.kill()
	}
	switch {
	case c.socket == nil:
	case linger && !c.writing:
		c.socket.shut()
	default:
		// Closing waits for who has the descriptor: a goroutine that writes, and
		// wants mu.
		c.server.tasks.run(c.socket.kill)
	}
	c.server.tasks.run(c.tellClosed)
}
