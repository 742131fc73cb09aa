// Package lease decides through Redis which process writes a topic: the first who sets
// a key that expires, and as long as it renews that. Package streams fences whoever
// writes without one, or with one that was lost and not yet missed.
//
// A holder that ends gives the topic up at once. One that dies, is paused, or is cut off
// loses it after Config.Duration, and another has it at most a sixth of that later: with
// the default of 3s a topic is without a writer for 3.5s at most. A holder counts from
// before it asked for a renewal, the server from after it, so it knows that the lease is
// lost before another can have it, whatever their clocks say, as long as it runs; one
// that was paused finds out when it runs again.
//
// A holder whose own sources are silent (its receiver is down) would keep the topic, and
// let all that is in it grow old, while another process hears well. So who waits says
// that it hears, once it has without a pause for Config.Deaf, and a holder that has heard
// nothing for as long lets go at its next renewal: with the defaults another writes 6.5s
// after the sources of the holder fell silent (5s, a renewal of 1s, an attempt of 0.5s),
// or later by as much as it has heard for less than 5s. A free topic goes first to who
// hears, but also to who is deaf, for somebody has to say what is gone. While nobody
// hears, nothing changes. A source that reports that there is nothing is heard: a
// receiver without an antenna, and an empty sky, look the same.
package lease

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/pkg/feedlog"
)

// Leases are those of a cluster. It is safe for concurrent use.
type Leases struct {
	// Static.
	client *redis.Client
	config Config
	holder string // tells processes apart: it is the value of their keys
	logger zerolog.Logger
	closed chan struct{}

	closing sync.Once
	mu      sync.Mutex     // guards running.Add against Close
	running sync.WaitGroup // leases that are held
}

var _ feedlog.Leases = (*Leases)(nil)

// New gives the leases of a process over a client, which stays the caller's. holder is
// a name for people, who see it in Redis.
func New(client *redis.Client, config Config, holder string, logger zerolog.Logger) *Leases {
	return &Leases{
		client: client,
		config: config,
		holder: holder + "/" + rand.Text()[:10],
		logger: logger,
		closed: make(chan struct{}),
	}
}

// Close releases every lease, and ends every call that waits for one. A second Close
// does nothing.
func (l *Leases) Close() error {
	l.mu.Lock()
	l.closing.Do(func() { close(l.closed) })
	l.mu.Unlock()
	l.running.Wait()
	return nil
}

// Hold implements [feedlog.Leases].
func (l *Leases) Hold(ctx context.Context, topicName string, heard func() time.Time) (feedlog.Lease, error) {
	h := l.newHeld(topicName, heard)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		asked := time.Now()
		ok, wrote, err := h.take(ctx, asked)
		switch {
		case ctx.Err() != nil:
		case err == nil && !wrote: // a server that only reads answers that, too
			h.part.Answers()
		default:
			h.part.Note(err)
		}
		if ok {
			return h, h.start(asked)
		}
		// No longer each time while Redis is away: when it is back a topic waits for this.
		retry := time.NewTimer(redis.Spread(l.config.Duration / 6))
		select {
		case <-l.closed:
			return nil, feedlog.ErrClosed
		case <-ctx.Done():
		case <-retry.C:
		}
		retry.Stop()
	}
}

// newHeld gives one that is not held yet. Two leases of one process are two holders.
func (l *Leases) newHeld(topicName string, heard func() time.Time) *held {
	key := func(what string) string { return l.client.Key(topicName, what) }
	return &held{
		leases:  l,
		part:    l.client.Part("the lease of "+topicName, l.logger),
		logger:  l.logger.With().Str("topic", topicName).Logger(),
		keys:    []string{key("lease"), key("lease:wanted"), key("lease:heard")},
		value:   l.holder + "/" + rand.Text()[:6],
		lost:    make(chan struct{}),
		release: make(chan struct{}),
		ear:     newEar(heard, l.config.Deaf),
	}
}
