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
package lease

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/pkg/feedlog"
)

// Config says how soon a topic has another writer.
type Config struct {
	// Duration is how long a writer that says nothing is believed to be there: 500ms to
	// 1m, default 3s.
	Duration time.Duration `koanf:"duration"`
}

// DefaultConfig has a topic without a writer for a few seconds at most.
func DefaultConfig() Config { return Config{Duration: 3 * time.Second} }

// Validate names the first value that is out of range.
func (c Config) Validate() error {
	if c.Duration < 500*time.Millisecond || c.Duration > time.Minute {
		return fmt.Errorf("duration: %v is out of range: from 500ms to 1m", c.Duration)
	}
	return nil
}

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
func (l *Leases) Hold(ctx context.Context, topicName string) (feedlog.Lease, error) {
	retry := time.NewTicker(l.config.Duration / 6)
	defer retry.Stop()
	// Two leases of one process are two holders.
	h := &held{
		leases: l, topic: topicName, key: l.client.Key(topicName, "lease"), value: l.holder + "/" + rand.Text()[:6],
		lost: make(chan struct{}), release: make(chan struct{}),
	}
	failing := false
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		asked := time.Now()
		ok, err := h.take(ctx)
		if ok {
			return h, h.start(asked)
		}
		if err != nil && !failing && ctx.Err() == nil {
			l.logger.Warn().Err(err).Str("topic", topicName).Msg("the lease of the topic cannot be asked for; trying again")
		}
		failing = err != nil
		select {
		case <-l.closed:
			return nil, feedlog.ErrClosed
		case <-ctx.Done():
		case <-retry.C:
		}
	}
}

// held is a lease.
type held struct {
	// Static.
	leases     *Leases
	topic      string
	key, value string
	lost       chan struct{}
	release    chan struct{}
	releasing  sync.Once
}

func (h *held) Lost() <-chan struct{} { return h.lost }

// Release implements [feedlog.Lease].
func (h *held) Release() {
	h.releasing.Do(func() { close(h.release) })
	<-h.lost
}

// take takes the topic if nobody has it, or this has it since an attempt whose answer
// was lost.
func (h *held) take(ctx context.Context) (bool, error) {
	call, cancel := context.WithTimeout(ctx, h.leases.config.Duration/2)
	defer cancel()
	return h.run(call, takeScript)
}

// start begins to renew; the lease was asked for at the given time.
func (h *held) start(asked time.Time) error {
	l := h.leases
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.closed:
		h.drop()
		close(h.lost)
		return feedlog.ErrClosed
	default:
	}
	l.running.Go(func() { h.keep(asked) })
	return nil
}

// keep renews until the lease is lost or released.
func (h *held) keep(asked time.Time) {
	defer close(h.lost)
	duration := h.leases.config.Duration
	until := asked.Add(duration)
	end := time.NewTimer(time.Until(until))
	defer end.Stop()
	renew := time.NewTicker(duration / 3)
	defer renew.Stop()
	for {
		select {
		case <-end.C:
		case <-h.release:
			h.drop()
			return
		case <-h.leases.closed:
			h.drop()
			return
		case <-renew.C:
		}
		asked := time.Now()
		if !asked.Before(until) {
			h.leases.logger.Warn().Str("topic", h.topic).Msg("the lease of the topic is lost: it was not renewed in time")
			return
		}
		attempt := asked.Add(duration / 4) // so that there is time for another
		if attempt.After(until) {
			attempt = until
		}
		ctx, cancel := context.WithDeadline(context.Background(), attempt)
		ours, err := h.run(ctx, renewScript)
		cancel()
		switch {
		case err != nil: // perhaps the next one succeeds
		case !ours:
			h.leases.logger.Warn().Str("topic", h.topic).Msg("the lease of the topic is lost: another holds it, or it expired")
			return
		default:
			until = asked.Add(duration)
			end.Reset(time.Until(until))
		}
	}
}

var (
	takeScript = goredis.NewScript(`if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`)
	renewScript = goredis.NewScript(`if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`)
	dropScript = goredis.NewScript(`if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`)
)

// run runs a script on the key, and says whether the topic is held by this.
func (h *held) run(ctx context.Context, s *goredis.Script) (ours bool, err error) {
	n, err := s.Run(ctx, h.leases.client, []string{h.key}, h.value, h.leases.config.Duration.Milliseconds()).Int()
	return n == 1, err
}

// drop lets another have the topic at once; if that fails, when the lease expires.
func (h *held) drop() {
	ctx, cancel := context.WithTimeout(context.Background(), h.leases.config.Duration/2)
	defer cancel()
	if err := dropScript.Run(ctx, h.leases.client, []string{h.key}, h.value).Err(); err != nil {
		h.leases.logger.Warn().Err(err).Str("topic", h.topic).Msg("the lease of the topic was not given back; it expires")
	}
}
