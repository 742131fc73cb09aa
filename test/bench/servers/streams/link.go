package main

import (
	"context"
	"encoding/json"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/lease"
	"github.com/skygate-io/skygate/adapters/redis/rooms"
	"github.com/skygate-io/skygate/adapters/redis/streams"
	"github.com/skygate-io/skygate/adapters/socketio"
	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/topic"
)

// link is where topics are, and what this process has in common with others: as in the
// program, with its settings.
type link struct {
	log    feedlog.Log
	client *redis.Client    // nil when it runs alone
	leases *lease.Leases    // so, too
	rooms  *rooms.Backplane // and this
}

func openLink(address string, policies []topic.Policy, logger zerolog.Logger) (*link, error) {
	if address == "" {
		return &link{log: feedlog.NewMemory()}, nil
	}
	cfg := redis.DefaultConfig()
	cfg.Mode, cfg.Addresses = redis.Single, []string{address}
	redis.LogTo(logger)
	client, err := redis.Open(cfg)
	if err != nil {
		return nil, err
	}
	bounds := func(name string) (streams.Bounds, bool) {
		for _, p := range policies {
			if p.Name == name && p.Kind == topic.Event {
				return streams.Bounds{Events: p.RetainMost, Bytes: int64(p.RetainBytes), For: p.Retention}, true
			}
		}
		return streams.Bounds{}, false
	}
	l := &link{
		log: streams.New(client, streams.DefaultConfig(), bounds, logger), client: client,
		leases: lease.New(client, lease.DefaultConfig(), "bench", logger),
	}
	l.rooms, err = rooms.New(rooms.DefaultConfig(), client, logger)
	return l, err
}

// options are what the server needs to know of the others.
func (l *link) options(ctx context.Context) []socketio.Option {
	if l.rooms == nil {
		return nil
	}
	go func() { _ = l.rooms.Run(ctx) }() // ends with the process
	return []socketio.Option{socketio.WithBackplane(l.rooms)}
}

// lead writes the aircraft, and opens the topic of events that go out at once: the
// others stay empty. There are no monitors.
func (b *board) lead(l *link, logger zerolog.Logger) error {
	f := feed.New(root.Aircraft(), b.log, logger)
	f.Lead(l.leases)
	if err := f.Begin(b.ctx); err != nil {
		return err
	}
	go func() { _ = f.Run(b.ctx) }() // ends with the process
	b.feeds[root.Aircraft().Name] = f
	_, err := b.log.Publish(b.ctx, alertsName, nil)
	return err
}

// emit tells all clients, those of other processes too, an event of no topic, that
// looks like one: it has a place in a stream of its own.
func (b *board) emit(o *order) {
	event := "local:event"
	if o.N == 0 {
		event = "local:snapshot"
	}
	b.broadcast(event, struct {
		Epoch string          `json:"epoch"`
		Base  int             `json:"base"`
		Seq   int             `json:"seq"`
		T     json.RawMessage `json:"t"`
	}{"local", max(0, o.N-1), o.N, json.RawMessage(o.T)})
}
