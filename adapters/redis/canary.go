package redis

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
)

// Canary says whether what is sent through Redis arrives: it sends a message through a
// channel, and one through a stream, again and again, and waits for them as others
// wait for theirs, over connections that stay open. A PING tells less: a subscription
// that a fail-over has left behind is silent, and the server answers.
//
// In a Cluster it is the node of its own key that answers for all.
type Canary struct {
	// Static.
	client *Client
	every  time.Duration
	limit  time.Duration
	paths  []*path
}

// path is one way through Redis.
type path struct {
	// Static.
	name string
	open func(ctx context.Context) (ear, error)
	send func(ctx context.Context, token string) error
	part *Part

	mu   sync.Mutex // guards all below
	err  error      // of the newest message, nil when it came back
	when time.Time  // when that was known
}

// ear is where messages come back.
type ear interface {
	// hear waits for the next.
	hear(ctx context.Context, most time.Duration) (token string, err error)
	// close also ends a call that waits.
	close()
}

var (
	// errStarting is until the first message has come back.
	errStarting = errors.New("no message has come back yet")
	// errSilent is of a message that was taken and did not come back in time.
	errSilent = errors.New("a message did not come back within")
)

// NewCanary gives one that sends every so often, and believes in what comes back within
// a limit. The client stays the caller's.
func NewCanary(client *Client, every, limit time.Duration, logger zerolog.Logger) *Canary {
	id := rand.Text()[:10]
	channel, stream := client.Channel("canary:"+id), client.Key("canary", id)
	c := &Canary{client: client, every: every, limit: limit}
	c.paths = []*path{
		{
			name: "pub/sub", err: errStarting,
			open: func(ctx context.Context) (ear, error) { return listen(ctx, client, channel, limit) },
			send: func(ctx context.Context, token string) error { return client.Publish(ctx, channel, token).Err() },
		},
		{
			name: "streams", err: errStarting,
			open: func(context.Context) (ear, error) { return &reader{client: client.Blocking(1), stream: stream}, nil },
			send: func(ctx context.Context, token string) error {
				_, err := client.Pipelined(ctx, func(p goredis.Pipeliner) error {
					p.XAdd(ctx, &goredis.XAddArgs{Stream: stream, MaxLen: 16, Values: []any{"token", token}})
					p.PExpire(ctx, stream, 2*every+time.Minute)
					return nil
				})
				return err
			},
		},
	}
	for _, p := range c.paths {
		p.part = client.Part("the canary of "+p.name, logger)
	}
	return c
}

// Run sends until ctx ends, and then returns nil. What fails is begun anew: the canary
// recovers with Redis.
func (c *Canary) Run(ctx context.Context) error {
	var running sync.WaitGroup
	for _, p := range c.paths {
		running.Go(func() {
			for ctx.Err() == nil {
				if err := c.session(ctx, p); ctx.Err() == nil {
					c.note(p, err)
				}
				Wait(ctx, Spread(min(c.every, c.limit)))
			}
		})
	}
	running.Wait()
	return nil
}

// session listens and sends until a message does not come back.
func (c *Canary) session(ctx context.Context, p *path) error {
	opening, cancel := context.WithTimeout(ctx, c.limit)
	e, err := p.open(opening)
	cancel()
	if err != nil {
		return err
	}
	defer e.close()
	defer context.AfterFunc(ctx, e.close)()
	for {
		if err := c.beat(ctx, p, e); err != nil {
			return err
		}
		c.note(p, nil)
		if Wait(ctx, Spread(c.every)); ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// beat sends one message and waits for it.
func (c *Canary) beat(ctx context.Context, p *path, e ear) error {
	token, end := rand.Text(), time.Now().Add(c.limit)
	limited, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	if err := p.send(limited, token); err != nil {
		return fmt.Errorf("a message cannot be sent: %w", err)
	}
	for {
		left := time.Until(end).Truncate(time.Millisecond)
		if left <= 0 {
			return fmt.Errorf("%w %v", errSilent, c.limit)
		}
		got, err := e.hear(limited, left)
		switch {
		case isTimeout(err): // also of limited
			return fmt.Errorf("%w %v", errSilent, c.limit)
		case err != nil:
			return fmt.Errorf("a message did not come back: %w", err)
		case got == token:
			return nil
		}
	}
}

func (c *Canary) note(p *path, err error) {
	p.mu.Lock()
	before := p.err
	p.err, p.when = err, time.Now()
	p.mu.Unlock()
	switch {
	case !errors.Is(err, errSilent):
		p.part.Note(err)
	case errors.Is(before, errSilent): // not after one: when Redis is away the next cannot be sent
		p.part.Fails(err, "what is sent through redis does not arrive")
	}
}

// Err is nil when the newest messages have come back, not long ago.
func (c *Canary) Err() error {
	var problems []error
	for _, p := range c.paths {
		p.mu.Lock()
		err, when := p.err, p.when
		p.mu.Unlock()
		if old := c.every + 3*c.limit; err == nil && time.Since(when) > old {
			err = fmt.Errorf("nothing was sent for %v", time.Since(when).Round(time.Second))
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("redis %s: %w", p.name, err))
		}
	}
	return errors.Join(problems...)
}

// subscriber hears a channel.
type subscriber struct{ pubsub *goredis.PubSub }

func listen(ctx context.Context, client *Client, channel string, limit time.Duration) (ear, error) {
	s := &subscriber{client.Subscribe(ctx, channel)}
	if _, err := s.pubsub.ReceiveTimeout(ctx, limit); err != nil { // that it is subscribed
		s.close()
		return nil, fmt.Errorf("cannot subscribe: %w", err)
	}
	return s, nil
}

func (s *subscriber) hear(ctx context.Context, most time.Duration) (string, error) {
	got, err := s.pubsub.ReceiveTimeout(ctx, most)
	if m, ok := got.(*goredis.Message); ok {
		return m.Payload, err
	}
	return "", err
}

func (s *subscriber) close() { _ = s.pubsub.Close() }

// reader hears a stream.
type reader struct {
	client *Client
	stream string
	last   string // the id of the newest entry that was read
}

func (r *reader) hear(ctx context.Context, most time.Duration) (string, error) {
	after := r.last
	if after == "" {
		after = "0-0"
	}
	streams, err := r.client.XRead(ctx, &goredis.XReadArgs{Streams: []string{r.stream, after}, Block: most}).Result()
	if errors.Is(err, goredis.Nil) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	token := ""
	for i := range streams {
		for _, m := range streams[i].Messages {
			r.last = m.ID
			token, _ = m.Values["token"].(string)
		}
	}
	return token, nil
}

func (r *reader) close() { _ = r.client.Close() }
