package engineio

import (
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"
)

// phase is how far a connection is in its life.
type phase uint8

const (
	phaseOpen    phase = iota
	phaseClosing       // Close was called: what has priority is still being written
	phaseClosed
)

// Conn is one connection, over whatever transport it has at the moment. Its
// methods are safe for concurrent use.
type Conn struct {
	server  *Server
	id      string
	request *http.Request

	calls   sync.Mutex // held while the Handler is called; guards handler and told
	handler Handler
	told    bool        // of its end
	busy    atomic.Bool // Message is running

	// What a broadcast reads lies together: it meets each connection cold.
	mu       sync.Mutex // guards what follows
	phase    phase
	writing  bool    // a goroutine writes what waits
	telling  bool    // a goroutine is about to call Drained
	held     bool    // what does not have priority waits for Release
	awaiting bool    // a pong
	socket   *socket // the WebSocket; nil while the transport is polling
	out      outbox

	reason  Reason
	room    chan struct{} // closed when there is room for replies, if somebody waits for that
	closeBy time.Duration // when closing ends by force
	pingAt  time.Duration // next ping, or the pong's deadline while awaiting

	// Polling.
	poll    *poll         // the GET that waits
	polled  chan struct{} // closed when one comes, if somebody waits for that
	posting bool

	// The upgrade.
	probe     *socket // the candidate
	upgrading bool    // it was probed: polls are released
}

// ID is the session id, a secret of the client.
func (c *Conn) ID() string { return c.id }

// Transport is "polling" or "websocket".
func (c *Conn) Transport() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.socket != nil {
		return transportWebSocket
	}
	return transportPolling
}

// RemoteAddr is the address of the handshake's peer.
func (c *Conn) RemoteAddr() string { return c.request.RemoteAddr }

// Request is what is kept of the handshake: method, URL, host, peer and the
// headers Origin, User-Agent, Authorization, Cookie and X-Forwarded-For. It is
// shared and must not be changed.
func (c *Conn) Request() *http.Request { return c.request }

// Send puts frames into a lane and writes at once what the client takes without
// waiting; the rest waits. It never blocks and never calls the Handler. It says
// how many frames it took. All frames of a call that are taken leave in one
// write, as far as the kernel has room; use NewGroup for frames that nothing may
// come between.
//
//   - Priority goes ahead of the stream lane. If that lane is full the connection
//     ends with ReasonPriorityFull.
//   - Urgent goes there, too, and leaves half of that lane to others. From the first
//     frame that does not fit, none is taken. Drained follows when the outbox is empty.
//   - Event: likewise, in the stream lane.
//   - State: if one does not fit, none is taken, what waits of their topics is
//     dropped, and the gate closes: every State frame is refused until the outbox
//     is empty and Drained comes.
//
// A frame that is partly written is never dropped, and is in no lane any more.
// After the end of the connection nothing is taken and nothing follows.
func (c *Conn) Send(lane Lane, frames ...*Frame) (accepted int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.phase != phaseOpen {
		return 0
	}
	accepted = c.writeThroughLocked(frames)
	if accepted == len(frames) && c.out.wire == nil {
		return accepted
	}
	return c.enqueueLocked(lane, frames, accepted)
}

// enqueueLocked has the outbox take what finds room of frames, of which the first
// ones are out or begun, and says how many were taken in all.
func (c *Conn) enqueueLocked(lane Lane, frames []*Frame, accepted int) int {
	if accepted > 0 && lane == State { // all of them or none
		for _, f := range frames[accepted:] {
			c.out.stream.push(f, true)
		}
		accepted = len(frames)
	}
	for more := true; more; {
		n := 0
		if accepted < len(frames) {
			n = c.out.push(lane, frames[accepted:], &c.server.cfg)
		}
		accepted += n
		c.flushLocked()
		more = n > 0 && accepted < len(frames) && c.phase == phaseOpen && c.out.empty()
	}
	if accepted < len(frames) && c.phase == phaseOpen {
		c.refusedLocked(lane, frames[accepted:])
	}
	c.settleLocked()
	return accepted
}

func (c *Conn) refusedLocked(lane Lane, frames []*Frame) {
	switch lane {
	case Priority:
		c.finishLocked(ReasonPriorityFull, false)
	case Event, Urgent:
		c.out.owed = true
		c.server.counters.dropped(DropEvent, len(frames))
	case State:
		// What waits of the same is as useless now: who gets its state anew needs no
		// older one.
		dropped := len(frames)
		for _, f := range frames {
			if f.topic != "" {
				dropped += c.out.stream.purge(f.topic)
			}
		}
		c.out.owed = true
		c.server.counters.dropped(DropState, dropped)
	}
}

// sendControlLocked sends a packet of the protocol, ahead of the stream lane.
func (c *Conn) sendControlLocked(f *Frame) {
	c.out.priority.push(f, false)
	c.flushLocked()
	c.settleLocked()
}

// Purge drops the State frames of a topic that wait and are not begun.
func (c *Conn) Purge(topic string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server.counters.dropped(DropPurged, c.out.stream.purge(topic))
	c.settleLocked()
}

