package socketio

import (
	"encoding/json"
	"sync"

	"github.com/zishang520/socket.io/v2/socket"

	"github.com/skygate-io/skygate/pkg/engineio"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/wire"
)

// conn is a client's connection to one namespace, as the gateway sees it.
type conn struct {
	// Static.
	client    *socket.Socket
	link      *link
	out       *engineio.Conn // of link
	namespace string
	enter     func() *gateway.Session

	mu      sync.Mutex // guards all below
	session *gateway.Session
	closed  bool
	lost    map[string]bool // topics of which a state message found no room; nil when there are none
}

var _ gateway.Conn = (*conn)(nil)

// ID implements [gateway.Conn].
func (c *conn) ID() string { return string(c.client.Id()) }

// Send implements [gateway.Conn]. Messages of one lane that follow each other
// leave in one write.
func (c *conn) Send(messages ...*wire.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(messages) > 0 {
		n := 1
		for n < len(messages) && messages[n].Class == messages[0].Class {
			n++
		}
		c.sendLocked(messages[:n])
		messages = messages[n:]
	}
}

// sendLocked sends messages of one class.
func (c *conn) sendLocked(messages []*wire.Message) {
	class := messages[0].Class
	var buffer [4]*engineio.Frame // a flush rarely has more: no allocation for a recipient
	frames := buffer[:0]
	for _, m := range messages {
		if class == wire.State && c.lost[m.Topic] {
			continue // the snapshot that it will get makes up for it
		}
		frames = append(frames, frameOf(m, c.namespace))
	}
	if len(frames) == 0 {
		return
	}
	switch class {
	case wire.Reply:
		c.out.Send(engineio.Priority, frames...)
	case wire.Ordered:
		if c.out.Send(engineio.Event, frames...) < len(frames) {
			c.out.Close(reasonSlow)
		}
	case wire.State, wire.Whole:
		taken := c.out.Send(engineio.State, frames...) == len(frames)
		for _, m := range messages {
			c.noteLocked(m.Topic, taken, class)
		}
	}
}

// noteLocked keeps what is lost: a snapshot that was taken makes up for it.
func (c *conn) noteLocked(topic string, taken bool, class wire.Class) {
	switch {
	case !taken && c.lost == nil:
		c.lost = map[string]bool{topic: true}
	case !taken:
		c.lost[topic] = true
	case class == wire.Whole && c.lost != nil:
		delete(c.lost, topic)
	}
}

// Purge implements [gateway.Conn].
func (c *conn) Purge(topic string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.lost, topic)
	c.out.Purge(tag(c.namespace, topic))
}

// frameOf gives a message's frame, made once for all who get it.
func frameOf(m *wire.Message, namespace string) *engineio.Frame {
	frame, _ := m.Encoded(namespace, func(packet []byte) any {
		return engineio.NewFrame(packet, false).WithTopic(tag(namespace, m.Topic))
	}).(*engineio.Frame)
	return frame
}

// tag names a topic within a connection, which has one for each namespace.
func tag(namespace, topic string) string {
	if topic == "" {
		return ""
	}
	return namespace + " " + topic
}

// open begins the session. The library calls it in a goroutine of its own.
func (c *conn) open() {
	defer func() {
		if r := recover(); r != nil {
			c.link.logger.Error().Interface("panic", r).Stack().Msg("a session could not begin")
			c.out.Close(reasonHandler)
		}
	}()
	session := c.enter()
	c.mu.Lock()
	c.session = session
	closed := c.closed
	c.mu.Unlock()
	if closed {
		session.Close()
	}
}

// close ends the session.
func (c *conn) close() {
	c.mu.Lock()
	c.closed = true
	session := c.session
	c.mu.Unlock()
	if session != nil {
		session.Close()
	}
}

// receive hands an event to the session.
func (c *conn) receive(m *message, answer func([]any)) {
	c.mu.Lock()
	session := c.session
	c.mu.Unlock()
	if session == nil {
		return
	}
	var ack gateway.Ack
	if answer != nil {
		ack = func(payload []byte) { answer([]any{json.RawMessage(payload)}) }
	}
	session.Receive(m.event, m.args, ack)
}

// drained gives the session anew what it lost.
func (c *conn) drained() {
	c.mu.Lock()
	session := c.session
	topics := make([]string, 0, len(c.lost))
	for topic := range c.lost {
		topics = append(topics, topic)
	}
	c.mu.Unlock()
	if session != nil {
		session.Resync(topics)
	}
}
