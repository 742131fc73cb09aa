package redis_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
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