// Hold has what is sent from now on wait for Release, to leave in one write; what
// has priority does not wait, and takes along what does.
func (c *Conn) Hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = true
}

// Release ends a Hold.
func (c *Conn) Release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = false
	if c.phase != phaseClosed {
		c.flushLocked()
		c.settleLocked()
	}
}

// TellDrained has Drained called once when the outbox is empty, although nothing was
// refused; soon if it is already.
func (c *Conn) TellDrained() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.phase == phaseOpen {
		c.out.owed = true
		c.settleLocked()
	}
}

// flushLocked gets on its way what can go.
func (c *Conn) flushLocked() {
	switch {
	case c.out.empty() || c.writing || c.held && c.out.priority.len() == 0 && c.phase == phaseOpen:
	case c.socket == nil:
		c.wakePollLocked()
	default:
		c.writeLocked()
	}
}

// roomLocked says whether the client's next message may be handled: what it got in
// reply to earlier ones does not fill its priority lane. Otherwise it could ask so
// much, reading as fast as it can, that its connection would have to end. (While it
// upgrades it takes nothing before its requests are answered.)
func (c *Conn) roomLocked() bool {
	cfg, lane := &c.server.cfg, &c.out.priority
	return c.phase != phaseOpen || c.upgrading || lane.len() == 0 ||
		lane.len() <= cfg.PriorityFrames/4 && lane.bytes <= cfg.PriorityBytes/4
}

// awaitRoom has who reads from the client wait for that.
func (c *Conn) awaitRoom() {
	for {
		c.mu.Lock()
		if c.roomLocked() {
			c.mu.Unlock()
			return
		}
		if c.room == nil {
			c.room = make(chan struct{})
		}
		room := c.room
		c.mu.Unlock()
		<-room
	}
}

// tellRoomLocked wakes who waits for room, if there is.
func (c *Conn) tellRoomLocked() {
	if c.room != nil && c.roomLocked() {
		close(c.room)
		c.room = nil
	}
}

// settleLocked does what is due when all is out.
func (c *Conn) settleLocked() {
	c.tellRoomLocked()
	if c.writing || !c.out.empty() {
		return
	}
	switch {
	case c.phase == phaseClosing:
		c.finishLocked(c.reason, true)
	case c.phase == phaseOpen && c.out.owed && !c.telling:
		c.telling = true
		c.server.tasks.run(c.tellDrained)
	}
}

// tellDrained opens the gate and tells the Handler, again if it was shut in the
// meantime.
func (c *Conn) tellDrained() {
	c.calls.Lock()
	defer c.calls.Unlock()
	for {
		c.mu.Lock()
		open := c.phase == phaseOpen
		if open && (c.writing || !c.out.empty()) { // something waits again
			c.telling = false
			c.mu.Unlock()
			return
		}
		c.out.gate, c.out.owed = false, false
		c.mu.Unlock()
		if open && c.handler != nil && !c.told {
			c.guard(c.handler.Drained)
		}
		c.mu.Lock()
		c.telling = c.phase == phaseOpen && c.out.owed && c.out.empty() && !c.writing
		again := c.telling
		c.mu.Unlock()
		if !again {
			return
		}
	}
}

// deliver hands a message to the Handler.
func (c *Conn) deliver(data []byte, binary bool) {
	c.calls.Lock()
	defer c.calls.Unlock()
	c.mu.Lock()
	open := c.phase == phaseOpen
	c.mu.Unlock()
	if !open || c.told || c.handler == nil {
		return
	}
	c.busy.Store(true)
	defer c.busy.Store(false)
	c.guard(func() { c.handler.Message(data, binary) })
}

// tellClosed is the last call.
func (c *Conn) tellClosed() {
	c.calls.Lock()
	defer c.calls.Unlock()
	c.told = true
	if c.handler != nil {
		c.guard(func() { c.handler.Closed(c.reason) })
	}
}

// guard ends the connection if f panics.
func (c *Conn) guard(f func()) {
	defer func() {
		if value := recover(); value != nil {
			c.Discard(ReasonHandlerPanic)
			if c.server.cfg.OnPanic != nil {
				c.server.cfg.OnPanic(c, value, debug.Stack())
			}
		}
	}()
	f()
}

// received does what a packet asks for. A packet that breaks the protocol is an
// error.
func (c *Conn) received(packet []byte, binary bool) error {
	c.server.counters.received(len(packet))
	if binary {
		c.awaitRoom()
		c.deliver(packet, true)
		return nil
	}
	if len(packet) == 0 {
		return errBadPacket
	}
	switch packet[0] {
	case packetMessage:
		c.awaitRoom()
		c.deliver(packet[1:], false)
	case packetPong:
		c.pong()
	case packetClose:
		c.awaitPoll()
		c.breakOff(ReasonTransportClose, ws.StatusNormalClosure)
	case packetOpen, packetUpgrade, packetNoop:
		// The reference server ignores them.
	default:
		return errBadPacket // a ping among them: in version 4 the server pings
	}
	return nil
}
