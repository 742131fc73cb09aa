package backplane

import (
	"sync"
	"sync/atomic"
	"time"
)

// askTimeout is how long others may take to answer where a question does not say.
const askTimeout = 5 * time.Second

// maxTold is how many things may wait until they are told. Those beyond are lost.
const maxTold = 1 << 16

// Memory links servers that live in one process. What is told to one is done by it
// before the next is told, in a goroutine of the teller's node.
type Memory struct {
	lost atomic.Uint64

	mu    sync.Mutex // guards all below
	nodes map[string][]*memoryNode
}

// memoryNode is one server's namespace.
type memoryNode struct {
	memory    *Memory
	namespace string
	local     Local

	mu     sync.Mutex // guards all below; taken after Memory.mu
	told   []func()   // in order, for the goroutine that works
	works  bool
	closed bool
	asking map[*Collector]*time.Timer
}

var (
	_ Backplane = (*Memory)(nil)
	_ Node      = (*memoryNode)(nil)
)

// NewMemory gives a backplane without anybody on it. Each server joins the same.
func NewMemory() *Memory { return &Memory{nodes: map[string][]*memoryNode{}} }

// Join implements [Backplane].
func (m *Memory) Join(namespace string, local Local) Node {
	n := &memoryNode{memory: m, namespace: namespace, local: local, asking: map[*Collector]*time.Timer{}}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.nodes[namespace] = append(m.nodes[namespace], n)
	return n
}

// Lost is how much found no room to wait.
func (m *Memory) Lost() uint64 { return m.lost.Load() }

// others gives the nodes of the same namespace.
func (n *memoryNode) others() []*memoryNode {
	n.memory.mu.Lock()
	defer n.memory.mu.Unlock()
	var others []*memoryNode
	for _, other := range n.memory.nodes[n.namespace] {
		if other != n {
			others = append(others, other)
		}
	}
	return others
}

// Tell implements [Node].
func (n *memoryNode) Tell(c Command) {
	n.do(func() {
		for _, other := range n.others() {
			other.local.Obey(c)
		}
	})
}

// Ask implements [Node].
func (n *memoryNode) Ask(q Question, replies Replies, done func(error)) {
	timeout := askTimeout
	if confirm, ok := q.(Confirm); ok && confirm.Timeout > 0 {
		timeout = confirm.Timeout
	}
	var c *Collector
	c = NewCollector(q, replies, func(err error) {
		n.forget(c)
		done(err)
	})
	n.mu.Lock()
	closed := n.closed
	if !closed {
		n.asking[c] = time.AfterFunc(timeout, c.Expire)
	}
	n.mu.Unlock()
	if closed {
		go c.Fail(ErrClosed)
		return
	}
	n.do(func() {
		others := n.others()
		c.Expect(len(others))
		for _, other := range others {
			other.local.Answer(q, c)
		}
	})
}

func (n *memoryNode) forget(c *Collector) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if timer := n.asking[c]; timer != nil {
		timer.Stop()
		delete(n.asking, c)
	}
}

// do has something done after all that was given before. The goroutine that does
// it ends when there is nothing left.
func (n *memoryNode) do(what func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return
	}
	if len(n.told) == maxTold {
		n.memory.lost.Add(1)
		return
	}
	n.told = append(n.told, what)
	if !n.works {
		n.works = true
		go n.work()
	}
}

func (n *memoryNode) work() {
	for {
		n.mu.Lock()
		if len(n.told) == 0 {
			n.works = false
			n.mu.Unlock()
			return
		}
		what := n.told[0]
		n.told = n.told[1:]
		n.mu.Unlock()
		what()
	}
}

// Servers implements [Node].
func (n *memoryNode) Servers() int { return 1 + len(n.others()) }

// Close implements [Node].
func (n *memoryNode) Close() {
	n.memory.mu.Lock()
	all := n.memory.nodes[n.namespace]
	for i, other := range all {
		if other == n {
			n.memory.nodes[n.namespace] = append(append([]*memoryNode{}, all[:i]...), all[i+1:]...)
		}
	}
	n.memory.mu.Unlock()
	n.mu.Lock()
	n.closed, n.told = true, nil
	var waiting []*Collector
	for c := range n.asking {
		waiting = append(waiting, c)
	}
	n.mu.Unlock()
	for _, c := range waiting {
		c.Fail(ErrClosed)
	}
}
