package app

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"github.com/skygate-io/skygate/adapters/publish"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/topic"
)

// outside are the publishers of events that come over HTTP: one for each topic of
// events.
type outside []*feed.Publisher

// openOutside makes them, and the topics that the endpoint knows.
func (a *App) openOutside(policies []topic.Policy) (topics []publish.Topic) {
	for _, p := range policies {
		if p.Kind != topic.Event || p.Of != "" {
			continue
		}
		publisher := feed.NewPublisher(p.Name, a.log, publish.Remember, a.logger)
		a.outside = append(a.outside, publisher)
		topics = append(topics, publish.Topic{Policy: p, Publisher: publisher})
	}
	return topics
}

// Begin begins all topics.
func (o outside) Begin(ctx context.Context) error {
	var errs []error
	for _, p := range o {
		errs = append(errs, p.Begin(ctx))
	}
	return errors.Join(errs...)
}

// Run writes what is published, until ctx ends.
func (o outside) Run(ctx context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	for _, p := range o {
		work.Go(func() error { return p.Run(ctx) })
	}
	return work.Wait()
}

// refused counts the events that were refused because too many waited for the log.
func (a *App) refused() (n uint64) {
	for _, p := range append([]*feed.Publisher{a.safety, a.acars, a.alerts.Publisher, a.figures.to.Stats, a.figures.to.Beside, a.figures.to.ACARS}, a.outside...) {
		n += p.Refused()
	}
	return n
}
