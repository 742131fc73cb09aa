package cluster

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/tidwall/gjson"
)

// client is one of a server, in one namespace. It answers what it is asked by its
// name; in "/custom" by bytes.
type client struct {
	*testing.T
	name, prefix, sid string
	conn              net.Conn

	mu     sync.Mutex // guards all below
	events []string   // each as JSON, with bytes in hex; a disconnect is "41"
	ended  bool       // the connection
}

// dial connects one to a test server, which is in a room.
func dial(t *testing.T, url, namespace, room, name string) *client {
	t.Helper()
	c := connect(t, url, namespace, name, fmt.Sprintf(`{"room":%q,"name":%q}`, room, name))
	c.eventually("is let in", func() bool { return len(c.events) > 0 && strings.HasPrefix(c.events[0], `["auth"`) })
	c.until("")
	return c
}

// connect connects one that says something of itself.
func connect(t *testing.T, url, namespace, name, auth string) *client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, br, _, err := ws.Dial(ctx, "ws"+strings.TrimPrefix(url, "http")+"/socket.io/?EIO=4&transport=websocket&color=red")
	if err != nil {
		t.Fatal(err)
	}
	if br == nil {
		br = bufio.NewReader(conn)
	}
	c := &client{T: t, name: name, conn: conn}
	if namespace != "/" {
		c.prefix = namespace + ","
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.read(br)
	}()
	t.Cleanup(func() {
		_ = conn.Close()
		<-done
	})
	c.say("40" + c.prefix + auth)
	c.eventually("is connected", func() bool { return c.sid != "" })
	return c
}

func (c *client) say(text string) {
	_ = wsutil.WriteClientText(c.conn, []byte(text))
}

// read takes packets until the connection ends.
func (c *client) read(in io.Reader) {
	defer func() {
		c.mu.Lock()
		c.ended = true
		c.mu.Unlock()
	}()
	var text []byte // of a packet whose attachments are to come
	missing, parts := 0, [][]byte{}
	for {
		header, err := ws.ReadHeader(in)
		if err != nil || header.OpCode == ws.OpClose || header.Length > 1<<20 {
			return
		}
		data := make([]byte, header.Length)
		if _, err := io.ReadFull(in, data); err != nil {
			return
		}
		switch {
		case header.OpCode == ws.OpBinary:
			parts = append(parts, data)
			if missing--; missing == 0 {
				c.take(text, parts)
			}
		case string(data) == "2":
			c.say("3")
		case bytes.HasPrefix(data, []byte("45")):
			count, rest, _ := bytes.Cut(data[2:], []byte("-"))
			missing, parts, text = int(count[0]-'0'), nil, append([]byte("42"), rest...)
		default:
			c.take(data, nil)
		}
	}
}

// take notes a packet.
func (c *client) take(packet []byte, parts [][]byte) {
	kind, rest := string(packet[:min(2, len(packet))]), strings.TrimPrefix(string(packet[min(2, len(packet)):]), c.prefix)
	switch kind {
	case "40":
		c.mu.Lock()
		c.sid = gjson.Get(rest, "sid").String()
		c.mu.Unlock()
	case "41":
		c.note("41")
	case "42":
		at := strings.IndexByte(rest, '[')
		id, event := rest[:at], canonical(rest[at:])
		for i, part := range parts {
			event = strings.Replace(event, fmt.Sprintf(`{"_placeholder":true,"num":%d}`, i), `"`+hex.EncodeToString(part)+`"`, 1)
		}
		c.note(event)
		switch {
		case id == "":
		case c.prefix == "":
			c.say(fmt.Sprintf(`43%s[%q,"and more"]`, id, c.name))
		default:
			c.say(fmt.Sprintf(`461-%s%s[{"_placeholder":true,"num":0}]`, c.prefix, id))
			_ = wsutil.WriteClientBinary(c.conn, []byte{7})
		}
	}
}

// canonical writes JSON in one of the many ways: senders differ in theirs.
func canonical(text string) string {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return err.Error() + ": " + text
	}
	raw, _ := json.Marshal(v)
	return string(raw)
}

func (c *client) note(event string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = append(c.events, event)
}

// heard says whether an event came.
func (c *client) heard(event string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.events {
		if e == event {
			return true
		}
	}
	return false
}

// until waits for an event, and takes what came before it; for "", what is there.
func (c *client) until(event string) []string {
	c.Helper()
	if event != "" {
		c.eventually("gets "+event, func() bool {
			for _, e := range c.events {
				if e == event {
					return true
				}
			}
			return false
		})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, e := range c.events {
		if e == event {
			before := c.events[:i:i]
			c.events = c.events[i+1:]
			return before
		}
	}
	before := c.events
	c.events = nil
	return before
}

// eventually waits for what f says of what is guarded.
func (c *client) eventually(what string, f func() bool) {
	c.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(2 * time.Millisecond) {
		c.mu.Lock()
		ok, events := f(), strings.Join(c.events, " ")
		c.mu.Unlock()
		if ok {
			return
		}
		if time.Now().After(end) {
			c.Fatalf("%s: waited in vain: %s; it got: %s", c.name, what, events)
		}
	}
}
