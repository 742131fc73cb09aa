package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/acars"
	"github.com/skygate-io/skygate/adapters/awc"
	"github.com/skygate-io/skygate/adapters/boundaries"
	"github.com/skygate-io/skygate/adapters/demo"
	"github.com/skygate-io/skygate/adapters/jsonlines"
	"github.com/skygate-io/skygate/adapters/notams"
	"github.com/skygate-io/skygate/adapters/readsb"
	"github.com/skygate-io/skygate/adapters/replay"
	"github.com/skygate-io/skygate/adapters/sbs"
	"github.com/skygate-io/skygate/adapters/tfr"
	"github.com/skygate-io/skygate/adapters/uat"
	"github.com/skygate-io/skygate/config"
	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/feed"
)

// source is a configured source under its name.
type source struct {
	kind, name string
	aircraft   bool // it is a source of aircraft
	status     func() feed.Status
	run        func(ctx context.Context) error
	topicName  string
	ask        func() // has it ask soon; nil when it asks nobody
}

func (s source) start(ctx context.Context) error {
	if err := s.run(ctx); err != nil {
		return fmt.Errorf("source %s: %w", s.name, err)
	}
	return nil
}

func (a *App) openSources() ([]source, error) {
	out := make([]source, 0, len(a.cfg.Sources))
	for _, c := range a.cfg.Sources {
		opened, err := a.open(c)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", c.Name, err)
		}
		opened.kind, opened.name = c.Kind, c.Name
		out = append(out, opened)
	}
	demos := func(s source) bool { return s.kind == "demo" }
	others := func(s source) bool { return s.aircraft && s.kind != "demo" }
	if slices.ContainsFunc(out, demos) && slices.ContainsFunc(out, others) {
		a.logger.Warn().Msg("a demo source is among the sources: simulated aircraft mix with the others")
	}
	return out, nil
}

// refresh has the sources of a topic that ask others ask soon, and counts them.
func (a *App) refresh(topicName string) (n int) {
	for _, s := range a.sources {
		if s.topicName == topicName && s.ask != nil {
			s.ask()
			n++
		}
	}
	return n
}

// open makes a source of its configuration: of records of a topic, or of messages.
func (a *App) open(c config.Source) (source, error) {
	if cfg, ok := c.Config.(acars.Config); ok {
		s, err := acars.New(cfg, a.logger)
		if err != nil {
			return source{}, err
		}
		return source{status: s.Status, run: func(ctx context.Context) error { return s.Run(ctx, a.acars) }}, nil
	}
	s, topicName, err := openPolled(c, a.logger)
	aircraft := topicName == ""
	if aircraft {
		s, err = openAircraft(c, a.cfg, a.logger)
		topicName = root.Aircraft().Name
	}
	if err != nil {
		return source{}, err
	}
	sink := a.feeds[topicName].From(c.Name)
	out := source{aircraft: aircraft, topicName: topicName, status: s.Status, run: func(ctx context.Context) error { return s.Run(ctx, sink) }}
	if asks, ok := s.(interface{ Ask() }); ok {
		out.ask = asks.Ask
	}
	return out, nil
}

// openAircraft makes a source of aircraft: one line for each kind.
func openAircraft(c config.Source, all config.Config, logger zerolog.Logger) (feed.Source, error) {
	switch cfg := c.Config.(type) {
	case demo.Config:
		return demo.New(cfg, logger.With().Str("source", c.Name).Logger())
	case readsb.Config:
		cfg.Receiver = cmp.Or(cfg.Receiver, all.Receiver)
		return readsb.New(cfg, logger)
	case sbs.Config:
		cfg.Receiver = cmp.Or(cfg.Receiver, all.Receiver)
		return sbs.New(cfg, logger)
	case jsonlines.Config:
		cfg.Receiver = cmp.Or(cfg.Receiver, all.Receiver)
		return jsonlines.New(cfg, logger)
	case uat.Config:
		cfg.Receiver = cmp.Or(cfg.Receiver, all.Receiver)
		return uat.New(cfg, logger)
	case replay.Config:
		cfg.Receiver = cmp.Or(cfg.Receiver, all.Receiver)
		return replay.New(cfg, readsb.Decode, logger)
	}
	return nil, fmt.Errorf("kind %q is configured but not built in", c.Kind)
}

// slowest is the longest interval at which a source of aircraft reports, of those that
// have one.
func slowest(sources []config.Source) (interval time.Duration) {
	for _, c := range sources {
		switch cfg := c.Config.(type) {
		case demo.Config:
			interval = max(interval, cfg.Interval)
		case readsb.Config:
			interval = max(interval, cfg.Interval)
		}
	}
	return interval
}

// openPolled makes a source that asks for what others list, and names the topic that it
// is for, "" for other kinds: one line for each kind.
func openPolled(c config.Source, logger zerolog.Logger) (s feed.Source, topicName string, err error) {
	switch cfg := c.Config.(type) {
	case awc.Config:
		s, err = awc.New(cfg, logger)
		return s, root.Airspace().Name, err
	case boundaries.Config:
		s, err = boundaries.New(cfg, logger)
		return s, root.Airspace().Name, err
	case tfr.Config:
		s, err = tfr.New(cfg, logger)
		return s, root.NOTAMs().Name, err
	case notams.Config:
		s, err = notams.New(cfg, logger)
		return s, root.NOTAMs().Name, err
	}
	return nil, "", nil
}
