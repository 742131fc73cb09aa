package app

import (
	"context"
	"errors"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/skygate-io/skygate/config"
	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/stats"
)

// figures are what computes them, and where they are told.
type figures struct {
	watch *stats.Watch
	to    stats.Publishers
}

func (a *App) openFigures(cfg config.Config, log feedlog.Log, logger zerolog.Logger) *figures {
	publisher := func(name string) *feed.Publisher {
		return feed.NewPublisher(name, log, feed.Remember{}, logger)
	}
	to := stats.Publishers{
		Stats:  publisher(root.Stats().Name),
		Beside: publisher(root.Notices(root.Aircraft()).Name),
		ACARS:  publisher(root.ACARSFigures().Name),
	}
	return &figures{watch: stats.NewWatch(stats.New(cfg.Stats, world{a}), to, logger), to: to}
}

// Begin begins the topics.
func (f *figures) Begin(ctx context.Context) error {
	return errors.Join(f.to.Stats.Begin(ctx), f.to.Beside.Begin(ctx), f.to.ACARS.Begin(ctx))
}

// Run watches and publishes until ctx ends.
func (f *figures) Run(ctx context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	for _, run := range []func(context.Context) error{f.watch.Run, f.to.Stats.Run, f.to.Beside.Run, f.to.ACARS.Run} {
		work.Go(func() error { return run(ctx) })
	}
	return work.Wait()
}

// world is what the figures are of.
type world struct{ app *App }

var _ stats.World = world{}

// Leads implements [stats.World].
func (w world) Leads() bool { return w.app.aircraft.Leads() }

// Each implements [stats.World].
func (w world) Each(do func(key string, fields record.Fields, observed int64)) {
	w.app.aircraft.Each(do)
}

// Sources implements [stats.World].
func (w world) Sources() (out []stats.Source) {
	for _, s := range w.app.sources {
		out = append(out, stats.Source{Name: s.name, Kind: s.kind, Aircraft: s.aircraft, Status: s.status()})
	}
	return out
}

// Receiver implements [stats.World].
func (w world) Receiver() *geo.Point { return w.app.receiver() }

// Safety implements [stats.World].
func (w world) Safety() []*feedlog.Entry { return w.events(root.Safety().Name) }

// ACARS implements [stats.World].
func (w world) ACARS() []*feedlog.Entry { return w.events(root.ACARS().Name) }

func (w world) events(name string) []*feedlog.Entry {
	all, _ := w.app.hub.Events(name) // the topic is one of the hub's
	return all
}

// Machine implements [stats.World].
func (world) Machine() (load, mem *float64) { return stats.Machine("/proc") }
