package app

import (
	"context"
	"errors"
	"io"
	"net"
	"os"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/lease"
	"github.com/skygate-io/skygate/adapters/redis/presence"
	"github.com/skygate-io/skygate/adapters/redis/rooms"
	"github.com/skygate-io/skygate/adapters/redis/streams"
	"github.com/skygate-io/skygate/adapters/socketio"
	"github.com/skygate-io/skygate/config"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/topic"
)

// log is where topics are written and read, until the program ends.
type log interface {
	feedlog.Log
	io.Closer
}

// cluster is what this process has in common with others; nil when it runs alone.
type cluster struct {
	client *redis.Client
	log    *streams.Log
	leases *lease.Leases
	rooms  *rooms.Backplane // nil when rooms are each process's own
	canary *redis.Canary
	logger zerolog.Logger

	presence *presence.Presence
}

// openLog makes the log, and the cluster if it is one's.
func openLog(cfg config.Config, policies []topic.Policy, logger zerolog.Logger) (log, *cluster, error) {
	if !cfg.Redis.Enabled() {
		return feedlog.NewMemory(), nil, nil
	}
	redis.LogTo(logger)
	client, err := redis.Open(cfg.Redis)
	if err != nil {
		return nil, nil, err
	}
	c := &cluster{
		client: client,
		log:    streams.New(client, cfg.Cluster.Streams, boundsOf(policies), logger),
		leases: lease.New(client, cfg.Cluster.Lease.For(slowest(cfg.Sources)), holderName(cfg.Listen), logger),
		canary: redis.NewCanary(client, cfg.Cluster.Canary.Every, cfg.Cluster.Canary.Limit, logger),
		logger: logger,
	}
	if cfg.Cluster.Rooms.Mode != rooms.Off {
		if c.rooms, err = rooms.New(cfg.Cluster.Rooms, client, logger); err != nil {
			return nil, nil, errors.Join(err, c.close())
		}
	}
	return c.log, c, nil
}

// boundsOf says what is kept of the topics of events.
func boundsOf(policies []topic.Policy) func(name string) (streams.Bounds, bool) {
	bounds := map[string]streams.Bounds{}
	for _, p := range policies {
		if p.Kind == topic.Event && p.Of == "" {
			bounds[p.Name] = streams.Bounds{Events: p.RetainMost, Bytes: int64(p.RetainBytes), For: p.Retention}
		}
	}
	return func(name string) (streams.Bounds, bool) {
		b, ok := bounds[name]
		return b, ok
	}
}

// holderName names this process to people who look into Redis.
func holderName(listen string) string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	if _, port, err := net.SplitHostPort(listen); err == nil {
		host = net.JoinHostPort(host, port)
	}
	return host
}

// options are what the Socket.IO server needs to know of the others.
func (c *cluster) options() (out []socketio.Option) {
	if c != nil && c.rooms != nil {
		out = append(out, socketio.WithBackplane(c.rooms))
	}
	return out
}

// linked says how rooms are linked with those of others; nil when they are not.
func (c *cluster) linked() *rooms.Health {
	if c == nil || c.rooms == nil {
		return nil
	}
	h := c.rooms.Health()
	return &h
}

// remembered gives what this process remembers of a topic of events, whatever Redis has
// lost.
func (a *App) remembered(topicName string) func() []*feedlog.Entry {
	return func() []*feedlog.Entry {
		events, _ := a.hub.EventsOfAll(topicName) // it is one of the hub's
		return events
	}
}

// Run talks to the others until ctx ends.
func (c *cluster) Run(ctx context.Context) error {
	if c == nil {
		return nil
	}
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error {
		c.client.WarnOfEviction(ctx, c.logger)
		return nil
	})
	work.Go(func() error { return c.canary.Run(ctx) })
	work.Go(func() error { return c.presence.Run(ctx) })
	if c.rooms != nil {
		work.Go(func() error { return c.rooms.Run(ctx) })
	}
	return work.Wait()
}

// close gives up what is held, at the end.
func (c *cluster) close() error {
	if c == nil {
		return nil
	}
	return errors.Join(c.leases.Close(), c.log.Close(), c.client.Close())
}
