package engineio

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
)

// socket is a WebSocket. Its reading side belongs to one goroutine; writing
// belongs to whoever holds the connection's mu, or, while Conn.writing is set,
// to the goroutine that writes what waits. The descriptor is closed after the
// Conn, so who holds the mu of one that is not closed may write to it directly:
// that saves a broadcast the cold bookkeeping of package net.
type socket struct {
	conn      net.Conn
	raw       syscall.RawConn // nil if conn is not a bare TCP or Unix connection
	fd        uintptr         // of raw; valid while the Conn is not closed and its mu is held
	threshold int             // of compression; 0 is none
	in        reader
}

// upgradeHTTP answers the opening handshake and takes the connection over,
// without the buffers of net/http.
func (s *Server) upgradeHTTP(w http.ResponseWriter, r *http.Request) (*socket, error) {
	upgrader := ws.HTTPUpgrader{Timeout: s.cfg.WriteTimeout}
	var compression wsflate.Extension
	if s.cfg.DeflateThreshold > 0 {
		upgrader.Negotiate = negotiateDeflate(&compression)
	}
	conn, rw, _, err := upgrader.Upgrade(r, w)
	if err != nil {
		if conn != nil {
			_ = conn.Close()
		}
		return nil, err
	}
	_, deflate := compression.Accepted()
	return newSocket(conn, rw.Reader, deflate, s.cfg), nil
}

func newSocket(conn net.Conn, early *bufio.Reader, deflate bool, cfg Config) *socket {
	s := &socket{conn: conn, in: reader{conn: conn, limit: cfg.MaxPayload, deflate: deflate}}
	if n := early.Buffered(); n > 0 {
		b, _ := early.Peek(n) // what is buffered can be had
		s.in.buf = append(make([]byte, 0, max(n, readBuffer)), b...)
		s.in.end = n
	}
	if deflate {
		s.threshold = cfg.DeflateThreshold
	}
	// Exactly these types: one that embeds them may do more in its Write.
	switch bare := conn.(type) {
	case *net.TCPConn:
		s.raw, _ = bare.SyscallConn()
	case *net.UnixConn:
		s.raw, _ = bare.SyscallConn()
	}
	if !canWriteRaw {
		s.raw = nil
	}
	if s.raw != nil && s.raw.Control(func(fd uintptr) { s.fd = fd; keepShort(fd) }) != nil {
		s.raw = nil // it is closed already: the reader finds out
	}
	return s
}

// readLoop is the life of the reading goroutine.
func (c *Conn) readLoop(s *socket) {
	s.in.pong = c.sendPong
	for {
		packet, binary, err := s.in.message()
		if err == nil {
			err = c.received(packet, binary)
		}
		if err != nil {
			if c.readEnded(err) {
				s.linger()
			}
			s.kill()
			return
		}
	}
}

// readEnded ends the connection for what came instead of a message, and says
// whether the peer may still be reading.
func (c *Conn) readEnded(err error) (linger bool) {
	var wrong *protocolError
	var gone *peerClosed
	switch {
	case errors.As(err, &wrong):
		c.breakOff(wrong.reason, wrong.code)
		return true
	case errors.As(err, &gone):
		c.breakOff(ReasonTransportClose, gone.code)
		return false
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.Discard(ReasonTransportError) // mostly it is closed already: that woke us
		return true
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		c.Discard(ReasonTransportClose)
	default:
		c.Discard(ReasonTransportError)
	}
	return false
}

// sendPong answers a ping of WebSocket. A client that pings without reading
// fills its priority lane.
func (c *Conn) sendPong(payload []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.phase != phaseOpen {
		return
	}
	f := newControl(ws.OpPong, payload)
	if cfg := &c.server.cfg; !c.out.priority.fits(f, cfg.PriorityFrames, cfg.PriorityBytes) {
		c.finishLocked(ReasonPriorityFull, false)
		return
	}
	c.sendControlLocked(f)
}

// writeNow writes frames to a socket that no Conn writes to yet.
func (s *socket) writeNow(timeout time.Duration, f *Frame) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	if _, err := s.conn.Write(f.encoded(0)); err != nil {
		return err
	}
	return s.conn.SetWriteDeadline(time.Time{})
}

// shut ends our side and wakes the reader, which does the rest. It does not wait.
func (s *socket) shut() {
	if tcp, ok := s.conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	_ = s.conn.SetReadDeadline(time.Unix(1, 0))
}

// linger reads until our side is shut, if a goroutine still writes, and then
// until the peer has ended its side too, for a short time.
func (s *socket) linger() {
	_, _ = io.Copy(io.Discard, s.conn)
	_ = s.conn.SetDeadline(time.Now().Add(lingerTime))
	if half, ok := s.conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_, _ = io.Copy(io.Discard, s.conn)
}

// kill closes the connection. It does not wait, as closing TLS would.
func (s *socket) kill() {
	conn := s.conn
	if over, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = over.NetConn()
	}
	_ = conn.Close()
}
