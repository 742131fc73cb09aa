package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// Decode turns one aircraft.json into updates. at is the moment (unix
// milliseconds of this machine's clock) that the ages in it relate to. Good
// records are there also when there is an error; bad counts by reason what was
// refused. The updates do not refer to body.
type Decode func(body []byte, at int64, receiver *geo.Point) (updates []record.Update, bad map[string]uint64, err error)

// The reasons of this package by which damaged parts of a recording are counted.
const (
	tooLarge   = "too_large"  // a frame beyond the bound
	truncated  = "truncated"  // a compressed file that ends in the middle
	unreadable = "unreadable" // the file cannot be read on
)

// Source plays one recording. Use [New]. Run may be called once at a time;
// Status at any time.
type Source struct {
	// Static.
	cfg    Config
	decode Decode
	log    zerolog.Logger

	plays bool // owned by Run: that was told

	mu     sync.Mutex // guards latest
	latest feed.Status
}

var _ feed.Source = (*Source)(nil)

// New gives a source that has not begun. The error is that of [Config.Validate].
func New(cfg Config, decode Decode, log zerolog.Logger) (*Source, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Source{
		cfg: cfg, decode: decode, log: log.With().Str("source", cfg.Name).Str("path", cfg.Path).Logger(),
		latest: feed.Status{State: feed.Starting, Bad: map[string]uint64{}},
	}, nil
}

// Status implements [feed.Source]. Bad counts damaged records and frames.
func (s *Source) Status() feed.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := s.latest
	status.Bad = maps.Clone(status.Bad)
	return status
}

// Run implements [feed.Source]. It returns nil at the end of the recording or of
// ctx, and an error when there is no recording.
func (s *Source) Run(ctx context.Context, sink feed.Sink) error {
	s.plays = false
	for {
		err := s.pass(ctx, sink)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			s.become(feed.Failing, err.Error())
			return err
		case !s.cfg.Loop:
			s.become(feed.Ended, "")
			s.log.Info().Uint64("records", s.Status().Records).Msg("the recording is at its end")
			return nil
		}
		if !wait(ctx, scaled(usual, s.cfg.Speed)) {
			return nil
		}
	}
}

// pass plays the recording once.
func (s *Source) pass(ctx context.Context, sink feed.Sink) error {
	in, err := open(s.cfg.Path)
	if err != nil {
		return mend(s.cfg.Path, err)
	}
	defer in.Close()
	start, schedule := time.Now(), schedule{speed: s.cfg.Speed}
	found, played := 0, 0
	for ctx.Err() == nil {
		body, err := in.next()
		if errors.Is(err, errTooLarge) {
			found++
			s.refuse(tooLarge)
			continue
		}
		if err != nil {
			return s.end(err, found, played)
		}
		found++
		recorded := recordedAt(body)
		if recorded != 0 || json.Valid(body) { // else it is damaged, and must not delay the others
			if !wait(ctx, time.Until(start.Add(schedule.due(recorded)))) {
				return nil
			}
		}
		if s.play(body, sink) {
			s.begun()
			played++
		}
	}
	return nil
}

// begun tells, once, that there is something to play, and that it plays.
func (s *Source) begun() {
	if !s.plays {
		s.plays = true
		s.log.Info().Float64("speed", s.cfg.Speed).Bool("loop", s.cfg.Loop).Msg("the recording plays")
	}
}

// end judges a pass that came to its end, by how many frames were found in the
// recording and how many of them were played.
func (s *Source) end(err error, found, played int) error {
	if !errors.Is(err, io.EOF) {
		s.unread(err)
	}
	switch {
	case played > 0:
		return nil
	case found > 0:
		return mend(s.cfg.Path, errNoFrame)
	}
	return mend(s.cfg.Path, errEmpty)
}

// play delivers a frame now and says whether it was one.
func (s *Source) play(body []byte, sink feed.Sink) bool {
	at := time.Now().UnixMilli()
	updates, bad, err := s.decode(body, at, s.cfg.Receiver)
	var newest int64
	for i := range updates {
		u := &updates[i]
		u.Observed = s.heard(u.Observed, at)
		newest = max(newest, u.Observed)
	}
	s.mu.Lock()
	s.latest.Records += uint64(len(updates))
	for reason, n := range bad {
		s.latest.Bad[reason] += n
	}
	if t := time.UnixMilli(newest); newest > 0 && t.After(s.latest.Newest) {
		s.latest.Newest = t
	}
	s.mu.Unlock()
	if err != nil && len(updates) == 0 {
		return false
	}
	s.become(feed.Delivering, "")
	sink.Put(updates)
	return true
}

// heard is when a message counts as heard that is so old at at. Ages are shown
// as they were recorded; but when frames come faster than they were recorded,
// an age that grew by 0.8 s in a second would put the newer message before the
// older, and who goes by the times would drop it. So the time that orders
// messages shrinks as the frames' distance does.
func (s *Source) heard(observed, at int64) int64 {
	if s.cfg.Speed <= 1 {
		return observed
	}
	return at - int64(float64(at-observed)/s.cfg.Speed)
}

// unread takes note of a recording that cannot be read on; what was read of it counts.
func (s *Source) unread(err error) {
	reason := unreadable
	if errors.Is(err, io.ErrUnexpectedEOF) {
		reason = truncated
	}
	s.refuse(reason)
	s.log.Warn().Err(err).Msg("the recording cannot be read to its end")
}

func (s *Source) refuse(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latest.Bad[reason]++
}

func (s *Source) become(state feed.State, err string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latest.State, s.latest.Err = state, err
}

var (
	errEmpty   = errors.New("there is nothing in it")
	errNoFrame = errors.New("what is in it is no aircraft.json")
)

// mend says what to do about a recording that cannot be played.
func mend(path string, err error) error {
	const kinds = "give an aircraft.json, lines of them (.jsonl), or a folder with history_*.json, each plain or compressed with gzip"
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replay: there is no %q: %s: %w", path, kinds, fs.ErrNotExist)
	}
	return fmt.Errorf("replay: cannot play %q: %w: %s", path, err, kinds)
}

// wait lets time pass and says whether ctx is still alive.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
