package engineio

import (
	"io"
	"net"
	"testing"
)

// BenchmarkBroadcast is one frame to each of many clients, beside the floor: a
// bare loop that writes the same bytes to as many connections.
func BenchmarkBroadcast(b *testing.B) {
	const clients = 100
	frame := big(1000)
	b.Run("send", func(b *testing.B) {
		server := NewServer(DefaultConfig(), func(c *Conn) Handler { return nobody{} })
		defer server.Close()
		var conns []*Conn
		for _, conn := range pairs(b, clients) {
			c := &Conn{server: server, id: newID()}
			c.socket = newSocket(conn, emptyReader, false, server.cfg)
			c.handler = nobody{}
			conns = append(conns, c)
		}
		b.ReportAllocs()
		for b.Loop() {
			for _, c := range conns {
				c.Send(State, frame)
			}
		}
	})
	b.Run("floor", func(b *testing.B) {
		conns := pairs(b, clients)
		wire := frame.encoded(0)
		b.ReportAllocs()
		for b.Loop() {
			for _, conn := range conns {
				if _, err := conn.Write(wire); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

type nobody struct{}

func (nobody) Message([]byte, bool) {}
func (nobody) Drained()             {}
func (nobody) Closed(Reason)        {}

// pairs gives the server's ends of connections whose other ends are read.
func pairs(b *testing.B, n int) (conns []net.Conn) {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for range n {
		client, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		conn, err := l.Accept()
		if err != nil {
			b.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = io.Copy(io.Discard, client)
		}()
		b.Cleanup(func() {
			conn.Close()
			<-done
			client.Close()
		})
		conns = append(conns, conn)
	}
	return conns
}
