// Package hub is the reader side of all topics, in every gateway process. It
// follows the log, keeps a replica of each topic, and brings every session from
// the position it is at to the newest, by messages that are encoded once and
// shared.
//
// A topic's [stream] is served by two goroutines that [Hub.Run] owns: one
// follows the log, one sends what waits when it is due. Sessions come in by
// [Hub.Enter] and call their [Member]'s methods from any goroutine.
//
// Lock order: a member's mu, then the mu of streams in the order of their
// policies. Messages are handed to a session's [Receiver] under the stream's
// lock: that is what puts a snapshot and the changes after it in order.
package hub

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// Receiver is where a session's messages go.
type Receiver interface {
	// Send takes messages in their order; those of one call leave together. It
	// does not block, does not call the hub, and does not keep or change the
	// slice. It is safe for concurrent use.
	Send(messages ...*wire.Message)
	// Purge drops what waits of a topic's state: the session has left the topic, or
	// gets it anew.
	Purge(topicName string)
}

// ErrUnknownTopic is returned for a topic that the hub does not serve.
var ErrUnknownTopic = errors.New("hub: unknown topic")

// Hub serves a set of topics. It is safe for concurrent use.
type Hub struct {
	log     feedlog.Log
	streams []*stream // in the order of the policies
	byName  map[string]*stream
}

// New gives a hub for the topics of the policies. It serves empty topics until Run.
func New(log feedlog.Log, policies []topic.Policy, batches batch.Config, logger zerolog.Logger) *Hub {
	h := &Hub{log: log, byName: map[string]*stream{}}
	for _, policy := range policies {
		s := newStream(policy, batches, logger)
		h.streams = append(h.streams, s)
		h.byName[policy.Name] = s
	}
	return h
}

// Load brings every topic to the log's newest position. Run does it by itself;
// after a Load before it, the first sessions find what there is.
func (h *Hub) Load(ctx context.Context) error {
	for _, s := range h.streams {
		if err := s.load(ctx, h.log); err != nil {
			return fmt.Errorf("load topic %s: %w", s.policy.Name, err)
		}
	}
	return nil
}

// Run follows the log until ctx ends.
func (h *Hub) Run(ctx context.Context) error {
	var running sync.WaitGroup
	for _, s := range h.streams {
		running.Go(func() { s.follow(ctx, h.log) })
		running.Go(func() { s.send(ctx) })
	}
	running.Wait()
	return nil
}

// Records copies what a topic holds, in the order of the keys, and its position.
func (h *Hub) Records(topicName string) ([]record.Record, topic.Position, error) {
	s := h.byName[topicName]
	if s == nil {
		return nil, topic.Position{}, ErrUnknownTopic
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.table.Records(), s.at, nil
}

// Record copies one record; nil when the topic has none under the key.
func (h *Hub) Record(topicName, key string) (*record.Record, error) {
	s := h.byName[topicName]
	if s == nil {
		return nil, ErrUnknownTopic
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.table.Get(key); r != nil {
		return r.Clone(), nil
	}
	return nil, nil
}

// Len is the number of records that a topic holds; 0 for one that is unknown.
func (h *Hub) Len(topicName string) int {
	s := h.byName[topicName]
	if s == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.table.Len()
}

// Topics are the names of the topics, in the order of their policies.
func (h *Hub) Topics() []string {
	names := make([]string, len(h.streams))
	for i, s := range h.streams {
		names[i] = s.policy.Name
	}
	return names
}

// Enter makes a session a member, subscribed to nothing. may says whether it
// has a permission. The session calls Leave when it ends.
func (h *Hub) Enter(to Receiver, may func(permission string) bool) *Member {
	return &Member{hub: h, to: to, may: may, legacy: true, subs: map[*stream]*subscription{}}
}
