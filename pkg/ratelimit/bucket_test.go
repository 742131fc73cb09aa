package ratelimit_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/ratelimit"
)

func TestBucket(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	b := ratelimit.NewBucket(2, 3)
	for i, step := range []struct {
		after time.Duration
		want  time.Duration // to wait
	}{
		{0, 0}, {0, 0}, {0, 0}, // what is there at once
		{0, 500 * time.Millisecond},
		{100 * time.Millisecond, 400 * time.Millisecond}, // asking in vain costs nothing
		{400 * time.Millisecond, 0},
		{0, 500 * time.Millisecond},
		{time.Hour, 0}, {0, 0}, {0, 0}, // no more than what fits
		{0, 500 * time.Millisecond},
	} {
		now = now.Add(step.after)
		if wait := b.Wait(now); wait != step.want {
			t.Errorf("step %d: it says to wait %v, want %v", i, wait, step.want)
		}
		if wait := b.Take(now); wait != step.want {
			t.Errorf("step %d: wait %v, want %v", i, wait, step.want)
		}
	}
}

func TestBucketOwes(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	b := ratelimit.NewBucket(2, 3)
	b.Spend(now, 2)
	b.Spend(now, 3)
	if wait := b.Wait(now); wait != 1500*time.Millisecond {
		t.Errorf("two are owed, and one is asked for: wait %v", wait)
	}
	b.Spend(now, 1000) // no more than fits
	if wait := b.Wait(now); wait != 3*time.Second {
		t.Errorf("five are owed, and one is asked for: wait %v", wait)
	}
}

func TestNoBucketBoundsNothing(t *testing.T) {
	b := ratelimit.NewBucket(0, 5)
	b.Spend(time.Now(), 100)
	for range 100 {
		if b.Take(time.Now())+b.Wait(time.Now()) != 0 {
			t.Fatal("it makes wait")
		}
	}
}

// The same as counting what was let through in every span of time.
func TestBucketEqualsCounting(t *testing.T) {
	const hz, burst = 5, 7
	now := time.Unix(1_700_000_000, 0)
	b := ratelimit.NewBucket(hz, burst)
	random := rand.New(rand.NewPCG(1, 2))
	var taken []time.Time
	for range 5000 {
		now = now.Add(time.Duration(random.IntN(200)) * time.Millisecond)
		if b.Take(now) == 0 {
			taken = append(taken, now)
		}
	}
	for i := range taken {
		for j := i; j < len(taken) && j < i+100; j++ {
			most := burst + taken[j].Sub(taken[i]).Seconds()*hz
			if n := float64(j - i + 1); n > most+1e-6 {
				t.Fatalf("%v in %v, at most %v", n, taken[j].Sub(taken[i]), most)
			}
		}
	}
	if least := int(now.Sub(taken[0]).Seconds()*hz) - burst; len(taken) < least {
		t.Errorf("%d were let through, at least %d", len(taken), least)
	}
}
