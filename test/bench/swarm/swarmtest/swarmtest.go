// Package swarmtest is a websocket server that does to its clients whatever a
// test wants: lose, repeat, swap and cut what they should get.
package swarmtest

import (
	"bufio"
	"encoding/binary"
	"net"
	"net/http"
	"sync"
)

// Server lets websocket clients in. It is safe for concurrent use.
type Server struct {
	listener net.Listener
	running  sync.WaitGroup
	greet    func(conn net.Conn)

	mu    sync.Mutex // guards conns
	conns []net.Conn
}

// Listen gives a server on a free loopback port. greet, when it is not nil, is
// called for each client after its upgrade; only then is it one of Conns.
func Listen(greet func(conn net.Conn)) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{listener: listener, greet: greet}
	s.running.Go(s.accept)
	return s, nil
}

// Addr is where the server listens.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Conns are the clients so far, in the order in which they came.
func (s *Server) Conns() []net.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]net.Conn(nil), s.conns...)
}

// Close drops all clients, and waits for the goroutine that lets them in.
func (s *Server) Close() {
	_ = s.listener.Close()
	s.running.Wait()
	for _, conn := range s.Conns() {
		_ = conn.Close()
	}
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
			_ = conn.Close()
			continue
		}
		if _, err := conn.Write([]byte("HTTP/1.1 101 Switching Protocols\r\n\r\n")); err != nil {
			_ = conn.Close()
			continue
		}
		if s.greet != nil {
			s.greet(conn)
		}
		s.mu.Lock()
		s.conns = append(s.conns, conn)
		s.mu.Unlock()
	}
}

// Frame gives an unmasked frame with its first byte (0x81: text, final).
func Frame(first byte, payload []byte) []byte {
	frame := []byte{first}
	switch n := len(payload); {
	case n < 126:
		frame = append(frame, byte(n))
	case n < 1<<16:
		frame = binary.BigEndian.AppendUint16(append(frame, 126), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 127), uint64(n))
	}
	return append(frame, payload...)
}
