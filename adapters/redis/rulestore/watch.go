package rulestore

import (
	"context"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/skygate-io/skygate/adapters/redis"
)

// Watch implements [rules.SharedStore]. It looks when a message comes, when it is
// connected again, and every few seconds.
func (s *Store) Watch(ctx context.Context, changed func()) {
	heard := make(chan struct{}, 1)
	var hearing sync.WaitGroup
	hearing.Go(func() { s.hear(ctx, heard) })
	defer hearing.Wait()
	for {
		news := s.news(ctx)
		if ctx.Err() != nil {
			return
		}
		if news {
			changed()
		}
		tick := time.NewTimer(redis.Spread(s.every))
		select {
		case <-ctx.Done():
		case <-heard:
		case <-tick.C:
		}
		tick.Stop()
	}
}

// hear says when there may be news, until ctx ends.
func (s *Store) hear(ctx context.Context, heard chan<- struct{}) {
	for pauses := redis.Pauses(); ctx.Err() == nil; redis.Wait(ctx, pauses.NextBackOff()) {
		pubsub := s.client.Subscribe(ctx, s.channel)
		stop := context.AfterFunc(ctx, func() { _ = pubsub.Close() })
		err := redis.Hear(ctx, pubsub, func(got any) error {
			switch got.(type) {
			case *goredis.Subscription:
				pauses.Reset()
			case *goredis.Pong:
				return nil
			}
			select {
			case heard <- struct{}{}:
			default:
			}
			return nil
		})
		stop()
		_ = pubsub.Close()
		s.logger.Debug().Err(err).Msg("changes of the alert rules are not heard at once, but when it looks")
	}
}

// news says whether there is what was not loaded.
func (s *Store) news(ctx context.Context) bool {
	call, cancel := context.WithTimeout(ctx, callFor)
	defer cancel()
	got, err := s.client.HMGet(call, s.key, "version", "mark").Result()
	if ctx.Err() != nil {
		return false
	}
	if s.part.Note(err); err != nil {
		return false
	}
	at, err := readVersion(got[0], got[1])
	known, _ := s.known()
	return err != nil || at != known // what is wrong says who loads it
}
