// Package linestest has a decoder for tests of sources of lines: one to connect to, over
// real TCP, that behaves as badly as it is told to.
package linestest

import (
	"net"
	"testing"
	"time"
)

// patience bounds every wait.
const patience = 20 * time.Second

// Decoder is a program that takes connections and sends lines.
type Decoder struct {
	t        *testing.T
	listener net.Listener
	accepted chan net.Conn
}

// Listen gives a decoder on a free port. It ends with the test.
func Listen(t *testing.T) *Decoder {
	t.Helper()
	return listen(t, "127.0.0.1:0")
}

func listen(t *testing.T, address string) *Decoder {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Skipf("cannot listen at %s: %v", address, err)
	}
	d := &Decoder{t: t, listener: listener, accepted: make(chan net.Conn)}
	ended := make(chan struct{})
	go func() {
		defer close(d.accepted)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			select {
			case d.accepted <- conn:
			case <-ended:
				_ = conn.Close()
			}
		}
	}()
	t.Cleanup(func() {
		close(ended)
		_ = listener.Close()
		for range d.accepted { // it is closed when the goroutine is at its end
			continue
		}
	})
	return d
}

// Address is where the decoder listens.
func (d *Decoder) Address() string { return d.listener.Addr().String() }

// Stop ends the decoder, as far as who would connect is concerned.
func (d *Decoder) Stop() { _ = d.listener.Close() }

// Again gives a decoder that listens where this one did, before it was stopped.
func (d *Decoder) Again() *Decoder {
	d.t.Helper()
	return listen(d.t, d.Address())
}

// Accept waits for a connection. It ends with the test.
func (d *Decoder) Accept() *Conn {
	d.t.Helper()
	select {
	case conn := <-d.accepted:
		d.t.Cleanup(func() { _ = conn.Close() })
		return &Conn{Conn: conn, t: d.t}
	case <-time.After(patience):
		d.t.Fatal("nobody connects")
		return nil
	}
}

// Conn is a connection that a source made.
type Conn struct {
	net.Conn
	t *testing.T
}

// Send sends a text.
func (c *Conn) Send(text string) {
	c.t.Helper()
	if _, err := c.Write([]byte(text)); err != nil {
		c.t.Fatalf("sending: %v", err)
	}
}
