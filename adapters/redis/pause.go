package redis

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// firstPause and lastPause are about how long it waits between attempts.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = 2 * time.Second
)

// Pauses gives the pauses between attempts, that grow, and each of which is a half longer
// or shorter by chance: processes that lose Redis together do not come back together.
func Pauses() *backoff.ExponentialBackOff {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = firstPause, lastPause
	return pauses
}

// Spread is a time, or by chance up to a fifth less, for what is done again and again: what
// processes began together, or took up again together, they do not go on doing at once.
func Spread(d time.Duration) time.Duration { return d - rand.N(d/5+1) }

// Wait waits, or until ctx ends.
func Wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
