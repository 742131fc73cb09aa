//go:build linux

package swarm

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"syscall"
)

// attempts is how often a client tries to connect: some servers now and then
// forget one.
const attempts = 3

// patience is how long a server may take for each step of a handshake.
var patience = syscall.Timeval{Sec: 3}

// conn is a connection during its handshake: what was read and not used yet is
// in data.
type conn struct {
	fd   int
	data []byte
}

// dial connects a client, and tells how many attempts failed before.
func dial(addr netip.AddrPort, s script) (fd int, unread []byte, failed int, err error) {
	for failed < attempts {
		if fd, unread, err = attempt(addr, s); err == nil {
			break
		}
		failed++
	}
	return fd, unread, failed, err
}

// attempt connects a client, up to the moment when broadcasts come. What has
// come by then and was not used is returned as well.
func attempt(addr netip.AddrPort, s script) (fd int, unread []byte, err error) {
	fd, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, nil, os.NewSyscallError("socket", err)
	}
	c := &conn{fd: fd}
	if err := c.handshake(addr, s); err != nil {
		return 0, nil, errors.Join(err, syscall.Close(fd))
	}
	return fd, c.data, nil
}

func (c *conn) handshake(addr netip.AddrPort, s script) error {
	err := errors.Join(
		syscall.SetsockoptTimeval(c.fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &patience),
		syscall.SetsockoptInt(c.fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1),
		// A reset instead of a farewell: thousands of ports would wait a minute.
		syscall.SetsockoptLinger(c.fd, syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1}),
	)
	if err != nil {
		return os.NewSyscallError("setsockopt", err)
	}
	if err := syscall.Connect(c.fd, &syscall.SockaddrInet4{Addr: addr.Addr().As4(), Port: int(addr.Port())}); err != nil {
		return os.NewSyscallError("connect", err)
	}
	if err := c.upgrade(addr, s.path); err != nil {
		return err
	}
	for _, step := range s.steps {
		if err := c.take(step); err != nil {
			return err
		}
	}
	return syscall.SetNonblock(c.fd, true)
}

// upgrade asks for a websocket. The answer's key is not looked at: it is not
// the servers' correctness that is measured.
func (c *conn) upgrade(addr netip.AddrPort, path string) error {
	request := "GET " + path + " HTTP/1.1\r\nHost: " + addr.String() + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
	if _, err := syscall.Write(c.fd, []byte(request)); err != nil {
		return os.NewSyscallError("write", err)
	}
	for {
		if head, rest, found := bytes.Cut(c.data, []byte("\r\n\r\n")); found {
			if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
				return fmt.Errorf("no upgrade: %q", head)
			}
			c.data = rest
			return nil
		}
		if err := c.read(); err != nil {
			return fmt.Errorf("upgrade: %w", err)
		}
	}
}

func (c *conn) take(s step) error {
	for s.want != "" {
		f, rest, whole, err := cutFrame(c.data)
		switch {
		case err != nil:
			return err
		case !whole:
			if err := c.read(); err != nil {
				return fmt.Errorf("waiting for %s: %w", s.want, err)
			}
			continue
		case f.op != opText || !f.final || !strings.HasPrefix(string(f.payload), s.want):
			return fmt.Errorf("waiting for %s: got %q", s.want, f.payload)
		}
		c.data = rest
		break
	}
	if s.say == "" {
		return nil
	}
	_, err := syscall.Write(c.fd, clientFrame(opText, []byte(s.say)))
	return os.NewSyscallError("write", err)
}

func (c *conn) read() error {
	var buf [4096]byte
	for {
		n, err := syscall.Read(c.fd, buf[:])
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return os.NewSyscallError("read", err)
		case n == 0:
			return errors.New("the server closed the connection")
		default:
			c.data = append(c.data, buf[:n]...)
			return nil
		}
	}
}
