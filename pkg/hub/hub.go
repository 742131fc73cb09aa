// Package hub is the reader side of all topics, in every gateway process. It
// follows the log, keeps what each topic holds, and brings every session from the
// position it is at to the newest, by messages that are encoded once and shared.
//
// # How a session is brought forward
//
// What a topic holds ([picture] for state, [history] for events) can tell what
// leads from a view of it at an earlier position to the present. So the sessions
// that see the same ([audience]) and are at the same position ([cohort]) are all
// that there is to keep: a join, a flush, a change of view, a pace, a skip and a
// resume are one thing, done from one position or another. Cohorts of an audience
// merge when a flush leaves them with the same.
//
// # Who does what
//
// [Hub.Run] owns a goroutine for each topic that follows the log, one that
// sends what waited for the end of a window, of all topics together, and, in a
// cluster, one that asks whether anybody writes what is silent. Sessions come
// in by [Hub.Enter] and call their [Member]'s methods from any goroutine.
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
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// Receiver is where a session's messages go. It does not block and does not call
// the hub. It is safe for concurrent use.
type Receiver interface {
	// Send takes messages in their order; those of one call leave together. It does
	// not keep or change the slice. When something found no room, and after a message
	// that has More, [Member.Drained] is called once nothing waits.
	Send(messages ...*wire.Message)
	// Hold has what is sent wait until Release, but for what bypasses.
	Hold()
	Release()
	// Close ends the session's connection, for a reason.
	Close(reason string)
	// Purge drops what waits of a topic's state, and forgets what was lost of the
	// topic: the session has left it, or gets what it needs next.
	Purge(topicName string)
}

// ReasonTooSlow is why a connection is closed whose client takes so long that what
// it needs next is forgotten.
const ReasonTooSlow = "too slow"

// ErrUnknownTopic is returned for a topic that the hub does not serve.
var ErrUnknownTopic = errors.New("hub: unknown topic")

// Hub serves a set of topics. It is safe for concurrent use.
type Hub struct {
	batch   batch.Config
	log     feedlog.Log
	streams []*stream // in the order of the policies
	byName  map[string]*stream
	kick    chan struct{} // holds one token when something may be due

	writers  feedlog.Writers // nil when nobody is asked who writes
	failover time.Duration
}

// New gives a hub for the topics of the policies. It serves empty topics until Run.
func New(log feedlog.Log, policies []topic.Policy, batches batch.Config, logger zerolog.Logger) *Hub {
	h := &Hub{batch: batches, log: log, byName: map[string]*stream{}, kick: make(chan struct{}, 1)}
	start := time.Now()
	for _, policy := range policies {
		s := newStream(policy, batches, start, logger, h.rouse)
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
	}
	running.Go(func() { h.send(ctx) })
	if h.writers != nil {
		running.Go(func() { h.ask(ctx) })
	}
	running.Wait()
	return nil
}

// send sends what is due, until ctx ends.
func (h *Hub) send(ctx context.Context) {
	timer := time.NewTimer(forgetEvery)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.kick:
		case <-timer.C:
		}
		now := time.Now()
		timer.Reset(h.sendDue(now).Sub(now))
	}
}

// sendDue sends what is due in all topics, to a session that has several of them
// in one write, and says when to look again.
func (h *Hub) sendDue(now time.Time) (next time.Time) {
	var held []Receiver
	seen := map[Receiver]struct{}{}
	hold := func(to Receiver) {
		if _, ok := seen[to]; !ok {
			seen[to] = struct{}{}
			held = append(held, to)
			to.Hold()
		}
	}
	next = now.Add(forgetEvery)
	for _, s := range h.streams {
		if due, ok := s.sendDue(now, hold); ok && due.Before(next) {
			next = due
		}
	}
	for _, to := range held {
		to.Release()
	}
	return next
}

// rouse has the sender look what is due.
func (h *Hub) rouse() {
	select {
	case h.kick <- struct{}{}:
	default:
	}
}

// Records copies what a topic holds, in the order of the keys, and its position.
func (h *Hub) Records(topicName string) ([]record.Record, topic.Position, error) {
	s := h.byName[topicName]
	if s == nil {
		return nil, topic.Position{}, ErrUnknownTopic
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.content.(*picture); ok {
		return p.replica.Records(), s.at, nil
	}
	return nil, s.at, nil
}

// Record copies one record; nil when the topic has none under the key.
func (h *Hub) Record(topicName, key string) (*record.Record, error) {
	s := h.byName[topicName]
	if s == nil {
		return nil, ErrUnknownTopic
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.content.(*picture); ok {
		return p.replica.Get(key), nil
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
	if p, ok := s.content.(*picture); ok {
		return p.replica.Len()
	}
	return 0
}

// Topics are the names of the topics, in the order of their policies.
func (h *Hub) Topics() []string {
	names := make([]string, 0, len(h.streams))
	for _, s := range h.streams {
		if s.policy.Along == "" {
			names = append(names, s.policy.Name)
		}
	}
	return names
}

// along are the streams that go along with another.
func (h *Hub) along(with *stream) (out []*stream) {
	for _, s := range h.streams {
		if s.policy.Along == with.policy.Name {
			out = append(out, s)
		}
	}
	return out
}

// lead is the topic that one of a name goes along with, or else that name.
func (h *Hub) lead(name string) string {
	if s := h.byName[name]; s != nil && s.policy.Along != "" {
		return s.policy.Along
	}
	return name
}

// Enter makes a session a member, subscribed to nothing. may says whether it
// has a permission. The session calls Leave when it ends.
func (h *Hub) Enter(to Receiver, may func(permission string) bool) *Member {
	return &Member{hub: h, to: to, may: may, legacy: true, subs: map[*stream]*subscription{}}
}
