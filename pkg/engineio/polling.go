package engineio

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

const (
	// pollGrace is how long a poll waits while an upgrade is under way, before it
	// is sent away with a noop. (The reference server looks every 100 ms.) At once
	// would have a client that polls on and on go round without rest.
	pollGrace = 20 * time.Millisecond
	// closeGrace is how long a close packet waits for the poll that the client
	// made at the same time, to answer that properly.
	closeGrace = 50 * time.Millisecond
)

// poll is a GET that waits for packets. Its fields are guarded by the
// connection's mu.
type poll struct {
	wake    chan struct{} // there may be something to say
	body    []byte        // the answer, if it was decided elsewhere
	refused *refusal      // likewise
}

func (p *poll) decided() bool { return p.body != nil || p.refused != nil }

func (p *poll) signal() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// end answers the poll of a connection that has ended.
func (p *poll) end(reason Reason) {
	switch {
	case p.decided():
	case reason == ReasonTransportClose:
		p.body = []byte{packetNoop}
	default:
		p.refused = refuseSession
	}
	p.signal()
}

// releasePollLocked sends the poll that waits away with a packet.
func (c *Conn) releasePollLocked(packet byte) {
	if c.poll != nil {
		c.poll.body = []byte{packet}
		c.poll.signal()
		c.poll = nil
	}
}

func (c *Conn) wakePollLocked() {
	if c.poll != nil {
		c.poll.signal()
	}
}

// servePoll answers a GET as soon as there is something to say.
func (c *Conn) servePoll(w http.ResponseWriter, r *http.Request) {
	p := c.beginPoll()
	if p == nil {
		c.server.refuse(w, refuseRequest)
		return
	}
	var patience <-chan time.Time
	for {
		packets, done, leave := c.takePoll(p)
		if done {
			c.answerPoll(w, p, packets)
			return
		}
		if leave && patience == nil {
			patience = time.After(pollGrace)
		}
		select {
		case <-p.wake:
		case <-patience:
			c.mu.Lock()
			if c.poll == p {
				c.releasePollLocked(packetNoop)
			}
			c.mu.Unlock()
		case <-r.Context().Done():
			c.abandonPoll(p)
			return
		}
	}
}

// beginPoll enters a GET; nil means that it is out of place. A second one at the
// same time ends the connection.
func (c *Conn) beginPoll() *poll {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.phase == phaseClosed || c.socket != nil || c.overdueLocked(c.server.now()):
		return nil
	case c.poll != nil:
		c.releasePollLocked(packetClose)
		c.finishLocked(ReasonTransportError, false)
		return nil
	}
	c.poll = &poll{wake: make(chan struct{}, 1)}
	if c.polled != nil {
		close(c.polled)
		c.polled = nil
	}
	return c.poll
}

// awaitPoll waits for a poll that was made together with a close packet.
func (c *Conn) awaitPoll() {
	c.mu.Lock()
	if c.poll != nil || c.socket != nil || c.phase == phaseClosed {
		c.mu.Unlock()
		return
	}
	polled := make(chan struct{})
	c.polled = polled
	c.mu.Unlock()
	timer := time.NewTimer(closeGrace)
	defer timer.Stop()
	select {
	case <-polled:
	case <-timer.C:
	}
}

// takePoll gives what the poll is answered with, if there is something, or says
// that it should leave soon.
func (c *Conn) takePoll(p *poll) (packets [][]byte, done, leave bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.decided() {
		return nil, true, false
	}
	packets = c.out.takePackets(c.server.cfg.PollingPackets, c.server.cfg.MaxPayload)
	if len(packets) == 0 {
		return nil, false, c.upgrading
	}
	// From here on the client may poll again: it may have read the answer before
	// we know that it was written.
	c.poll = nil
	c.settleLocked()
	return packets, true, false
}

func (c *Conn) answerPoll(w http.ResponseWriter, p *poll, packets [][]byte) {
	switch {
	case p.refused != nil:
		c.server.refuse(w, p.refused)
		return
	case p.body != nil:
		packets = [][]byte{p.body}
	}
	body := bytes.Join(packets, []byte{separator})
	control := http.NewResponseController(w)
	// A writer without deadlines is not one of net/http's; then its own apply.
	_ = control.SetWriteDeadline(time.Now().Add(c.server.cfg.WriteTimeout))
	respond(w, http.StatusOK, body)
	if err := control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		c.Discard(ReasonTransportError)
		return
	}
	_ = control.SetWriteDeadline(time.Time{})
	c.server.counters.wrote(len(packets), len(body))
}

// abandonPoll ends the connection whose client gave up its poll.
func (c *Conn) abandonPoll(p *poll) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.poll == p {
		c.poll = nil
		c.finishLocked(ReasonTransportError, false)
	}
}

// servePost takes packets. It answers when the Handler has had them.
func (c *Conn) servePost(w http.ResponseWriter, r *http.Request) {
	if !c.beginPost() {
		c.server.refuse(w, refuseRequest)
		return
	}
	refused := c.takePost(w, r)
	c.mu.Lock()
	c.posting = false // before the answer: the client may send the next one then
	c.mu.Unlock()
	if refused != nil {
		if refused == refuseTooLarge || refused == refuseSlow {
			w.Header().Set("Connection", "close") // the rest of the body is not read
		}
		c.server.refuse(w, refused)
		return
	}
	respond(w, http.StatusOK, []byte("ok"))
}

// beginPost: a second one at the same time ends the connection, as packets
// would lose their order.
func (c *Conn) beginPost() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.phase == phaseClosed || c.socket != nil || c.overdueLocked(c.server.now()):
		return false
	case c.posting:
		c.finishLocked(ReasonTransportError, false)
		return false
	}
	c.posting = true
	return true
}

func (c *Conn) takePost(w http.ResponseWriter, r *http.Request) *refusal {
	limit := int64(c.server.cfg.MaxPayload)
	switch {
	case r.Header.Get("Content-Type") == "application/octet-stream":
		c.Discard(ReasonTransportError) // binary packets of version 3
		return refuseRequest
	case r.ContentLength > limit:
		return refuseTooLarge
	}
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(c.server.cfg.PingTimeout)) // see answerPoll
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return refuseTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		c.Discard(ReasonTransportError)
		return refuseSlow
	case err != nil:
		c.Discard(ReasonTransportError)
		return refuseRequest
	}
	_ = control.SetReadDeadline(time.Time{})
	if err := decodePayload(body, c.received); err != nil {
		c.Discard(ReasonParseError)
		return refuseRequest
	}
	return nil
}
