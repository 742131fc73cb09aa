package e2e

import (
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
)

// cable is what lies between a client and the server, and can be cut or stop
// flowing towards the client. There is little room in it: a few segments fill
// the server's buffer.
type cable struct {
	t        *testing.T
	server   string // its address
	listener net.Listener
	running  sync.WaitGroup

	mu      sync.Mutex // guards all below
	flows   *sync.Cond
	cut     bool
	stalled bool
	ended   bool
	conns   map[net.Conn]struct{}
}

// lay gives a cable to the server that is removed with the test.
func lay(t *testing.T, s *server) *cable {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{t: t, server: s.Addr, listener: listener, conns: map[net.Conn]struct{}{}}
	c.flows = sync.NewCond(&c.mu)
	c.running.Go(c.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		c.set(func() { c.ended = true })
		c.running.Wait()
	})
	return c
}

func (c *cable) url() string { return "http://" + c.listener.Addr().String() }

// has something happen to it.
func (c *cable) has(what string) {
	switch what {
	case "cut":
		c.set(func() { c.cut = true })
	case "mend":
		c.set(func() { c.cut = false })
	case "stall":
		c.set(func() { c.stalled = true })
	case "flow":
		c.set(func() { c.stalled = false })
	default:
		c.t.Errorf("nothing is known of %q", what)
	}
}

func (c *cable) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
	if c.cut || c.ended {
		for conn := range c.conns {
			_ = conn.Close()
		}
	}
	c.flows.Broadcast()
}

func (c *cable) accept() {
	for {
		client, err := c.listener.Accept()
		if err != nil {
			return
		}
		if !c.keep(client) {
			continue
		}
		c.running.Go(func() { c.carry(client) })
	}
}

// keep has a connection closed with the cable; one that is cut carries none.
func (c *cable) keep(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut || c.ended {
		_ = conn.Close()
		return false
	}
	c.conns[conn] = struct{}{}
	return true
}

func (c *cable) drop(conns ...net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range conns {
		_ = conn.Close()
		delete(c.conns, conn)
	}
}

// carry carries one connection until an end closes it.
func (c *cable) carry(client net.Conn) {
	dialer := net.Dialer{Control: narrow}
	server, err := dialer.DialContext(c.t.Context(), "tcp", c.server)
	if err != nil {
		c.drop(client)
		return
	}
	defer c.drop(client, server)
	if !c.keep(server) {
		return
	}
	var up sync.WaitGroup
	up.Go(func() {
		_, _ = io.Copy(server, client)
		c.drop(client, server)
	})
	buf := make([]byte, 4<<10)
	for c.wait() {
		n, err := server.Read(buf)
		if err == nil {
			_, err = client.Write(buf[:n])
		}
		if err != nil {
			break
		}
	}
	c.drop(client, server)
	up.Wait()
}

// wait waits until it flows, and says whether it is still there.
func (c *cable) wait() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.stalled && !c.cut && !c.ended {
		c.flows.Wait()
	}
	return !c.ended
}

// narrow leaves a connection that is about to be made little room. The segments
// are small because what a sender's buffer takes goes by their size.
func narrow(_, _ string, raw syscall.RawConn) (failed error) {
	err := raw.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4<<10)
		if failed == nil {
			failed = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, 536)
		}
	})
	if err != nil {
		return err
	}
	return failed
}
