package app

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/skygate-io/skygate/adapters/redis"
	shared "github.com/skygate-io/skygate/adapters/redis/rulestore"
	"github.com/skygate-io/skygate/adapters/rulestore"
	"github.com/skygate-io/skygate/adapters/webhook"
	"github.com/skygate-io/skygate/config"
	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/rules"
)

// alerts are users' rules, what watches by them, and who is told.
type alerts struct {
	*feed.Publisher
	book    *rules.Book
	lookout *feed.Lookout
	sender  *webhook.Sender
	logger  zerolog.Logger
}

// openAlerts has the rules of a cluster in common with its other processes; c is nil
// when there are none.
func openAlerts(cfg config.Config, log feedlog.Log, c *cluster, logger zerolog.Logger) (*alerts, error) {
	a := &alerts{
		logger:    logger,
		Publisher: feed.NewPublisher(root.Alerts().Name, log, feed.Remember{}, logger),
		sender:    webhook.New(cfg.Webhook, logger),
	}
	book := rules.Config{
		Zone:    time.Local,
		Address: cfg.Webhook.Check,
		Triggered: func(t rules.Alert) {
			if a.lookout.Speaks() { // else another process delivers
				a.sender.Deliver(t.Rule.APIURL, t.Event)
			}
		},
	}
	switch {
	case c != nil:
		var first func() (rules.Saved, error)
		if cfg.Rules.Path != "" {
			first = rulestore.New(cfg.Rules.Path).Load
		}
		book.Store = shared.New(c.client, first, logger)
	case cfg.Rules.Path != "":
		book.Store = rulestore.New(cfg.Rules.Path)
	}
	var err error
	if a.book, err = rules.Open(book); err != nil {
		return nil, err
	}
	a.lookout = feed.NewLookout(a.book, a.Publisher, logger)
	return a, nil
}

// unread logs why the rules of the cluster cannot be taken over, once for each reason
// but that Redis is away, which is said for all.
func (a *alerts) unread() func(error) {
	said := ""
	return func(err error) {
		if errors.Is(err, rules.ErrAway) && redis.IsAway(err) {
			return
		}
		if text := err.Error(); text != said {
			said = text
			a.logger.Error().Err(err).Msg("the alert rules of the cluster cannot be taken over; those that are known stay in force")
		}
	}
}

// Run watches, publishes and delivers until ctx ends.
func (a *alerts) Run(ctx context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return a.book.Run(ctx, a.unread()) })
	work.Go(func() error { return a.lookout.Run(ctx) })
	work.Go(func() error { return a.Publisher.Run(ctx) })
	work.Go(func() error { return a.sender.Run(ctx) })
	return work.Wait()
}
