package demo

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
)

// Source runs a simulation in real time. Its methods are safe for concurrent
// use, except that Run runs once at a time.
type Source struct {
	config Config
	log    zerolog.Logger

	mu     sync.Mutex
	status feed.Status // guarded by mu
}

var _ feed.Source = (*Source)(nil)

// New gives a source that has not begun. The error names a setting that is out
// of range.
func New(c Config, log zerolog.Logger) (*Source, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return &Source{config: c, log: log, status: feed.Status{State: feed.Starting, Receiver: &c.Centre}}, nil
}

// Run simulates until ctx ends. Each Run begins a simulation of its own.
func (s *Source) Run(ctx context.Context, sink feed.Sink) error {
	sim, err := NewSim(s.config)
	if err != nil {
		return err
	}
	s.log.Info().Int("aircraft", s.config.Aircraft).Dur("interval", s.config.Interval).
		Float64("lat", s.config.Centre.Lat).Float64("lon", s.config.Centre.Lon).Msg("simulating traffic")
	ticker := time.NewTicker(s.config.Interval)
	defer ticker.Stop()
	for now := time.Now(); ; {
		s.step(sim, sink, now)
		select {
		case <-ctx.Done():
			return nil
		case now = <-ticker.C:
		}
	}
}

func (s *Source) step(sim *Sim, sink feed.Sink, now time.Time) {
	updates := sim.Step(now)
	sink.Put(updates)

	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.State = feed.Delivering
	s.status.Newest = now
	s.status.Records += uint64(len(updates))
	if n := sim.Refused(); n > 0 {
		s.status.Bad = map[string]uint64{"implausible": n}
	}
}

// Status implements [feed.Source].
func (s *Source) Status() feed.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}
