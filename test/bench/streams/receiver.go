//go:build linux

package main

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/skygate-io/skygate/test/bench/swarm"
)

// receiver is one that a server hears, as lines of JSON over TCP. It is used by one
// goroutine.
type receiver struct {
	*net.TCPListener
	conn  net.Conn // nil before the server has come
	heard int
}

func newReceiver() (*receiver, error) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	return &receiver{TCPListener: l}, err
}

// await waits until the server is there.
func (r *receiver) await() (err error) {
	r.conn, err = r.Accept()
	return err
}

// emergency has it hear another aircraft in an emergency, far from all others. Its
// callsign is the stamp.
func (r *receiver) emergency(clock *swarm.Clock) error {
	r.heard++
	lat, lon := -10-r.heard%50, -170+r.heard/50
	_, err := fmt.Fprintf(r.conn, `{"hex":"%06x","flight":%q,"squawk":"7700","alt_baro":12000,"gs":400,"track":90,"lat":%d,"lon":%d,"seen":0,"seen_pos":0}`+"\n",
		0xe00000+r.heard, strings.Trim(swarm.Stamp(clock.Now()), `"`), lat, lon)
	return err
}

// Close ends it.
func (r *receiver) Close() error {
	err := r.TCPListener.Close()
	if r.conn != nil {
		err = errors.Join(err, r.conn.Close())
	}
	return err
}
