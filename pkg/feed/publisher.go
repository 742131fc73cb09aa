package feed

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
)

// What may wait while the log is away.
const (
	mostWaiting  = 10_000
	bytesWaiting = 16 << 20
)

// lastEvents is how long the events that wait may take when Run has to end.
const lastEvents = time.Second

// ErrFull is returned for an event that was refused: the log has been away for
// so long that no more can wait for it.
var ErrFull = errors.New("feed: too many events wait for the log")

// Publisher is the writer side of a topic of events. Any number of goroutines
// publish: an event waits for the one that owns the writing, in [Publisher.Run],
// and each reaches the log after those that came before it. When the log fails
// Run tries again, with back-off, until it takes the event; the log sees to it that
// one whose answer was lost is told once.
//
// It is safe for concurrent use. Several publishers of a topic may be at work at
// a time, in one process or many.
type Publisher struct {
	// Static.
	topic  string
	log    feedlog.Log
	logger zerolog.Logger
	wake   chan struct{} // holds one token when there may be something to write

	mu      sync.Mutex // guards all below
	waiting []*record.Change
	bytes   int // that they take
	refused uint64
	told    recent
}

// Remember says how long a publisher remembers the keys of [Publisher.PublishOnce],
// and how many of them. The zero value remembers none.
type Remember struct {
	For  time.Duration
	Most int
}

// NewPublisher gives a publisher of a topic of events.
func NewPublisher(topicName string, log feedlog.Log, remember Remember, logger zerolog.Logger) *Publisher {
	return &Publisher{
		topic:  topicName,
		log:    log,
		logger: logger.With().Str("topic", topicName).Logger(),
		wake:   make(chan struct{}, 1),
		told:   recent{bounds: remember, until: map[string]time.Time{}},
	}
}

// Begin makes sure that the topic has begun, so that readers find it before its
// first event.
func (p *Publisher) Begin(ctx context.Context) error {
	if _, err := p.log.Publish(ctx, p.topic, nil); err != nil {
		return fmt.Errorf("open topic %s: %w", p.topic, err)
	}
	return nil
}

// Publish hands over an event, which is immutable from now on; observed is when
// it was heard, in unix milliseconds, 0 when that is not known. It does not wait
// for the log. The error is [ErrFull], or that of a ctx that has ended.
func (p *Publisher) Publish(ctx context.Context, e record.Event, observed int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.addLocked(&record.Change{Event: &e, Observed: observed})
}

// PublishOnce is Publish for what may be reported several times: it does nothing,
// and says so, when an event was published under this key not long ago (see
// [Remember]). One that another process has published is not told twice, either.
func (p *Publisher) PublishOnce(ctx context.Context, key string, e record.Event, observed int64) (first bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.told.has(key, now) {
		return false, nil
	}
	c := &record.Change{Event: &e, Observed: observed}
	if p.told.bounds.For > 0 {
		c.Once = record.Once{Key: key, For: p.told.bounds.For}
	}
	if err := p.addLocked(c); err != nil {
		return false, err // so that who tries again is heard
	}
	p.told.add(key, now)
	return true, nil
}

func (p *Publisher) addLocked(c *record.Change) error {
	size := c.Size()
	if len(p.waiting) >= mostWaiting || len(p.waiting) > 0 && p.bytes+size > bytesWaiting {
		p.refused++
		return ErrFull
	}
	p.waiting = append(p.waiting, c)
	p.bytes += size
	select {
	case p.wake <- struct{}{}:
	default:
	}
	return nil
}

// Refused counts the events that were refused because too many waited.
func (p *Publisher) Refused() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refused
}

// Waiting is how many events wait for the log.
func (p *Publisher) Waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.waiting)
}

// Run writes until ctx ends, and then what still waits, if the log takes it
// without delay. It returns nil.
func (p *Publisher) Run(ctx context.Context) error {
	retry := backoff.NewExponentialBackOff()
	retry.MaxInterval = 10 * time.Second
	failing := trouble{logger: p.logger}
	for {
		err := p.write(ctx)
		switch {
		case errors.Is(err, feedlog.ErrClosed):
			return nil
		case ctx.Err() != nil:
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastEvents)
			defer cancel()
			if err := p.write(last); err != nil && !errors.Is(err, feedlog.ErrClosed) {
				p.logger.Error().Err(err).Int("events", p.Waiting()).Msg("the log does not take the last events; they are lost")
			}
			return nil
		}
		if failing.note(err); err != nil {
			select { // No event matters before the log is back.
			case <-ctx.Done():
			case <-time.After(retry.NextBackOff()):
			}
			continue
		}
		retry.Reset()
		select {
		case <-ctx.Done():
		case <-p.wake:
		}
	}
}

// write writes what waits. An event stays in its place until the log has it.
func (p *Publisher) write(ctx context.Context) error {
	for {
		p.mu.Lock()
		if len(p.waiting) == 0 {
			p.waiting = nil
			p.mu.Unlock()
			return nil
		}
		c := p.waiting[0]
		p.mu.Unlock()
		if _, err := p.log.Publish(ctx, p.topic, c); err != nil {
			return err
		}
		p.mu.Lock()
		p.waiting[0] = nil
		p.waiting = p.waiting[1:]
		p.bytes -= c.Size()
		p.mu.Unlock()
	}
}
