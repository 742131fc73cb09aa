// Package rooms links the rooms of processes through Redis ([backplane.Backplane]),
// in the formats that Node's Socket.IO servers use: so a cluster may have servers of
// both kinds, and programs that serve nobody can send to all clients.
//
// Tried with @socket.io/redis-adapter 8.3.0 (createAdapter and createShardedAdapter,
// of socket.io 4.8.4), @socket.io/redis-emitter 5.1.0 (which speaks the classic
// format) and python-socketio 5.18.1 (RedisManager(write_only=True)). See [classic],
// [sharded] and [python] for channels and messages.
//
// What is told waits in a bounded queue, and one goroutine publishes it, many at a
// time; so nobody waits for Redis. A message is published once or, when it is not
// known whether it was, not again: after a cut something may be missing, but nothing
// comes twice. Pub/sub keeps nothing for who is away: what others tell while the
// connection is lost is missed, as it is by Node's servers. ([Backplane.Health] says
// whether it is lost.) What must not be missed belongs into a topic.
//
// What comes is checked as what clients send is: size, depth, types, names. What is
// refused is counted by reason, and each reason logged once.
//
// MessagePack is written and read by tinylib/msgp, which works on bytes without
// reflection, and never makes room for what is only announced.
//
// Where Redis has ACLs the user needs +@pubsub and +@connection, and the channels
// &socket.io* and &socketio; in classic mode also the pattern of each namespace, as it
// stands, since Redis compares patterns letter by letter: &socket.io#/#* and
// &socket.io#/acars#* and so on.
package rooms

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/pkg/backplane"
)

// Backplane is this process among those on one Redis. It is safe for concurrent use.
// Namespaces may join before it runs; they are heard of when it does.
type Backplane struct {
	// Static.
	cfg    Config
	client *redis.Client
	once   *redis.Client // never tries a command twice
	logger zerolog.Logger
	uid    string
	queue  *queue
	lines  *lines

	bad, dropped   counts
	sent, received atomic.Uint64

	mu    sync.Mutex // guards all below
	nodes map[string]*node
}

var _ backplane.Backplane = (*Backplane)(nil)

// New gives a backplane. The client stays the caller's.
func New(cfg Config, client *redis.Client, logger zerolog.Logger) (*Backplane, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("rooms: %w", err)
	}
	if cfg.Mode == Off {
		return nil, errors.New("rooms: mode is off")
	}
	b := &Backplane{cfg: cfg, client: client, once: client.Once(publishers), logger: logger, uid: newID(), nodes: map[string]*node{}}
	b.queue = newQueue(cfg.QueueMessages, cfg.QueueBytes, func(j *job) { b.lose(j, droppedFull) })
	b.lines = newLines(client, logger)
	client.Loses("messages_to_rooms", b.dropped.sum)
	if cfg.PythonChannel != "" {
		b.lines.want(subscription{kind: ofChannel, name: cfg.PythonChannel}, b.receivePython)
	}
	return b, nil
}

// Run talks to Redis until ctx ends. It ends with an error never: what fails is tried
// again, and told by [Backplane.Health].
func (b *Backplane) Run(ctx context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return b.lines.run(ctx) })
	work.Go(func() error { return b.publish(ctx) })
	work.Go(func() error { return b.countServers(ctx) })
	err := work.Wait()
	_ = b.once.Close()
	b.mu.Lock()
	nodes := b.nodes
	b.nodes = map[string]*node{}
	b.mu.Unlock()
	for _, n := range nodes {
		n.Close()
	}
	return err
}

// Join implements [backplane.Backplane].
func (b *Backplane) Join(namespace string, local backplane.Local) backplane.Node {
	n := &node{Backplane: b, namespace: namespace, local: local, asked: map[string]*asking{}}
	var wanted []subscription
	if b.cfg.Mode == Sharded {
		n.shards = &sharded{prefix: b.cfg.Prefix, namespace: namespace, uid: b.uid, most: b.cfg.MaxPayload, dynamic: b.cfg.SubscriptionMode}
		n.format = n.shards
		wanted = []subscription{{ofShard, n.shards.counted()}, {ofShard, n.shards.responses()}}
	} else {
		c := &classic{prefix: b.cfg.Prefix, namespace: namespace, uid: b.uid, most: b.cfg.MaxPayload}
		n.format = c
		for _, channel := range c.channels() {
			wanted = append(wanted, subscription{ofChannel, channel})
		}
		wanted = append(wanted, subscription{ofPattern, c.pattern()})
	}
	b.mu.Lock()
	b.nodes[namespace] = n
	b.mu.Unlock()
	for _, s := range wanted {
		b.lines.want(s, n.receive)
	}
	return n
}

// leave takes a namespace's subscriptions back.
func (b *Backplane) leave(n *node) {
	b.mu.Lock()
	if b.nodes[n.namespace] == n {
		delete(b.nodes, n.namespace)
	}
	b.mu.Unlock()
	if c, ok := n.format.(*classic); ok {
		for _, channel := range c.channels() {
			b.lines.unwant(subscription{ofChannel, channel})
		}
		b.lines.unwant(subscription{ofPattern, c.pattern()})
		return
	}
	b.lines.unwantAll(func(s subscription) bool {
		return s.kind == ofShard && strings.HasPrefix(s.name, n.shards.counted())
	})
}

// nodeOf gives the node of a namespace, nil when nobody here serves it.
func (b *Backplane) nodeOf(namespace string) *node {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.nodes[namespace]
}
