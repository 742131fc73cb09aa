//go:build linux

package swarm

import (
	"bytes"
	"errors"
	"os"
	"syscall"
	"time"
)

const (
	glance   = 50 * time.Millisecond // how often the reader looks whether it shall end
	readSize = 2 << 20               // bytes per read, and of a frame at most
)

// read reads from whoever has something, until the swarm closes.
func (s *Swarm) read() {
	events := make([]syscall.EpollEvent, 256)
	buf := make([]byte, readSize)
	for !s.closing.Load() {
		n, err := syscall.EpollWait(s.epoll, events, int(glance.Milliseconds()))
		if err != nil && err != syscall.EINTR {
			s.mu.Lock()
			s.err = errors.Join(s.err, os.NewSyscallError("epoll_wait", err))
			s.mu.Unlock()
			return
		}
		s.mu.Lock()
		for _, event := range events[:max(0, n)] {
			s.readLocked(s.clients[event.Fd], buf)
		}
		s.mu.Unlock()
	}
}

// readLocked reads once; what is left makes epoll tell again.
func (s *Swarm) readLocked(c *client, buf []byte) {
	if c.closed {
		return
	}
	have := copy(buf, c.unread)
	if have == len(buf) { // a frame larger than the buffer: no server's of ours
		s.failLocked(c, errTooLarge)
		return
	}
	n, err := syscall.Read(c.fd, buf[have:])
	switch {
	case err == syscall.EAGAIN || err == syscall.EINTR:
	case err != nil || n == 0:
		s.closeLocked(c)
	default:
		s.takeLocked(c, buf[:have+n])
	}
}

// takeLocked handles the frames in data, and keeps the beginning of one.
func (s *Swarm) takeLocked(c *client, data []byte) {
	now := s.clock.Now()
	for {
		f, rest, whole, err := cutFrame(data)
		switch {
		case err != nil:
			s.failLocked(c, err)
			return
		case !whole:
			c.unread = append(c.unread[:0], rest...)
			return
		}
		data = rest
		s.frameLocked(c, f, now)
		if c.closed {
			return
		}
	}
}

func (s *Swarm) frameLocked(c *client, f frame, now time.Duration) {
	switch f.op {
	case opPing:
		s.sayLocked(c, opPong, f.payload)
	case opClose:
		s.closeLocked(c)
	case opText, opBinary, opContinuation:
		s.messageLocked(c, f, now)
	}
}

// messageLocked puts fragments together, and handles what is whole.
func (s *Swarm) messageLocked(c *client, f frame, now time.Duration) {
	payload := f.payload
	if !f.final || f.op == opContinuation {
		c.parts = append(c.parts, payload...)
		if !f.final {
			return
		}
		payload = c.parts
		c.parts = c.parts[:0]
	}
	if ping := s.script.ping; ping != "" && string(payload) == ping {
		s.sayLocked(c, opText, []byte(s.script.pong))
		return
	}
	if s.script.follows {
		s.followLocked(c, payload, now)
		return
	}
	s.countLocked(c, payload, now)
}

// countLocked counts the messages of a payload: some servers put several in one.
func (s *Swarm) countLocked(c *client, payload []byte, now time.Duration) {
	for {
		number, sent, rest, ok := cutMessage(payload)
		if !ok {
			return
		}
		payload = rest
		s.joinedLocked(c)
		c.tally.add(s.window, &s.report, number, now-sent)
	}
}

func (s *Swarm) joinedLocked(c *client) {
	if !c.joined {
		c.joined = true
		s.joined++
	}
}

// sayLocked writes a short frame. There is room for it: clients say next to nothing.
func (s *Swarm) sayLocked(c *client, op byte, payload []byte) {
	if _, err := syscall.Write(c.fd, clientFrame(op, bytes.Clone(payload[:min(len(payload), 125)]))); err != nil {
		s.closeLocked(c)
	}
}

func (s *Swarm) failLocked(c *client, err error) {
	s.err = errors.Join(s.err, err)
	s.closeLocked(c)
}

func (s *Swarm) closeLocked(c *client) {
	c.closed = true
	_ = syscall.Close(c.fd)
}
