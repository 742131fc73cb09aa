package readsb

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/aircraft"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/fetch"
	"github.com/skygate-io/skygate/pkg/geo"
)

// maxRetry is the longest pause between two attempts to reach a receiver:
// short, for one that was away for a moment is missed until then. It is that of package
// lines.
const maxRetry = 5 * time.Second

// folderHint is for those who gave a folder without the "/".
const folderHint = ": with a / at its end the address means the aircraft.json in it"

// Source polls one receiver. Use [New]. Run may be called once at a time;
// Status at any time.
type Source struct {
	// Static.
	cfg     Config
	address *url.URL
	health  health

	// Owned by Run.
	client   *fetch.Client
	body     bytes.Buffer     // of the newest answer
	known    fetch.Validators // of the last whole file
	edition  edition          // of the last whole file
	newest   time.Time        // when that file was written, by this machine's clock
	clock    aircraft.Clock
	receiver *geo.Point
	located  bool // receiver.json was asked for since the last failure
}

var _ feed.Source = (*Source)(nil)

// New gives a source that has not begun. The error is that of [Config.Validate].
func New(cfg Config, log zerolog.Logger) (*Source, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	address, err := endpoint(cfg.URL)
	if err != nil {
		return nil, err
	}
	log = log.With().Str("source", cfg.Name).Str("host", address.Host).Str("path", address.Path).Logger()
	return &Source{
		cfg: cfg, address: address, health: newHealth(log, cfg.Receiver),
		client: fetch.New(fetch.Config{Scheme: address.Scheme, Timeout: cfg.Timeout, Folder: folderHint}), receiver: cfg.Receiver,
	}, nil
}

// Status implements [feed.Source]. Bad counts refused records and failed polls.
func (s *Source) Status() feed.Status { return s.health.Status() }

// Run implements [feed.Source]. It returns nil, when ctx ends: whatever a
// receiver does wrong may mend.
func (s *Source) Run(ctx context.Context, sink feed.Sink) error {
	defer s.client.Close()
	retry := &backoff.ExponentialBackOff{
		InitialInterval: time.Second, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: maxRetry,
	}
	for {
		begun := time.Now()
		err := s.poll(ctx, sink)
		if ctx.Err() != nil {
			return nil
		}
		pause := s.cfg.Interval - time.Since(begun)
		if err != nil || time.Since(s.newest) > staleAfter {
			s.known = fetch.Validators{} // in doubt, ask for the whole file
		}
		if err != nil {
			s.located = false
			s.health.failed(err)
			pause = min(retry.NextBackOff(), maxRetry)
		} else {
			retry.Reset()
			s.health.answered(s.newest, time.Now())
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// poll asks for the file once and delivers what is new in it. After an error
// that is not the connection's, what could be read was delivered.
func (s *Source) poll(ctx context.Context, sink feed.Sink) error {
	a, err := s.client.Get(ctx, fetch.Question{Address: s.address, Known: s.known, Limit: maxBody, Into: &s.body})
	if a.Unchanged || err != nil && len(a.Body) == 0 {
		return err
	}
	frame, broken := Parse(a.Body)
	if err == nil {
		err = broken
	}
	edition := editionOf(frame, a.Body)
	if edition == s.edition {
		return err // a receiver that is stuck, or was asked twice
	}
	if len(frame.records) > 0 {
		s.locate(ctx)
	}
	written := s.clock.Moment(a.Received.UnixMilli(), frame.Now, unixMilliOf(a.Date))
	s.deliver(frame, written, err == nil, sink)
	if err == nil {
		s.known, s.edition, s.newest = a.Validators, edition, time.UnixMilli(written)
	}
	return err
}

// deliver tells what a file has: that it is empty too, if it is whole.
func (s *Source) deliver(frame *Frame, written int64, whole bool, sink feed.Sink) {
	updates := frame.Updates(written, s.receiver)
	var newest int64
	for i := range updates {
		newest = max(newest, updates[i].Observed)
	}
	s.health.Use(len(updates), newest, frame.Bad)
	if frame.Messages > 0 {
		s.health.Count(frame.Messages)
	}
	if whole || len(updates) > 0 {
		sink.Put(updates)
	}
}

// locate asks where the receiver is, once per connection, when nobody said so.
// Many receivers do not tell, for privacy: then distances are not known.
func (s *Source) locate(ctx context.Context) {
	if s.located || s.cfg.Receiver != nil {
		return
	}
	s.located = true
	a, err := s.client.Get(ctx, fetch.Question{Address: s.address.ResolveReference(&url.URL{Path: "receiver.json"}), Limit: 1 << 20})
	if err != nil {
		return
	}
	var told struct{ Lat, Lon *float64 }
	if json.Unmarshal(a.Body, &told) != nil || told.Lat == nil || told.Lon == nil {
		return
	}
	if p := (geo.Point{Lat: *told.Lat, Lon: *told.Lon}); p.Valid() && p != (geo.Point{}) {
		s.receiver = &p
		s.health.Locate(&p)
	}
}

func unixMilliOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
