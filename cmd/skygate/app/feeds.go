package app

import (
	"context"
	"errors"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/topic"
)

// states are the topics of state that sources fill: a line for each. aircraft is the
// policy of that one, as the operator has set it.
func states(aircraft topic.Policy) []topic.Policy {
	return []topic.Policy{aircraft, root.Airspace(), root.NOTAMs()}
}

// feeds write them, by the topics' names.
type feeds map[string]*feed.Feed

func (a *App) openFeeds(policies []topic.Policy) feeds {
	all := feeds{}
	for _, p := range policies {
		all[p.Name] = feed.New(p, a.log, a.logger)
	}
	return all
}

// Lead has each write its topic only while no other process does.
func (f feeds) Lead(leases feedlog.Leases) {
	for _, one := range f {
		one.Lead(leases)
	}
}

// Led are the topics that this process writes.
func (f feeds) Led() []string {
	led := []string{}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if f[name].IsFed() && f[name].Leads() {
			led = append(led, name)
		}
	}
	return led
}

// Begin begins all topics.
func (f feeds) Begin(ctx context.Context) error {
	var errs []error
	for _, one := range f {
		errs = append(errs, one.Begin(ctx))
	}
	return errors.Join(errs...)
}

// Run writes until ctx ends. What has no source here is another process's to write.
func (f feeds) Run(ctx context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	for _, one := range f {
		if one.IsFed() {
			work.Go(func() error { return one.Run(ctx) })
		}
	}
	return work.Wait()
}

// Refused counts the updates that were refused because a topic was full.
func (f feeds) Refused() (n uint64) {
	for _, one := range f {
		n += one.Refused()
	}
	return n
}
