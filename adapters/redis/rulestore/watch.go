package rulestore

import (
	"context"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// Watch implements [rules.SharedStore]. It looks when a message comes, when it is
// connected again, and every few seconds.
func (s *Store) Watch(ctx context.Context, changed func()) {
	pubsub := s.client.Subscribe(ctx, s.channel)
	messages := pubsub.ChannelWithSubscriptions(goredis.WithChannelSize(16))
	defer func() {
		_ = pubsub.Close()
		for range messages { // until the goroutine that fills it has ended
		}
	}()
	tick := time.NewTicker(s.every)
	defer tick.Stop()
	failing := false
	for {
		news, err := s.news(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil && !failing {
			s.logger.Warn().Err(err).Msg("the alert rules of the cluster cannot be read; those that are known stay in force")
		}
		if failing = err != nil; news {
			changed()
		}
		select {
		case <-ctx.Done():
			return
		case <-messages:
		case <-tick.C:
		}
	}
}

// news says whether there is what was not loaded.
func (s *Store) news(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, callFor)
	defer cancel()
	got, err := s.client.HMGet(ctx, s.key, "version", "mark").Result()
	if err != nil {
		return false, err
	}
	at, err := readVersion(got[0], got[1])
	known, _ := s.known()
	return err != nil || at != known, nil
}
