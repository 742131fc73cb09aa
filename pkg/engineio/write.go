package engineio

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"time"
)

// batchFrames is how many frames one system call takes at most.
const batchFrames = 64

// batch is the scratch space of one vectored write.
type batch struct {
	array [batchFrames][]byte
	bufs  [][]byte // the part of array in use
}

var batches = sync.Pool{New: func() any { return new(batch) }}

func (b *batch) put() {
	clear(b.bufs)
	b.bufs = nil
	batches.Put(b)
}

// fill takes what is due and says how many bytes that is.
func (b *batch) fill(out *outbox, threshold int) (bytes int) {
	b.bufs = out.gather(b.array[:0], threshold)
	for _, buf := range b.bufs {
		bytes += len(buf)
	}
	return bytes
}

// directFrames is how many frames writeThroughLocked takes at most: those of a flush.
const directFrames = 4

// writeThroughLocked is the way of nearly every frame: nothing waits, so the
// kernel gets it without a detour by the outbox. It says how many frames are out,
// or begun. (A detour costs 0.8 of 2.5 µs that a delivery takes beside the kernel,
// nearly all of it cache misses: a broadcast meets each connection cold.)
func (c *Conn) writeThroughLocked(frames []*Frame) (begun int) {
	s := c.socket
	if s == nil || s.raw == nil || c.writing || c.held || len(frames) > directFrames || !c.out.empty() {
		return 0
	}
	var array [directFrames][]byte
	for i, f := range frames {
		array[i] = f.encoded(s.threshold)
	}
	n, err := writeFrames(s.fd, array[:len(frames)])
	switch {
	case err == nil:
	case errors.Is(err, syscall.EAGAIN):
		return 0
	default:
		c.finishLocked(ReasonTransportError, false)
		return len(frames)
	}
	whole, left := 0, n
	for whole < len(frames) && left >= len(array[whole]) {
		left -= len(array[whole])
		whole++
	}
	c.server.counters.wrote(whole, n)
	if left == 0 {
		return whole
	}
	c.out.wire = array[whole][left:]
	return whole + 1
}

// writeLocked writes what is due without waiting, and has a goroutine write what
// is left.
func (c *Conn) writeLocked() {
	if c.socket.raw != nil {
		if err := c.socket.tryWrite(c); err != nil {
			c.finishLocked(ReasonTransportError, false)
			return
		}
		if c.out.empty() {
			return
		}
	}
	c.writing = true
	if c.socket.raw != nil {
		c.server.tasks.run(c.writeWaiting)
	} else {
		c.server.tasks.run(c.writeWrapped)
	}
}

// tryWrite writes until all is out or the kernel takes no more. The connection's
// mu is held.
func (s *socket) tryWrite(c *Conn) error {
	b := batches.Get().(*batch)
	defer b.put()
	for !c.out.empty() {
		want := b.fill(&c.out, s.threshold)
		n, err := writeFrames(s.fd, b.bufs)
		if err != nil {
			if errors.Is(err, syscall.EAGAIN) {
				return nil
			}
			return err
		}
		c.server.counters.wrote(c.out.wrote(n, s.threshold), n)
		if n < want {
			return nil
		}
	}
	return nil
}

// writeWaiting writes each time the client has taken something, until all is
// out. While it waits it holds no frame: what gets priority meanwhile comes first
// in the next write, and what is purged does not go out.
func (c *Conn) writeWaiting() {
	s := c.socket
	var failed error
	step := func(fd uintptr) (done bool) {
		c.mu.Lock()
		defer c.mu.Unlock()
		b := batches.Get().(*batch)
		defer b.put()
		if b.fill(&c.out, s.threshold) == 0 {
			return true
		}
		n, err := writeFrames(fd, b.bufs)
		if errors.Is(err, syscall.EAGAIN) {
			return false
		}
		failed = err
		if err == nil {
			c.server.counters.wrote(c.out.wrote(n, s.threshold), n)
			c.tellRoomLocked()
		}
		return true
	}
	for {
		c.setWriteDeadline()
		err := s.raw.Write(step)
		if err == nil {
			err = failed
		}
		if c.writeEnded(err) {
			return
		}
	}
}

// wrappedChunk is how much is written at once to a connection that is not a bare
// one: a record of TLS. A larger frame goes as a whole.
const wrappedChunk = 16 << 10

// writeWrapped writes to a connection that cannot be written to without waiting.
// What it holds while it waits, at most wrappedChunk or one frame, is out of the
// lanes.
func (c *Conn) writeWrapped() {
	s := c.socket
	var buf []byte
	for {
		c.setWriteDeadline()
		buf = buf[:0]
		frames := 0
		c.mu.Lock()
		for !c.out.empty() && len(buf) < wrappedChunk {
			if c.out.wire == nil {
				c.out.wire = c.out.pop().encoded(s.threshold)
			}
			buf = append(buf, c.out.wire...)
			c.out.wire = nil
			frames++
		}
		c.tellRoomLocked()
		c.mu.Unlock()
		_, err := s.conn.Write(buf)
		if err == nil {
			c.server.counters.wrote(frames, len(buf))
		}
		if c.writeEnded(err) {
			return
		}
	}
}

// setWriteDeadline gives the client its time for the next bytes.
func (c *Conn) setWriteDeadline() {
	c.mu.Lock()
	defer c.mu.Unlock()
	patience := c.server.cfg.WriteTimeout
	if c.phase == phaseClosing {
		patience = min(patience, c.closeBy-c.server.now())
	}
	_ = c.socket.conn.SetWriteDeadline(time.Now().Add(patience))
}

// writeEnded says whether the writing goroutine has nothing more to do.
func (c *Conn) writeEnded(err error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.phase == phaseClosed:
	case err != nil:
		reason := ReasonTransportError
		if c.phase == phaseClosing {
			reason = c.reason
		} else if errors.Is(err, os.ErrDeadlineExceeded) {
			reason = ReasonWriteTimeout
		}
		c.finishLocked(reason, false)
	case !c.out.empty():
		return false
	default:
		_ = c.socket.conn.SetWriteDeadline(time.Time{})
	}
	c.writing = false
	c.settleLocked()
	return true
}
