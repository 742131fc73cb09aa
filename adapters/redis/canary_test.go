package redis_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/redistest"
)

// patience bounds a wait for what must happen.
const patience = 15 * time.Second

// canary runs one that ends with the test.
func canary(t *testing.T, config redis.Config) *redis.Canary {
	t.Helper()
	c := redis.NewCanary(open(t, config), 20*time.Millisecond, 250*time.Millisecond, zerolog.Nop())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
	return c
}

// wantErr waits until the canary says that a path is out of order, "" for that none is.
func wantErr(t *testing.T, c *redis.Canary, part string) {
	t.Helper()
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if err = c.Err(); (err == nil) == (part == "") && (err == nil || strings.Contains(err.Error(), part)) {
			return
		}
	}
	t.Fatalf("the canary says %v, want %q", err, part)
}

func TestCanary(t *testing.T) {
	server := redistest.Single(t)
	c := canary(t, server.Config())
	wantErr(t, c, "")
	server.Freeze()
	wantErr(t, c, "pub/sub")
	wantErr(t, c, "streams")
	server.Thaw()
	wantErr(t, c, "")
	server.Kill()
	wantErr(t, c, "pub/sub")
	wantErr(t, c, "streams")
	server.Start()
	wantErr(t, c, "")
}

// TestCanaryHearsASilentChannel: the server answers, and does not deliver.
func TestCanaryHearsASilentChannel(t *testing.T) {
	server, config := redistest.WithACL(t)
	c := canary(t, config)
	wantErr(t, c, "")
	admin := server.Client()
	if err := admin.Do(t.Context(), "ACL", "SETUSER", redistest.User, "resetchannels").Err(); err != nil {
		t.Fatal(err)
	}
	wantErr(t, c, "pub/sub")
	if err := c.Err(); strings.Contains(err.Error(), "streams") {
		t.Errorf("streams work, and the canary says %v", err)
	}
	if err := open(t, config).Ping(t.Context()).Err(); err != nil {
		t.Errorf("the server does not answer: %v", err)
	}
	if err := admin.Do(t.Context(), "ACL", "SETUSER", redistest.User, "&skygate:*").Err(); err != nil {
		t.Fatal(err)
	}
	wantErr(t, c, "")
}

// TestCanarySaysWhatIsSilent: one message that does not come back is an outage that has
// just begun, or nothing.
func TestCanarySaysWhatIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, s, _ := parts(t)
		c := redis.NewCanary(client, time.Second, time.Second, zerolog.New(&s.Buffer).Level(zerolog.InfoLevel))
		c.Note(redis.ErrSilent)
		s.want()
		c.Note(errGone)
		c.Note(nil)
		time.Sleep(time.Second)
		c.Note(nil)
		s.want("warn: redis is away; trying until it is back part=the canary of pub/sub", "info: redis is back after=0s")
		for range 3 {
			c.Note(redis.ErrSilent)
		}
		s.want("error: what is sent through redis does not arrive part=the canary of pub/sub")
		c.Note(nil)
		s.want("info: redis does again what is asked of it part=the canary of pub/sub after=0s")
	})
}

func TestCanaryFollowsAFailOver(t *testing.T) {
	guarded := redistest.WithSentinel(t)
	c := canary(t, guarded.Config())
	wantErr(t, c, "")
	guarded.Detach()
	guarded.FailOver()
	wantErr(t, c, "")
}

func TestCanaryBeforeItRuns(t *testing.T) {
	c := redis.NewCanary(open(t, redistest.Single(t).Config()), time.Second, time.Second, zerolog.Nop())
	if err := c.Err(); err == nil || !strings.Contains(err.Error(), "no message has come back yet") {
		t.Error(err)
	}
}

func TestCanaryLeavesNothing(t *testing.T) {
	server := redistest.Single(t)
	wantErr(t, canary(t, server.Config()), "")
	keys, err := server.Client().Keys(t.Context(), "*").Result()
	if err != nil || len(keys) != 1 {
		t.Fatalf("keys: %v, %v", keys, err)
	}
	ttl, err := server.Client().TTL(t.Context(), keys[0]).Result()
	if err == nil && ttl <= 0 {
		err = errors.New(fmt.Sprint("it expires in ", ttl))
	}
	if err != nil {
		t.Error(err)
	}
	if n, err := server.Client().XLen(t.Context(), keys[0]).Result(); err != nil || n > 16 {
		t.Errorf("it holds %d entries, %v", n, err)
	}
}
