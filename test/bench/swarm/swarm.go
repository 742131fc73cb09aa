//go:build linux

// Package swarm is many websocket clients in one goroutine, cheap enough to
// measure servers with: it decodes no JSON, finds number and time of a message
// by their place, and counts what is missing, double or out of order.
//
// [Dial] connects a [Swarm]; its one goroutine waits for all connections at
// once (epoll) and reads from those that have something. A process of its own
// wraps one behind [Serve], so that its work is not taken for a server's.
package swarm

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skygate-io/skygate/test/bench/histogram"
)

const (
	dialers  = 32                      // handshakes under way at once
	glance   = 50 * time.Millisecond   // how often the reader looks whether it shall end
	readSize = 64 << 10                // bytes per read
	stalled  = 1500 * time.Millisecond // nothing came for so long: nothing will
)

// Swarm is a number of connected clients. It is safe for concurrent use.
type Swarm struct {
	// Static.
	script script
	clock  *Clock
	epoll  int

	closing atomic.Bool
	running sync.WaitGroup // the reader

	mu      sync.Mutex // guards all below
	clients []*client
	joined  int
	redials int
	window  Window
	report  Report
	err     error // the first thing that went wrong with a client
}

// client is one connection. Guarded by the swarm's mu.
type client struct {
	fd     int
	unread []byte // the beginning of a frame
	parts  []byte // the fragments of a message that is not whole yet
	joined bool   // has got a message
	closed bool
	tally  tally
}

// Dial connects n clients to a server. They are read from until Close.
func Dial(addr string, d Dialect, n int) (*Swarm, error) {
	script, err := scriptOf(d)
	if err != nil {
		return nil, err
	}
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, err
	}
	clock, err := NewClock()
	if err != nil {
		return nil, err
	}
	epoll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	s := &Swarm{script: script, clock: clock, epoll: epoll, clients: make([]*client, n)}
	s.Begin(Window{})
	s.running.Go(s.read)
	var dialing errgroup.Group
	dialing.SetLimit(dialers)
	for i := range n {
		dialing.Go(func() error { return s.join(i, at) })
	}
	if err := dialing.Wait(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Swarm) join(i int, at netip.AddrPort) error {
	fd, unread, failed, err := dial(at, s.script)
	if err != nil {
		return fmt.Errorf("client %d: %w", i, err)
	}
	c := &client{fd: fd}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients[i] = c
	s.redials += failed
	s.takeLocked(c, unread)
	err = syscall.EpollCtl(s.epoll, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(i)})
	return os.NewSyscallError("epoll_ctl", err)
}

// Joined is how many clients have got a message, be it one of the warm-up. An
// error says that a client saw the protocol broken.
func (s *Swarm) Joined() (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.joined, s.err
}

// Begin opens a window: what comes of it is counted from zero.
func (s *Swarm) Begin(w Window) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.window = w
	s.report = Report{Latency: &histogram.Histogram{}}
	for _, c := range s.clients {
		if c != nil {
			c.tally = newTally(w)
		}
	}
}

// End waits until all of the window has come, or nothing comes any more, and
// gives the account. An error says that a client saw the protocol broken.
func (s *Swarm) End() (Report, error) {
	received, since := -1, time.Now()
	for {
		r, err := s.account()
		switch {
		case err != nil || r.Missing == 0:
			return r, err
		case r.Received != received:
			received, since = r.Received, time.Now()
		case time.Since(since) > stalled:
			return r, nil
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (s *Swarm) account() (Report, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.report
	r.Redials = s.redials
	r.Latency = &histogram.Histogram{}
	r.Latency.Merge(s.report.Latency)
	for _, c := range s.clients {
		r.Missing += c.tally.missing(s.window)
		if c.closed {
			r.Closed++
		}
	}
	return r, s.err
}

// Close drops all connections and waits for the reader.
func (s *Swarm) Close() {
	s.closing.Store(true)
	s.running.Wait()
	for _, c := range s.clients {
		if c != nil && !c.closed {
			_ = syscall.Close(c.fd)
		}
	}
	_ = syscall.Close(s.epoll)
}

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
	if have == len(buf) { // a frame larger than the buffer: none of ours
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
		if !c.joined {
			c.joined = true
			s.joined++
		}
		c.tally.add(s.window, &s.report, number, now-sent)
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
