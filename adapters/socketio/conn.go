package socketio

import (
	"encoding/json"
	"sync"

	"github.com/zishang520/engine.io/v2/types"
	"github.com/zishang520/socket.io/v2/socket"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/wire"
)

// conn is a client's connection to one namespace. What is sent to it is queued,
// and written by a goroutine that lives only while there is something to write:
// the hub never waits for a client, and the library, which calls back when a
// write fails, never runs under the hub's locks.
type conn struct {
	// Static.
	client    *socket.Socket
	namespace string
	enter     func() *gateway.Session
	writers   *sync.WaitGroup
	ready     chan struct{} // closed when session is set, or never will be

	session *gateway.Session // set before ready is closed; nil when the client left before

	turn sync.Mutex // held by the one event of the client's that is handled

	mu      sync.Mutex // guards all below
	opened  bool
	closed  bool
	queue   []*wire.Message
	writing bool
}

var _ gateway.Conn = (*conn)(nil)

func newConn(client *socket.Socket, namespace string, writers *sync.WaitGroup) *conn {
	return &conn{client: client, namespace: namespace, writers: writers, ready: make(chan struct{})}
}

// ID implements [gateway.Conn].
func (c *conn) ID() string { return string(c.client.Id()) }

// Send implements [gateway.Conn].
func (c *conn) Send(messages ...*wire.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.queue = append(c.queue, messages...)
	if !c.writing {
		c.writing = true
		c.writers.Go(c.write)
	}
}

// write writes what is queued until nothing is.
func (c *conn) write() {
	var spare []*wire.Message
	for {
		c.mu.Lock()
		batch := c.queue
		c.queue = spare
		if len(batch) == 0 || c.closed {
			c.writing = false
			c.mu.Unlock()
			return
		}
		c.mu.Unlock()
		packets := make([]types.BufferInterface, len(batch))
		for i, m := range batch {
			packets[i] = types.NewStringBuffer(m.Packet(c.namespace))
		}
		c.client.Client().WriteToEngine(packets, &socket.WriteOptions{})
		clear(batch)
		spare = batch[:0]
	}
}

// open begins the session.
func (c *conn) open() {
	c.mu.Lock()
	gone := c.closed
	c.opened = true
	c.mu.Unlock()
	if !gone {
		c.session = c.enter()
	}
	close(c.ready)
	c.mu.Lock()
	gone = c.closed
	c.mu.Unlock()
	if gone && c.session != nil {
		c.session.Close()
	}
}

// close ends the session. The library calls it once, when the client has gone.
func (c *conn) close() {
	c.mu.Lock()
	c.closed = true
	c.queue = nil
	opened := c.opened
	c.mu.Unlock()
	if !opened {
		return // open, if it still comes, finds closed
	}
	<-c.ready
	if c.session != nil {
		c.session.Close()
	}
}

func (c *conn) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// receive hands an event to the session. The library calls it with the event's
// name, its decoded arguments, and a callback when the client asked for an
// acknowledgement.
func (c *conn) receive(args ...any) {
	<-c.ready
	if c.session == nil || len(args) == 0 {
		return
	}
	event, ok := args[0].(string)
	if !ok {
		return
	}
	args = args[1:]
	var ack gateway.Ack
	if n := len(args); n > 0 {
		if fill, ok := args[n-1].(socket.Ack); ok {
			args = args[:n-1]
			ack = func(payload []byte) { fill([]any{json.RawMessage(payload)}, nil) }
		}
	}
	raw := make([]json.RawMessage, len(args))
	for i, arg := range args {
		text, err := json.Marshal(arg)
		if err != nil {
			text = []byte("null")
		}
		raw[i] = text
	}
	c.turn.Lock()
	defer c.turn.Unlock()
	if !c.isClosed() { // what a client that has gone still wanted is not worth the work
		c.session.Receive(event, raw, ack)
	}
}
