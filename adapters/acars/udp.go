package acars

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// What may wait of datagrams while those before them are looked at. Beyond it they
// are counted and dropped, the newest first: a sender cannot be made to wait.
const (
	mostDatagrams  = 1000
	bytesDatagrams = 4 << 20
	maxDatagram    = 64 << 10
)

// receiveBuffer is what the system is asked to hold for a moment in which nobody
// reads.
const receiveBuffer = 1 << 20

// listenUDP hears datagrams until ctx ends or they can be heard no longer.
func (s *Source) listenUDP(ctx context.Context, e endpoint, to Publisher) (worked bool, err error) {
	var config net.ListenConfig
	packets, err := config.ListenPacket(ctx, "udp", e.address)
	if err != nil {
		return false, plain(err)
	}
	defer packets.Close()
	stop := context.AfterFunc(ctx, func() { _ = packets.Close() })
	defer stop()
	conn, ok := packets.(*net.UDPConn)
	if !ok {
		return false, fmt.Errorf("a UDP socket is a %T", packets)
	}
	_ = conn.SetReadBuffer(receiveBuffer) // as much as the system allows
	s.health.listens(e, time.Now())

	inbox := datagrams{waiting: make(chan string, mostDatagrams)}
	var work sync.WaitGroup
	defer work.Wait()
	defer close(inbox.waiting)
	work.Go(func() {
		for text := range inbox.waiting {
			inbox.bytes.Add(-int64(len(text)))
			if ctx.Err() == nil {
				s.take(ctx, text, to)
			}
		}
	})
	buffer := make([]byte, maxDatagram)
	for {
		n, _, err := conn.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return true, plain(err)
		}
		if n > 0 && !inbox.put(string(buffer[:n])) {
			s.health.count(Overflow, 1)
		}
	}
}

// datagrams wait here, within bounds.
type datagrams struct {
	waiting chan string
	bytes   atomic.Int64 // that wait
}

// put says whether there was room.
func (d *datagrams) put(text string) bool {
	if d.bytes.Add(int64(len(text))) > bytesDatagrams {
		d.bytes.Add(-int64(len(text)))
		return false
	}
	select {
	case d.waiting <- text:
		return true
	default:
		d.bytes.Add(-int64(len(text)))
		return false
	}
}
