package acars

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// The bounds of TCP connections.
const (
	maxLine     = 64 << 10
	mostDialled = 64 // decoders that are connected at a time
	dialTimeout = 10 * time.Second
)

// errSilent is returned when nothing came for as long as nothing may come.
var errSilent = errors.New("nothing came for too long")

var errEnded = errors.New("the connection was closed by the other side")

// keepAlive finds out within a minute or so that the other side is gone. (A decoder
// may have nothing to say for hours, and not come again when it is sent away.)
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 5}

// connect reads what another program serves, until ctx ends or the connection
// does. It worked if anything was heard.
func (s *Source) connect(ctx context.Context, e endpoint, to Publisher) (worked bool, err error) {
	dialer := net.Dialer{Timeout: dialTimeout, KeepAliveConfig: keepAlive}
	conn, err := dialer.DialContext(ctx, "tcp", e.address)
	if err != nil {
		return false, plain(err)
	}
	s.health.works(e, time.Now())
	return s.read(ctx, conn, s.cfg.Silence, to)
}

// listenTCP hears the decoders that connect, until ctx ends or no more can.
func (s *Source) listenTCP(ctx context.Context, e endpoint, to Publisher) (worked bool, err error) {
	config := net.ListenConfig{KeepAliveConfig: keepAlive}
	listener, err := config.Listen(ctx, "tcp", e.address)
	if err != nil {
		return false, plain(err)
	}
	defer listener.Close()
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer stop()
	s.health.listens(e, time.Now())

	var work sync.WaitGroup
	defer work.Wait()
	ctx, end := context.WithCancel(ctx)
	defer end() // of the connections, before the wait for them
	room := make(chan struct{}, mostDialled)
	for {
		conn, err := listener.Accept()
		switch {
		case ctx.Err() != nil || errors.Is(err, net.ErrClosed):
			return true, plain(err)
		case err != nil: // too many open files, say: those who are connected stay so
			s.health.fails(e, plain(err), time.Now())
			pause(ctx, time.Second)
			continue
		}
		s.health.works(e, time.Now())
		select {
		case room <- struct{}{}:
		default:
			s.health.count(Crowded, 1)
			_ = conn.Close()
			continue
		}
		work.Go(func() {
			_, _ = s.read(ctx, conn, 0, to) // it is theirs to come again
			<-room
		})
	}
}

// read takes the lines of a connection until ctx or the connection ends, and
// closes it. A silence of 0 is without bounds.
func (s *Source) read(ctx context.Context, conn net.Conn, silence time.Duration, to Publisher) (heard bool, err error) {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	lines := bufio.NewReaderSize(conn, maxLine)
	tooLong := false // this is what follows the beginning of a line that is
	for {
		if silence > 0 {
			_ = conn.SetReadDeadline(time.Now().Add(silence))
		}
		line, err := lines.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			if !tooLong {
				s.health.count(TooLarge, 1)
			}
			tooLong = true
			continue
		case !tooLong && s.take(ctx, string(line), to): // also the last, which may lack its end
			heard = true
		}
		tooLong = false
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return heard, errSilent
		case errors.Is(err, io.EOF):
			return heard, errEnded
		case err != nil:
			return heard, plain(err)
		}
	}
}

// plain gives a network's error without what is known of it: where it was.
func plain(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
