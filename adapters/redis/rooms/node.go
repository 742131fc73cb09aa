package rooms

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/skygate-io/skygate/pkg/backplane"
)

// maxAsking is how many questions of a namespace may wait for answers.
const maxAsking = 10_000

// node is a namespace of this process.
type node struct {
	// Static.
	*Backplane
	namespace string
	local     backplane.Local
	format    format
	shards    *sharded // format, or nil

	servers atomic.Int64

	mu     sync.Mutex // guards all below
	closed bool
	asked  map[string]*asking
}

// asking is a question that waits for answers.
type asking struct {
	id        string
	timeout   time.Duration
	collector *backplane.Collector
	timer     *time.Timer
}

var (
	_ backplane.Node        = (*node)(nil)
	_ backplane.RoomWatcher = (*node)(nil)
)

// Tell implements [backplane.Node].
func (n *node) Tell(c backplane.Command) {
	if !n.isClosed() {
		n.queue.put(&job{node: n, command: c, size: sizeOf(c)})
	}
}

// Ask implements [backplane.Node].
func (n *node) Ask(q backplane.Question, replies backplane.Replies, done func(error)) {
	a := &asking{id: newID(), timeout: n.cfg.RequestTimeout}
	size := 0
	switch q := q.(type) {
	case backplane.Confirm:
		if size = sizeOf(q.Broadcast); q.Timeout > 0 {
			a.timeout = q.Timeout
		}
	case backplane.AskServers:
		size = q.Event.Size()
	}
	a.collector = backplane.NewCollector(q, replies, func(err error) {
		n.forget(a)
		done(err)
	})
	_, lists := q.(backplane.ListRooms)
	if err := n.remember(a, lists && n.shards != nil); err != nil {
		go a.collector.Fail(err)
		return
	}
	n.queue.put(&job{node: n, question: q, asking: a, size: size})
}

func (n *node) remember(a *asking, unsupported bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.closed:
		return backplane.ErrClosed
	case unsupported:
		return errors.ErrUnsupported
	case len(n.asked) >= maxAsking:
		return fmt.Errorf("rooms: %d questions wait for answers already", maxAsking)
	}
	n.asked[a.id] = a
	a.timer = time.AfterFunc(a.timeout, a.collector.Expire)
	return nil
}

func (n *node) forget(a *asking) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.asked[a.id] == a {
		a.timer.Stop()
		delete(n.asked, a.id)
	}
}

// answered hands an answer to who asked.
func (n *node) answered(in incoming) {
	n.mu.Lock()
	a := n.asked[in.request]
	n.mu.Unlock()
	if a != nil {
		in.answer(a.collector)
	}
}

// Servers implements [backplane.Node].
func (n *node) Servers() int { return max(1, int(n.servers.Load())) }

// RoomMade implements [backplane.RoomWatcher].
func (n *node) RoomMade(room string, private bool) {
	if n.shards != nil && n.shards.listens(room, private) && !n.isClosed() {
		n.lines.want(subscription{kind: ofShard, name: n.shards.channelOf(room)}, n.receive)
	}
}

// RoomGone implements [backplane.RoomWatcher].
func (n *node) RoomGone(room string) {
	if n.shards != nil {
		n.lines.unwant(subscription{kind: ofShard, name: n.shards.channelOf(room)})
	}
}

func (n *node) isClosed() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.closed
}

// Close implements [backplane.Node].
func (n *node) Close() {
	n.mu.Lock()
	if n.closed {
		n.mu.Unlock()
		return
	}
	n.closed = true
	var waiting []*asking
	for _, a := range n.asked {
		waiting = append(waiting, a)
	}
	n.mu.Unlock()
	n.leave(n)
	for _, a := range waiting {
		a.collector.Fail(backplane.ErrClosed)
	}
}

// sizeOf is about how many bytes a command has.
func sizeOf(c backplane.Command) int {
	switch c := c.(type) {
	case backplane.Broadcast:
		return c.Event.Size()
	case backplane.ServerEvent:
		return c.Event.Size()
	}
	return 0
}

func newID() string {
	var id [lengthOfRequestID]byte
	_, _ = rand.Read(id[:])
	return hex.EncodeToString(id[:])
}
