package poll

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"net/url"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/fetch"
	"github.com/skygate-io/skygate/pkg/record"
)

const (
	// maxItems is how many records are taken of an answer: more than all the NOTAMs of
	// a continent.
	maxItems = 50_000
	// maxBody is how large an answer may be, unpacked: several times the largest that
	// there are.
	maxBody = 8 << 20
	// The pauses after failures.
	firstRetry = 5 * time.Second
	maxRetry   = 10 * time.Minute
	// lookEvery is how often it is looked, at least, whether something has begun: a
	// clock may be set.
	lookEvery = time.Minute
	// leastPause is how long an upstream is left alone at least, whoever wants news.
	leastPause = 30 * time.Second
)

// Item is one record that an answer lists.
type Item struct {
	Key    string
	Fields record.Fields
	// From and Until are when it is in force, in unix milliseconds; 0 is since ever,
	// and for ever.
	From, Until int64
}

// Found is what there is in an answer.
type Found struct {
	Items []Item
	// Keep are the keys of what is listed and cannot be read: it stays as it was.
	Keep []string
	// Partial says that the upstream lists more than it has told: what is missing here
	// may be there all the same, and stays.
	Partial bool
	// Bad counts what was refused, by reason.
	Bad map[string]uint64
}

// Refuse counts one that was refused.
func (f *Found) Refuse(reason string) {
	if f.Bad == nil {
		f.Bad = map[string]uint64{}
	}
	f.Bad[reason]++
}

// Decode takes an answer apart; an empty one lists nothing. more asks for another
// address with the same bounds. now is the present. Its error says why the whole answer
// cannot be used: of what it lists nothing is known then.
type Decode func(ctx context.Context, body []byte, more Get, now time.Time) (Found, error)

// Get asks for an address. Its error is an [*Error].
type Get func(ctx context.Context, address *url.URL) ([]byte, error)

// Source asks one upstream. Use [New]. Run may be called once at a time; Status at any
// time.
type Source struct {
	// Static.
	cfg     Config
	address *url.URL
	decode  Decode
	health  *feed.Health
	wanted  chan struct{} // holds one token when somebody wants news

	// Owned by Run.
	client  *fetch.Client
	newest  fetch.Answer        // the last one that could be used
	listed  map[string]struct{} // the keys that were told
	waiting []Item              // what has not begun
}

var _ feed.Source = (*Source)(nil)

// New gives a source that has not begun. The error is that of [Config.Validate].
func New(cfg Config, decode Decode, log zerolog.Logger) (*Source, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	address, err := ParseURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	log = log.With().Str("source", cfg.Name).Str("host", address.Host).Str("path", address.Path).Logger()
	return &Source{
		cfg: cfg, address: address, decode: decode, health: feed.NewHealth(log, nil),
		wanted: make(chan struct{}, 1),
		client: fetch.New(fetch.Config{Scheme: address.Scheme, Timeout: cfg.Timeout, Header: cfg.Header}),
		listed: map[string]struct{}{},
	}, nil
}

// Status implements [feed.Source]. Newest is when the upstream last gave a good answer,
// Records counts what such answers listed, Bad refused records and failed questions.
func (s *Source) Status() feed.Status { return s.health.Status() }

// Ask has the upstream asked soon, out of turn: not within half a minute of the last
// time, and not while it fails. It is safe for concurrent use, and does not wait.
func (s *Source) Ask() {
	select {
	case s.wanted <- struct{}{}:
	default:
	}
}

// Run implements [feed.Source]. It returns nil, when ctx ends: whatever an upstream does
// wrong may mend.
func (s *Source) Run(ctx context.Context, sink feed.Sink) error {
	defer s.client.Close()
	retry := &backoff.ExponentialBackOff{
		InitialInterval: firstRetry, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: maxRetry,
	}
	var next, soonest time.Time
	for {
		if !time.Now().Before(next) {
			err := s.poll(ctx, sink)
			if ctx.Err() != nil {
				return nil
			}
			next = time.Now().Add(s.pause(err, retry))
			if soonest = next; err == nil {
				soonest = time.Now().Add(leastPause)
			}
		}
		s.begin(sink, time.Now())
		select {
		case <-ctx.Done():
			return nil
		case <-s.wanted:
			if soonest.Before(next) {
				next = soonest
			}
		case <-time.After(min(time.Until(next), s.untilBegin(time.Now()))):
		}
	}
}

