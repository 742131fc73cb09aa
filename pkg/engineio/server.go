package engineio

import (
	"sync"
	"time"
)

// Handler is what the user of the package has for each connection. The calls
// come one at a time. A panic in one ends the connection (ReasonHandlerPanic),
// not the process.
type Handler interface {
	// Message is one message, in the order sent. Nothing more is read while it
	// runs: that is the back-pressure. The data belongs to the Handler.
	Message(data []byte, binary bool)
	// Drained comes once after Send refused frames and the outbox has run
	// empty; State is accepted again.
	Drained()
	// Closed comes once, after the last Message.
	Closed(reason Reason)
}

// Server is an Engine.IO server: an http.Handler to be mounted at /engine.io/ or
// /socket.io/. It is safe for concurrent use. Make it with NewServer, end it
// with Close.
type Server struct {
	cfg      Config
	accept   func(*Conn) Handler
	start    time.Time // the zero of now
	counters *counters
	tasks    tasks
	stop     chan struct{} // ends the heartbeat

	mu     sync.RWMutex // guards what follows
	closed bool
	conns  map[string]*Conn // by session id
}

// NewServer makes a Server and starts its heartbeat. accept is called for each
// new connection, and may send on it; if it gives nil the connection ends.
// The config must be valid.
func NewServer(cfg Config, accept func(c *Conn) Handler) *Server {
	s := &Server{
		cfg:      cfg,
		accept:   accept,
		start:    time.Now(),
		counters: newCounters(),
		stop:     make(chan struct{}),
		conns:    map[string]*Conn{},
	}
	s.tasks.run(s.heartbeat)
	return s
}

// Close ends all connections abruptly: WebSockets get a close frame (1001),
// polling requests end, and no close packet tells clients to stay away. It waits
// for the server's goroutines, at most for WriteTimeout. Later requests are
// refused with 503; a second Close does nothing. Handlers must not call it.
func (s *Server) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	s.mu.Unlock()
	close(s.stop)
	s.Each(func(c *Conn) { c.breakOff(ReasonShutdown, 1001) })
	s.tasks.wait(s.cfg.WriteTimeout)
}

// Conns is the number of open connections.
func (s *Server) Conns() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.conns)
}

// Each calls f for every open connection, in no order. f may use the Server.
func (s *Server) Each(f func(*Conn)) {
	for _, c := range s.list(nil) {
		f(c)
	}
}

func (s *Server) list(into []*Conn) []*Conn {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, c := range s.conns {
		into = append(into, c)
	}
	return into
}

func (s *Server) conn(id string) *Conn {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.conns[id]
}

// add enters a connection, unless there is no place for it.
func (s *Server) add(c *Conn) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return refuseShutdown
	case s.cfg.MaxConns > 0 && len(s.conns) >= s.cfg.MaxConns:
		return refuseFull
	}
	s.conns[c.id] = c
	s.counters.opened.Add(1)
	return nil
}

func (s *Server) remove(c *Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c.id)
}

// now is the time since the server was made, on the monotonic clock.
func (s *Server) now() time.Duration { return time.Since(s.start) }
