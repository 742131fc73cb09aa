//go:build linux

// Command floor is what no server can go below: to each connection in turn it
// writes one prepared frame, by one system call, from one goroutine. It reads
// nothing after the handshake, knows no client apart from the others, and waits
// for one that does not read: a measure, not a server.
package main

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"github.com/skygate-io/skygate/test/bench/servers/control"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

func run() error {
	listener, addr, err := listen()
	if err != nil {
		return err
	}
	f := &floor{}
	go f.accept(listener) // ends with the process
	return control.Serve(os.Stdin, os.Stdout, addr, f.broadcast)
}

// floor holds the connections' descriptors, which the runtime knows nothing of.
type floor struct {
	mu    sync.Mutex // guards conns
	conns []int
}

func listen() (listener int, addr string, err error) {
	listener, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, "", err
	}
	err = errors.Join(
		syscall.Bind(listener, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}),
		syscall.Listen(listener, 4096),
	)
	if err != nil {
		return 0, "", err
	}
	name, err := syscall.Getsockname(listener)
	if err != nil {
		return 0, "", err
	}
	at := name.(*syscall.SockaddrInet4)
	return listener, netip.AddrPortFrom(netip.AddrFrom4(at.Addr), uint16(at.Port)).String(), nil
}

// accept lets clients in, one after the other.
func (f *floor) accept(listener int) {
	for {
		conn, _, err := syscall.Accept4(listener, syscall.SOCK_CLOEXEC)
		if err != nil {
			fmt.Fprintln(os.Stderr, "floor: accept:", err)
			return
		}
		if err := upgrade(conn); err != nil {
			fmt.Fprintln(os.Stderr, "floor: upgrade:", err)
			_ = syscall.Close(conn)
			continue
		}
		f.mu.Lock()
		f.conns = append(f.conns, conn)
		f.mu.Unlock()
	}
}

// upgrade answers the client's one request (RFC 6455, section 4.2), and makes
// the connection one that is never waited for.
func upgrade(conn int) error {
	patience := syscall.Timeval{Sec: 5}
	if err := syscall.SetsockoptTimeval(conn, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &patience); err != nil {
		return err
	}
	var buf [4096]byte
	have := 0
	for !bytes.HasSuffix(buf[:have], []byte("\r\n\r\n")) {
		n, err := syscall.Read(conn, buf[have:])
		if err != nil {
			return err
		}
		if n == 0 {
			return errors.New("the request does not end")
		}
		have += n
	}
	_, key, _ := bytes.Cut(buf[:have], []byte("Sec-WebSocket-Key: "))
	key, _, found := bytes.Cut(key, []byte("\r\n"))
	if !found {
		return errors.New("the request has no key")
	}
	sum := sha1.Sum(append(bytes.Clone(key), "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"...))
	answer := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n"
	if _, err := syscall.Write(conn, []byte(answer)); err != nil {
		return err
	}
	return errors.Join(
		syscall.SetsockoptInt(conn, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1),
		syscall.SetNonblock(conn, true),
	)
}

// broadcast writes the message to all, as a text frame.
func (f *floor) broadcast(message []byte) {
	frame := frameOf(message)
	f.mu.Lock()
	defer f.mu.Unlock()
	kept := f.conns[:0]
	for _, conn := range f.conns {
		if write(conn, frame) {
			kept = append(kept, conn)
		} else {
			_ = syscall.Close(conn)
		}
	}
	f.conns = kept
}

func frameOf(message []byte) []byte {
	frame := []byte{0x81}
	switch n := len(message); {
	case n < 126:
		frame = append(frame, byte(n))
	case n < 1<<16:
		frame = binary.BigEndian.AppendUint16(append(frame, 126), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 127), uint64(n))
	}
	return append(frame, message...)
}

// write makes the bare system call: it never blocks, so the scheduler need not
// hear of it.
func write(conn int, frame []byte) (ok bool) {
	for {
		n, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(conn),
			uintptr(unsafe.Pointer(unsafe.SliceData(frame))), uintptr(len(frame)))
		switch {
		case errno == syscall.EAGAIN:
			time.Sleep(100 * time.Microsecond)
		case errno == syscall.EINTR:
		case errno != 0:
			return false
		case int(n) < len(frame):
			frame = frame[n:]
		default:
			return true
		}
	}
}
