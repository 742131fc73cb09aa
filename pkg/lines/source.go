package lines

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/record"
)

// The reasons of this package by which is counted what goes wrong. Those of
// single lines are, for the rest, the business of who decodes them.
const (
	Unreachable  = "unreachable"  // no connection
	Disconnected = "disconnected" // it ended
	Timeout      = "timeout"      // nothing came for too long
	TooLarge     = "too_large"    // a line beyond the bound
	Truncated    = "truncated"    // a line that the connection's end cut
)

// maxRetry is the longest pause between two attempts to connect: short, for
// a decoder that was away for a moment is missed until then. dialTimeout is how long one
// may take.
const (
	maxRetry    = 5 * time.Second
	dialTimeout = 10 * time.Second
)

// Decode turns a line, which is not blank, into an update; received is when it
// came, in unix milliseconds. With a reason the line is refused, and counted by
// it; an update without a key stands for a line that says nothing of interest. It
// is called by one goroutine. The update may point into the line.
type Decode func(line string, received int64) (u record.Update, reason string)

// Source reads the lines of one decoder. Use [New]. Run may be called once at a
// time; Status at any time.
type Source struct {
	// Static.
	address string
	timeout time.Duration
	decode  Decode
	health  *feed.Health
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
}

var _ feed.Source = (*Source)(nil)

// New gives a source that has not begun; port is the one of addresses without
// one. The error is that of [Config.ValidateFor].
func New(cfg Config, port int, decode Decode, log zerolog.Logger) (*Source, error) {
	if err := cfg.ValidateFor(port); err != nil {
		return nil, err
	}
	address, err := cfg.endpoint(port)
	if err != nil {
		return nil, err
	}
	log = log.With().Str("source", cfg.Name).Str("address", address).Logger()
	return &Source{
		address: address, timeout: cfg.Timeout, decode: decode,
		health: feed.NewHealth(log, cfg.Receiver), dial: (&net.Dialer{Timeout: dialTimeout}).DialContext,
	}, nil
}

// Status implements [feed.Source]. A decoder that sends signs of life and nothing
// else is [feed.Delivering], one that sends nothing is [feed.Stale]; Newest says
// since when nothing was heard. Bad counts refused lines and lost connections.
func (s *Source) Status() feed.Status { return s.health.Status() }

// Run implements [feed.Source]. It returns nil, when ctx ends: whatever the other
// side does wrong may mend.
func (s *Source) Run(ctx context.Context, sink feed.Sink) error {
	retry := &backoff.ExponentialBackOff{
		InitialInterval: time.Second, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: maxRetry,
	}
	for before := ""; ; {
		delivered, err := s.connect(ctx, sink, before)
		if ctx.Err() != nil {
			return nil
		}
		reason := reasonOf(err)
		before = err.Error()
		s.lost(reason, before)
		if delivered || reason == Timeout { // else it may end every connection at once
			retry.Reset()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(min(retry.NextBackOff(), maxRetry)):
		}
	}
}

// connect delivers what one connection brings, and says whether that was
// anything. It returns when the connection ends, or ctx. before says how the last
// one ended, "" if there was none.
func (s *Source) connect(ctx context.Context, sink feed.Sink, before string) (delivered bool, err error) {
	conn, err := s.dial(ctx, "tcp", s.address)
	if err != nil {
		return false, &failure{Unreachable, err.Error()}
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if before != "" {
		s.health.Become(s.Status().State, "connected again, but nothing came yet; before: "+before)
	}
	session := newSession(s, conn, sink)
	err = session.run()
	return session.delivered, err
}

// lost takes note of a connection that ended, or could not be had. One that was
// silent is no failure: not every decoder sends a sign of life when it hears
// nothing, and one that hears nothing may be well.
func (s *Source) lost(reason, text string) {
	state := feed.Failing
	if reason == Timeout {
		state = feed.Stale
	}
	s.health.Use(0, 0, map[string]uint64{reason: 1})
	s.health.Become(state, text)
}

// failure is why there is no connection any more.
type failure struct{ reason, text string }

func (f *failure) Error() string { return f.text }

func reasonOf(err error) string {
	var f *failure
	if errors.As(err, &f) {
		return f.reason
	}
	return Disconnected
}

// ended says what it means for people that a connection ended with an error.
func (s *Source) ended(err error) error {
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return &failure{Timeout, fmt.Sprintf("no line came for %v", s.timeout)}
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return &failure{Disconnected, "the other side closed the connection"}
	}
	return &failure{Disconnected, "the connection broke: " + err.Error()}
}
