package acars

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/record"
)

// Why a message that was decoded is not published.
const (
	Duplicate = "duplicate" // it was heard before, here or by another source
	Refused   = "refused"   // the publisher does not take it
)

// Why something that was sent was not looked at, or cannot come.
const (
	Overflow    = "overflow"             // more datagrams came than could be looked at
	Crowded     = "too_many_connections" // one more decoder than may be connected
	Unreachable = "unreachable"          // an address cannot be used, or a connection broke
)

// Where the same message may come from twice within moments: two decoders, or one
// and the router that passes on what it says. This long, and of so many, a
// publisher should remember what it was given; these are the reference's numbers.
const (
	DuplicateFor  = 30 * time.Second
	DuplicateMost = 10_000
)

// Publisher takes messages. Package feed has one. It is safe for concurrent use.
type Publisher interface {
	// PublishOnce publishes an event, unless one was not long ago under this key:
	// then first is false. The event is immutable from now on; observed is in unix
	// milliseconds.
	PublishOnce(ctx context.Context, key string, e record.Event, observed int64) (first bool, err error)
}

var _ Publisher = (*feed.Publisher)(nil)

// Source hears what comes in at its endpoints. Use [New]. Run may be called once
// at a time; Status at any time.
type Source struct {
	cfg       Config
	endpoints []endpoint
	health    *health
}

// New gives a source that has not begun. The error is that of [Config.Validate].
func New(cfg Config, log zerolog.Logger) (*Source, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	endpoints, err := cfg.parse()
	if err != nil {
		return nil, err
	}
	return &Source{cfg: cfg, endpoints: endpoints, health: newHealth(log.With().Str("source", cfg.Name).Logger(), cfg.Silence, len(endpoints))}, nil
}

// Status says how the source is. It is failing while none of its endpoints can be
// used, degraded while some of them cannot; Err says which, and why.
// Records counts the messages that were published, Bad by reason what was not, and
// what was repaired ([InvalidUTF8]).
func (s *Source) Status() feed.Status { return s.health.status(time.Now()) }

// checkEvery is how often it is looked whether a source has become silent.
const checkEvery = 10 * time.Second

// Run gives messages to a publisher until ctx ends, and then returns nil: an
// endpoint that fails is tried again, with back-off.
func (s *Source) Run(ctx context.Context, to Publisher) error {
	s.health.begin(time.Now())
	var work sync.WaitGroup
	defer work.Wait()
	for _, e := range s.endpoints {
		work.Go(func() { s.keep(ctx, e, to) })
	}
	check := time.NewTicker(checkEvery)
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-check.C:
			s.health.tell(now)
		}
	}
}

// keep has an endpoint at work until ctx ends.
func (s *Source) keep(ctx context.Context, e endpoint, to Publisher) {
	retry := &backoff.ExponentialBackOff{
		InitialInterval: time.Second, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: 30 * time.Second,
	}
	serve := s.connect
	switch {
	case e.network == "udp":
		serve = s.listenUDP
	case e.listen:
		serve = s.listenTCP
	}
	for ctx.Err() == nil {
		worked, err := serve(ctx, e, to)
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, errSilent) { // it is reached, and has nothing to say
			continue
		}
		s.health.fails(e, err, time.Now())
		if worked {
			retry.Reset()
		}
		pause(ctx, retry.NextBackOff())
	}
}

// take publishes the messages in a datagram or a line, and says whether there was
// anything in it that a decoder heard.
func (s *Source) take(ctx context.Context, text string, to Publisher) (heard bool) {
	now := time.Now()
	messages, bad := Decode(text, now)
	heard = len(messages)+int(bad[NoACARS]+bad[Damaged]) > 0
	published := 0
	for i := range messages {
		m := &messages[i]
		first, err := to.PublishOnce(ctx, m.Event.Key, m.Event, m.Observed)
		switch {
		case ctx.Err() != nil:
			return heard
		case err != nil:
			s.health.count(Refused, 1)
		case !first:
			s.health.count(Duplicate, 1)
		default:
			published++
		}
	}
	for reason, n := range bad {
		s.health.count(reason, n)
	}
	if heard {
		s.health.heard(published, now)
	}
	return heard
}
