package rooms_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/adapters/redis/rooms"
	"github.com/skygate-io/skygate/pkg/backplane"
	"github.com/skygate-io/skygate/pkg/backplane/backplanetest"
)

func TestMain(m *testing.M) {
	// The client's pool looks each second whether a dead server is back, and sees only
	// then that it was closed.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
}

// TestContract: in every format, on every kind of Redis.
func TestContract(t *testing.T) {
	single := redistest.Single(t).Config()
	sets := map[string]redis.Config{"single": single}
	if !testing.Short() {
		sets["cluster"] = redistest.Cluster(t, 3).Config()
		sets["sentinel"] = redistest.WithSentinel(t).Config()
	}
	for set, redisConfig := range sets {
		for name, change := range map[string]func(*rooms.Config){
			"classic":                 func(*rooms.Config) {},
			"sharded":                 func(c *rooms.Config) { c.Mode = rooms.Sharded },
			"sharded dynamic-private": func(c *rooms.Config) { c.Mode, c.SubscriptionMode = rooms.Sharded, "dynamic-private" },
			"sharded static":          func(c *rooms.Config) { c.Mode, c.SubscriptionMode = rooms.Sharded, "static" },
		} {
			if set != "single" && name != "classic" && (set != "cluster" || name != "sharded") {
				continue // what differs there is in these
			}
			t.Run(set+" "+name, func(t *testing.T) {
				t.Parallel()
				cfg := rooms.DefaultConfig()
				change(&cfg)
				backplanetest.Run(t, func(t *testing.T) func() backplane.Backplane {
					cfg := cfg
					cfg.Prefix = prefix()
					return func() backplane.Backplane { return start(t, cfg, redisConfig) }
				})
			})
		}
	}
}

var prefixes atomic.Int64

// prefix gives a new one: tests share a server.
func prefix() string { return fmt.Sprintf("t%d", prefixes.Add(1)) }

// start gives a backplane that runs until the test ends.
func start(t *testing.T, cfg rooms.Config, redisConfig redis.Config) *rooms.Backplane {
	t.Helper()
	client, err := redis.Open(redisConfig)
	if err != nil {
		t.Fatal(err)
	}
	b, err := rooms.New(cfg, client, zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		_ = client.Close()
	})
	return b
}
