package socketio_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/tidwall/gjson"
)

// client speaks the protocol's own words, over one transport or the other, and
// follows topics by what it is told. Many run at once, so its methods give
// errors and end no test.
type client struct {
	station *station
	sid     string // of a session that began by polling
	line    *line  // nil while it polls
	probed  *line  // is to take over from polling

	at          map[string]uint64 // by topic, the position that it holds
	said, heard int               // hellos
}

// line is a WebSocket.
type line struct {
	net.Conn
	in   *bufio.Reader
	text []byte       // the last that was read
	got  atomic.Int64 // bytes of frames
}

// breach is what a client is told against the contract.
type breach string

func (b breach) Error() string { return string(b) }

// told is what a packet tells of a topic; the zero value is of one that tells
// nothing. The payload is good until the next is read.
type told struct {
	topic, kind string
	payload     []byte
}

func (s *station) newClient() *client { return &client{station: s, at: map[string]uint64{}} }

// hangUp ends the client without a word.
func (c *client) hangUp() {
	for _, l := range []*line{c.line, c.probed} {
		if l != nil {
			_ = l.Close()
		}
	}
}

// dial opens a WebSocket, for a session that polls or, if sid is "", a new one.
func (s *station) dial(sid string) (*line, error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	url := "ws" + strings.TrimPrefix(s.web.URL, "http") + "/socket.io/?EIO=4&transport=websocket"
	if sid != "" {
		url += "&sid=" + sid
	}
	conn, in, _, err := ws.Dial(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	if in == nil {
		in = bufio.NewReader(conn)
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	return &line{Conn: conn, in: in}, nil
}

func (l *line) say(text string) error {
	return wsutil.WriteClientMessage(l, ws.OpText, []byte(text))
}

func (l *line) read() ([]byte, error) {
	h, err := ws.ReadHeader(l.in)
	if err != nil {
		return nil, err
	}
	l.text = slices.Grow(l.text[:0], int(h.Length))[:h.Length]
	if _, err := io.ReadFull(l.in, l.text); err != nil {
		return nil, err
	}
	l.got.Add(int64(ws.HeaderSize(h)) + h.Length)
	if h.OpCode != ws.OpText {
		return nil, fmt.Errorf("a frame of kind %x: %q", h.OpCode, l.text)
	}
	return l.text, nil
}

// open begins a session over a WebSocket, openPolling one that polls.
func (c *client) open() (err error) {
	c.line, err = c.station.dial("")
	return err
}

func (c *client) openPolling() error {
	body, err := c.do(http.MethodGet, "")
	if err == nil {
		c.sid = gjson.Get(strings.TrimPrefix(body, "0"), "sid").String()
	}
	return err
}

// probe begins the upgrade as engine.io-client does: it polls on until the probe
// is answered, then no more. The last hello comes back over the WebSocket.
func (c *client) probe() (err error) {
	if c.probed, err = c.station.dial(c.sid); err != nil {
		return err
	}
	if err := c.probed.say("2probe"); err != nil {
		return err
	}
	if err := c.hello(); err != nil {
		return err
	}
	if err := c.poll(); err != nil {
		return err
	}
	if answer, err := c.probed.read(); err != nil || string(answer) != "3probe" {
		return fmt.Errorf("the probe is answered by %q, %w", answer, err)
	}
	if err := c.poll(); err != nil {
		return err
	}
	return c.hello()
}

// upgrade ends it.
func (c *client) upgrade() error {
	c.line, c.probed = c.probed, nil
	return c.line.say("5")
}

func (c *client) do(method, body string) (answer string, err error) {
	ctx, cancel := context.WithTimeout(c.station.t.Context(), patience)
	defer cancel()
	url := c.station.web.URL + "/socket.io/?EIO=4&transport=polling"
	if c.sid != "" {
		url += "&sid=" + c.sid
	}
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	resp, err := c.station.http.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %q: %s %s", method, body, resp.Status, raw)
	}
	return string(raw), err
}

// say sends packets.
func (c *client) say(packets ...string) error {
	if c.line == nil {
		_, err := c.do(http.MethodPost, strings.Join(packets, "\x1e"))
		return err
	}
	for _, p := range packets {
		if err := c.line.say(p); err != nil {
			return err
		}
	}
	return nil
}

// hello says the next number; it is to come back.
func (c *client) hello() error {
	c.said++
	return c.say(fmt.Sprintf(`42["hello",%d]`, c.said))
}

// poll takes the packets of one answer.
func (c *client) poll() error {
	body, err := c.do(http.MethodGet, "")
	if err != nil {
		return err
	}
	for packet := range strings.SplitSeq(body, "\x1e") {
		if _, err := c.take([]byte(packet)); err != nil {
			return err
		}
	}
	return nil
}

// read takes the next packet from the WebSocket.
func (c *client) read() (told, error) {
	packet, err := c.line.read()
	if err != nil {
		return told{}, err
	}
	return c.take(packet)
}

// take does what a packet asks for, and notes what it tells. What was left out,
// comes again or overtakes is a breach.
func (c *client) take(packet []byte) (told, error) {
	if string(packet) == "2" {
		return told{}, c.say("3")
	}
	event, ok := bytes.CutPrefix(packet, []byte("42"))
	name := gjson.GetBytes(event, "0").String()
	topic, kind, _ := strings.Cut(name, ":")
	switch {
	case !ok:
	case name == "hello":
		c.heard++
		if n := int(gjson.GetBytes(event, "1").Int()); n != c.heard || n > c.said {
			return told{}, breach(fmt.Sprintf("hello %d comes back, want %d of %d", n, c.heard, c.said))
		}
	case kind == "snapshot", kind == "update":
		base, seq := gjson.GetBytes(event, "1.base").Uint(), gjson.GetBytes(event, "1.seq").Uint()
		if kind == "update" && (base != c.at[topic] || seq <= base) {
			return told{}, breach(fmt.Sprintf("%s is at %d, and an update leads from %d to %d", topic, c.at[topic], base, seq))
		}
		c.at[topic] = seq
		return told{topic, kind, event}, nil
	}
	return told{}, nil
}
