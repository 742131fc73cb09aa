package redis_test

import (
	"context"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/redistest"
)

func TestMain(m *testing.M) {
	redis.LogTo(zerolog.Nop())
	goleak.VerifyTestMain(m)
}

func open(t *testing.T, config redis.Config) *redis.Client {
	t.Helper()
	c, err := redis.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// wantRoundTrip writes and reads a key of each of several topics.
func wantRoundTrip(t *testing.T, c *redis.Client) {
	t.Helper()
	for _, topic := range []string{"aircraft", "safety", "acars", "alerts"} {
		key := c.Key(topic, "lease")
		if err := c.Set(t.Context(), key, topic, 0).Err(); err != nil {
			t.Fatalf("set %s: %v", key, err)
		}
		if got, err := c.Get(t.Context(), key).Result(); err != nil || got != topic {
			t.Fatalf("get %s = %q, %v", key, got, err)
		}
		node, err := c.Node(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := node.Get(t.Context(), key).Result(); err != nil || got != topic {
			t.Errorf("get %s of its node = %q, %v", key, got, err)
		}
	}
}

func TestEveryKindOfServer(t *testing.T) {
	for name, start := range map[string]func(t *testing.T) redis.Config{
		"single": func(t *testing.T) redis.Config { return redistest.Single(t).Config() },
		"acl": func(t *testing.T) redis.Config {
			_, config := redistest.WithACL(t)
			return config
		},
		"tls": func(t *testing.T) redis.Config {
			_, config := redistest.WithTLS(t)
			return config
		},
		"sentinel": func(t *testing.T) redis.Config { return redistest.WithSentinel(t).Config() },
		"cluster":  func(t *testing.T) redis.Config { return redistest.Cluster(t, 3).Config() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantRoundTrip(t, open(t, start(t)))
		})
	}
}

func TestWhoIsNotKnownIsRefused(t *testing.T) {
	_, config := redistest.WithACL(t)
	config.Password = "wrong"
	if err := open(t, config).Ping(t.Context()).Err(); err == nil {
		t.Error("a wrong password is taken")
	}
	server, config := redistest.WithTLS(t)
	config.TLS.Cert, config.TLS.Key = "", ""
	if err := open(t, config).Ping(t.Context()).Err(); err == nil {
		t.Error("a client without a certificate is taken")
	}
	if err := open(t, server.Config()).Ping(t.Context()).Err(); err == nil {
		t.Error("a client without TLS is taken")
	}
}

func TestRestartKeepsOrLoses(t *testing.T) {
	server := redistest.Single(t)
	c := open(t, server.Config())
	if err := c.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	server.Restart(true)
	if got, err := c.Get(t.Context(), "k").Result(); err != nil || got != "v" {
		t.Errorf("after a restart: %q, %v", got, err)
	}
	server.Restart(false)
	if n, err := c.Exists(t.Context(), "k").Result(); err != nil || n != 0 {
		t.Errorf("after a restart without data: %d, %v", n, err)
	}
}

func TestFrozenServerIsGivenUp(t *testing.T) {
	server := redistest.Single(t)
	config := server.Config()
	config.ReadTimeout = 100 * time.Millisecond
	c := open(t, config)
	if err := c.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	server.Freeze()
	start := time.Now()
	if err := c.Ping(t.Context()).Err(); err == nil {
		t.Error("a frozen server answers")
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("it was given up after %v", took)
	}
	server.Thaw()
	if err := c.Ping(t.Context()).Err(); err != nil {
		t.Errorf("after it goes on: %v", err)
	}
}

func TestCloseEndsWhatWaits(t *testing.T) {
	c := open(t, redistest.Single(t).Config())
	waiting := c.Blocking(1)
	errs := make(chan error, 1)
	go func() { errs <- waiting.BLPop(context.Background(), 30*time.Second, "k").Err() }()
	for blocked := ""; blocked != "1"; {
		info, err := c.InfoMap(t.Context(), "clients").Result()
		if err != nil {
			t.Fatal(err)
		}
		blocked = info["Clients"]["blocked_clients"]
	}
	if err := waiting.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-errs; err == nil {
		t.Error("it ended without an error")
	}
	if err := c.Ping(t.Context()).Err(); err != nil {
		t.Errorf("the other client: %v", err)
	}
}

func TestFailOverIsFollowed(t *testing.T) {
	guarded := redistest.WithSentinel(t)
	c := open(t, guarded.Config())
	if err := c.Set(t.Context(), "k", "before", 0).Err(); err != nil {
		t.Fatal(err)
	}
	guarded.Replica.Wait("it has the key", func(r *redistest.Direct) error { return r.Get(t.Context(), "k").Err() })
	guarded.Detach()
	if err := c.Set(t.Context(), "k", "lost", 0).Err(); err != nil {
		t.Fatal(err)
	}
	guarded.FailOver()
	guarded.Replica.Wait("the client finds it", func(*redistest.Direct) error { return c.Set(t.Context(), "other", 1, 0).Err() })
	if got, err := c.Get(t.Context(), "k").Result(); err != nil || got != "before" {
		t.Errorf("after the fail-over: %q, %v", got, err)
	}
}
