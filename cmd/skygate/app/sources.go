package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/demo"
	"github.com/skygate-io/skygate/adapters/readsb"
	"github.com/skygate-io/skygate/adapters/replay"
	"github.com/skygate-io/skygate/config"
	"github.com/skygate-io/skygate/pkg/feed"
)

// source is a configured source under its name.
type source struct {
	feed.Source
	kind, name string
}

func (s source) run(ctx context.Context, sink feed.Sink) error {
	if err := s.Run(ctx, sink); err != nil {
		return fmt.Errorf("source %s: %w", s.name, err)
	}
	return nil
}

func openSources(cfg config.Config, logger zerolog.Logger) ([]source, error) {
	isDemo := func(c config.Source) bool { return c.Kind == "demo" }
	if slices.ContainsFunc(cfg.Sources, isDemo) && len(cfg.Sources) > 1 {
		logger.Warn().Msg("a demo source is among the sources: simulated aircraft mix with the others")
	}
	out := make([]source, 0, len(cfg.Sources))
	for _, c := range cfg.Sources {
		opened, err := open(c, cfg, logger)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", c.Name, err)
		}
		out = append(out, source{Source: opened, kind: c.Kind, name: c.Name})
	}
	return out, nil
}

// open makes a source of its configuration: one line for each kind.
func open(c config.Source, all config.Config, logger zerolog.Logger) (feed.Source, error) {
	switch cfg := c.Config.(type) {
	case demo.Config:
		return demo.New(cfg, logger.With().Str("source", c.Name).Logger())
	case readsb.Config:
		if cfg.Receiver == nil {
			cfg.Receiver = all.Receiver
		}
		return readsb.New(cfg, logger)
	case replay.Config:
		return replay.New(cfg, readsb.Decode, logger)
	}
	return nil, fmt.Errorf("kind %q is configured but not built in", c.Kind)
}
