package stockbugs

import (
	"bufio"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/skygate-io/skygate/test/interop/server"
)

// The kinds of WebSocket frames, RFC 6455 §5.2.
const (
	textFrame   = 1
	binaryFrame = 2
	closeFrame  = 8
)

// patience is how long a connection may be in use. It is what a scenario takes
// at a server that loses something.
const patience = 15 * time.Second

// wire is a WebSocket client that says what it is told, right or wrong.
// Reading answers the server's pings; nothing else is done by itself.
type wire struct {
	net.Conn
	in *bufio.Reader
}

// frame is what a server says.
type frame struct {
	kind byte
	body string
}

// dial opens a WebSocket, on a session already begun by polling if sid says so.
func dial(s *server.Server, sid string) (*wire, error) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	path := "/socket.io/?EIO=4&transport=websocket"
	if sid != "" {
		path += "&sid=" + sid
	}
	w := &wire{conn, bufio.NewReader(conn)}
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", path)
	resp, err := http.ReadResponse(w.in, nil)
	if err == nil && resp.StatusCode != http.StatusSwitchingProtocols {
		err = errors.New(resp.Status)
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return w, nil
}

// join opens a WebSocket and connects to a namespace; packet is the CONNECT. It
// tries more than once: that a CONNECT may be missed is a scenario of its own,
// and must not be taken for another one's bug.
func join(s *server.Server, packet string) (w *wire, err error) {
	for range 5 {
		if w, err = joinOnce(s, packet); err == nil {
			break
		}
	}
	return w, err
}

func joinOnce(s *server.Server, packet string) (*wire, error) {
	w, err := dial(s, "")
	if err != nil {
		return nil, err
	}
	if err = w.say(packet); err == nil {
		_, err = w.want(packet[:2])
	}
	if err != nil {
		_ = w.Close()
		return nil, fmt.Errorf("connecting: %w", err)
	}
	return w, nil
}

// say sends text frames, all in one write.
func (w *wire) say(texts ...string) error {
	var all []byte
	for _, text := range texts {
		all = appendFrame(all, textFrame, text)
	}
	_, err := w.Write(all)
	return err
}

func (w *wire) send(kind byte, body string) error {
	_, err := w.Write(appendFrame(nil, kind, body))
	return err
}

func appendFrame(to []byte, kind byte, body string) []byte {
	to = append(to, 0x80|kind)
	switch n := len(body); {
	case n < 126:
		to = append(to, 0x80|byte(n))
	case n < 1<<16:
		to = binary.BigEndian.AppendUint16(append(to, 0x80|126), uint16(n))
	default:
		to = binary.BigEndian.AppendUint64(append(to, 0x80|127), uint64(n))
	}
	var mask [4]byte
	_, _ = rand.Read(mask[:])
	to = append(to, mask[:]...)
	for i := range len(body) {
		to = append(to, body[i]^mask[i%4])
	}
	return to
}

// read gives the next frame; a ping of Engine.IO is answered and passed over.
func (w *wire) read() (frame, error) {
	for {
		var head [2]byte
		if _, err := io.ReadFull(w.in, head[:]); err != nil {
			return frame{}, err
		}
		size := uint64(head[1] & 0x7f)
		if extra := map[uint64]int{126: 2, 127: 8}[size]; extra > 0 {
			var long [8]byte
			if _, err := io.ReadFull(w.in, long[8-extra:]); err != nil {
				return frame{}, err
			}
			size = binary.BigEndian.Uint64(long[:])
		}
		body := make([]byte, size)
		if _, err := io.ReadFull(w.in, body); err != nil {
			return frame{}, err
		}
		if f := (frame{head[0] & 0xf, string(body)}); f != (frame{textFrame, "2"}) {
			return f, nil
		}
		if err := w.say("3"); err != nil {
			return frame{}, err
		}
	}
}

// want reads until a text that begins so, and gives it.
func (w *wire) want(prefix string) (string, error) {
	for {
		f, err := w.read()
		switch {
		case err != nil:
			return "", fmt.Errorf("waiting for %s: %w", prefix, err)
		case f.kind == closeFrame:
			return "", fmt.Errorf("waiting for %s: closed, %s", prefix, f)
		case f.kind == textFrame && strings.HasPrefix(f.body, prefix):
			return f.body, nil
		}
	}
}

// closed reads until the server has closed the connection, and gives the close
// frame, empty if there was none. When that takes longer than within, it is an error.
func (w *wire) closed(within time.Duration) (last frame, err error) {
	_ = w.SetDeadline(time.Now().Add(within))
	for {
		f, err := w.read()
		var late net.Error
		switch {
		case errors.As(err, &late) && late.Timeout():
			return last, fmt.Errorf("the server has not closed the connection within %v", within)
		case err != nil:
			return last, nil
		case f.kind == closeFrame:
			last = f
			_ = w.send(closeFrame, f.body) // the answer that a server may wait for
		}
	}
}

// String shows a frame, for messages.
func (f frame) String() string {
	if f.kind == closeFrame && len(f.body) >= 2 {
		return fmt.Sprintf("close %d %q", binary.BigEndian.Uint16([]byte(f.body)), f.body[2:])
	}
	return fmt.Sprintf("kind %d: %.100q", f.kind, f.body)
}
