package rooms

import (
	"context"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/skygate-io/skygate/adapters/redis"
)

// countEvery is how often the servers are counted.
const countEvery = 500 * time.Millisecond

// countServers keeps what is known of how many serve each namespace.
func (b *Backplane) countServers(ctx context.Context) error {
	for ctx.Err() == nil {
		b.mu.Lock()
		nodes := make([]*node, 0, len(b.nodes))
		for _, n := range b.nodes {
			nodes = append(nodes, n)
		}
		b.mu.Unlock()
		if counted, err := b.count(ctx, nodes); err == nil {
			for i, n := range nodes {
				n.servers.Store(int64(counted[i]))
			}
		}
		redis.Wait(ctx, redis.Spread(countEvery))
	}
	return nil
}

// count asks Redis how many servers subscribe for each of some namespaces. In a
// Cluster each subscriber is known to one master only.
func (b *Backplane) count(ctx context.Context, nodes []*node) ([]int, error) {
	if len(nodes) == 0 {
		return nil, nil
	}
	channels := make([]string, len(nodes))
	for i, n := range nodes {
		channels[i] = n.format.counted()
	}
	counted := make([]int, len(nodes))
	var mu sync.Mutex // guards counted
	one := func(ctx context.Context, c goredis.UniversalClient) error {
		ask := c.PubSubNumSub
		if b.cfg.Mode == Sharded {
			ask = c.PubSubShardNumSub
		}
		subscribers, err := ask(ctx, channels...).Result()
		mu.Lock()
		defer mu.Unlock()
		for i, channel := range channels {
			counted[i] += int(subscribers[channel])
		}
		return err
	}
	if cluster, ok := b.once.UniversalClient.(*goredis.ClusterClient); ok {
		err := cluster.ForEachMaster(ctx, func(ctx context.Context, c *goredis.Client) error { return one(ctx, c) })
		return counted, err
	}
	return counted, one(ctx, b.once.UniversalClient)
}