// pause takes note of how a poll went, and says how long to wait for the next.
func (s *Source) pause(err error, retry *backoff.ExponentialBackOff) time.Duration {
	if err == nil {
		retry.Reset()
		s.health.Become(feed.Delivering, "")
		return s.cfg.Interval*9/10 + rand.N(s.cfg.Interval/5)
	}
	failure := &Error{Reason: Unreadable, Detail: err.Error()}
	errors.As(err, &failure)
	s.health.Fail(failure.Reason, failure.Detail)
	return max(min(retry.NextBackOff(), max(maxRetry, s.cfg.Interval)), failure.After)
}

// poll asks once, and tells what there is.
func (s *Source) poll(ctx context.Context, sink feed.Sink) error {
	got, err := s.question(ctx, s.address, s.newest.Validators)
	if err != nil {
		return err
	}
	if got.Unchanged {
		got.Body = s.newest.Body
	}
	now := time.Now()
	found, err := s.decode(ctx, got.Body, s.get, now)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		s.newest = fetch.Answer{} // in doubt, ask for all of it
		return err
	}
	if n := len(found.Items); n > maxItems {
		for _, item := range found.Items[maxItems:] {
			found.Keep = append(found.Keep, item.Key)
			found.Refuse(TooMany)
		}
		found.Items = found.Items[:maxItems]
	}
	s.newest = got
	s.tell(sink, found, now)
	return nil
}

// get implements [Get].
func (s *Source) get(ctx context.Context, address *url.URL) ([]byte, error) {
	got, err := s.question(ctx, address, fetch.Validators{})
	return got.Body, err
}

// question asks. Half an answer is none here, and an empty one is half of one.
func (s *Source) question(ctx context.Context, address *url.URL, known fetch.Validators) (fetch.Answer, error) {
	got, err := s.client.Get(ctx, fetch.Question{Address: address, Known: known, Limit: maxBody})
	switch {
	case err != nil:
		return fetch.Answer{}, err
	case !got.Unchanged && !got.NoContent && len(bytes.TrimSpace(got.Body)) == 0:
		return fetch.Answer{}, &Error{Reason: fetch.Truncated, Detail: "the answer is empty"}
	}
	return got, nil
}

// tell tells what is in force, and what is no longer listed.
func (s *Source) tell(sink feed.Sink, found Found, now time.Time) {
	s.health.Use(len(found.Items), now.UnixMilli(), found.Bad)
	listed := make(map[string]struct{}, len(found.Items)+len(found.Keep))
	for _, key := range found.Keep {
		if _, ok := s.listed[key]; ok {
			listed[key] = struct{}{}
		}
	}
	if found.Partial {
		maps.Copy(listed, s.listed)
	}
	var updates []record.Update
	s.waiting = s.waiting[:0]
	for _, item := range found.Items {
		if item.From > now.UnixMilli() {
			s.waiting = append(s.waiting, item)
			delete(listed, item.Key)
			continue
		}
		listed[item.Key] = struct{}{}
		updates = append(updates, update(item, now))
	}
	for key := range s.listed {
		if _, ok := listed[key]; !ok {
			updates = append(updates, record.Update{Record: record.Record{Key: key}, Observed: now.UnixMilli(), Gone: true})
		}
	}
	s.listed = listed
	if len(updates) > 0 {
		sink.Put(updates)
	}
}

// begin tells what has begun since it was listed.
func (s *Source) begin(sink feed.Sink, now time.Time) {
	var begun []record.Update
	later := s.waiting[:0]
	for _, item := range s.waiting {
		if item.From > now.UnixMilli() {
			later = append(later, item)
			continue
		}
		s.listed[item.Key] = struct{}{}
		begun = append(begun, update(item, now))
	}
	clear(s.waiting[len(later):])
	s.waiting = later
	if len(begun) > 0 {
		sink.Put(begun)
	}
}

// untilBegin says when to look whether something has begun.
func (s *Source) untilBegin(now time.Time) time.Duration {
	wait := lookEvery
	for _, item := range s.waiting {
		wait = min(wait, time.UnixMilli(item.From).Sub(now))
	}
	return max(0, wait)
}

func update(item Item, now time.Time) record.Update {
	return record.Update{
		Record: record.Record{Key: item.Key, Fields: item.Fields},
		Whole:  true, Observed: now.UnixMilli(), Until: item.Until,
	}
}
