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
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skygate-io/skygate/test/bench/histogram"
)

const (
	dialers = 32                      // handshakes under way at once
	stalled = 1500 * time.Millisecond // nothing came for so long: nothing will
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
	streams streams
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
	places []place // in the streams that it follows
}

// Dial connects n clients to a server, or in turn to several (addresses with commas
// between). They are read from until Close. Where the dialect has clients say who they are they say auth (JSON), each the next of it.
func Dial(addr string, d Dialect, n int, auth ...json.RawMessage) (*Swarm, error) {
	script, err := scriptOf(d)
	if err != nil {
		return nil, err
	}
	var servers []netip.AddrPort
	for one := range strings.SplitSeq(addr, ",") {
		at, err := netip.ParseAddrPort(one)
		if err != nil {
			return nil, err
		}
		servers = append(servers, at)
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
		script := script
		if len(auth) > 0 {
			script = script.saying(auth[i%len(auth)])
		}
		dialing.Go(func() error { return s.join(i, servers[i%len(servers)], script) })
	}
	if err := dialing.Wait(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Swarm) join(i int, at netip.AddrPort, script script) error {
	fd, unread, failed, err := dial(at, script)
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
	s.streams.begin(s.clock.Now())
	for _, c := range s.clients {
		if c != nil {
			c.tally = newTally(w)
			for i := range c.places {
				c.places[i].got = 0
			}
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
