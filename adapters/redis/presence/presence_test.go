package presence_test

import (
	"context"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/presence"
	"github.com/skygate-io/skygate/adapters/redis/redistest"
	counts "github.com/skygate-io/skygate/pkg/presence"
)

func TestMain(m *testing.M) {
	redis.LogTo(zerolog.Nop())
	goleak.VerifyTestMain(m)
}

// patience bounds a wait for what must happen.
const patience = 10 * time.Second

// process gives the presence of a process with so many clients.
func process(t *testing.T, config redis.Config, clients int) *presence.Presence {
	t.Helper()
	client, err := redis.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return presence.New(client, presence.Config{Every: 200 * time.Millisecond}, func() counts.Counts {
		return counts.Counts{Connections: clients, Sessions: map[string]int{"/": clients}, Subscribers: map[string]int{"aircraft": clients}}
	}, zerolog.Nop())
}

// run runs one, and gives what ends it.
func run(t *testing.T, p *presence.Presence) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	ended := false
	end = func() {
		if ended {
			return
		}
		ended = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
	}
	t.Cleanup(end)
	return end
}

func want(t *testing.T, p *presence.Presence, processes, clients int) {
	t.Helper()
	var got counts.Total
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		got = p.Total()
		if got.Processes == processes && got.Connections == clients && got.Sessions["/"] == clients && got.Subscribers["aircraft"] == clients {
			return
		}
	}
	t.Fatalf("it counts %+v, want %d clients of %d processes", got, clients, processes)
}

func TestPresence(t *testing.T) {
	server := redistest.Single(t)
	one, other, third := process(t, server.Config(), 1), process(t, server.Config(), 10), process(t, server.Config(), 100)
	want(t, one, 1, 1) // before it runs
	run(t, one)
	end := run(t, other)
	want(t, one, 2, 11)
	// A process that is killed says nothing more.
	if err := presence.Exchange(third, t.Context()); err != nil {
		t.Fatal(err)
	}
	want(t, third, 3, 111)
	want(t, one, 3, 111)
	want(t, one, 2, 11)
	// One that ends takes itself away.
	end()
	want(t, one, 1, 1)
	if n, err := server.Client().HLen(t.Context(), "{skygate:presence}:processes").Result(); err != nil || n != 1 {
		t.Errorf("%d processes are there, %v", n, err)
	}
}

// TestRedisIsAway: then the others' counts are believed for a while, and no longer.
func TestRedisIsAway(t *testing.T) {
	server := redistest.Single(t)
	one, other := process(t, server.Config(), 1), process(t, server.Config(), 10)
	run(t, one)
	run(t, other)
	want(t, one, 2, 11)
	server.Freeze()
	want(t, one, 1, 1)
	server.Thaw()
	want(t, one, 2, 11)
	server.Restart(false)
	want(t, one, 2, 11)
	want(t, other, 2, 11)
}

func TestNothingIsLeft(t *testing.T) {
	server, config := redistest.WithACL(t)
	one := process(t, config, 1)
	if err := presence.Exchange(one, t.Context()); err != nil {
		t.Fatal(err)
	}
	keys, err := server.Client().Keys(t.Context(), "*").Result()
	if err != nil || len(keys) != 1 {
		t.Fatalf("keys: %v, %v", keys, err)
	}
	if ttl, err := server.Client().PTTL(t.Context(), keys[0]).Result(); err != nil || ttl <= 0 || ttl > 2*time.Second {
		t.Errorf("they expire in %v, %v", ttl, err)
	}
}

// TestStrangeCounts: what cannot be read is left out, and said.
func TestStrangeCounts(t *testing.T) {
	server := redistest.Single(t)
	one, other := process(t, server.Config(), 1), process(t, server.Config(), 10)
	if err := presence.Exchange(other, t.Context()); err != nil {
		t.Fatal(err)
	}
	for field, value := range map[string]string{"no time": "{}", "no counts": "99999999999999 [7]"} {
		if err := server.Client().HSet(t.Context(), "{skygate:presence}:processes", field, value).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := presence.Exchange(one, t.Context()); err == nil {
		t.Error("nothing is said")
	}
	want(t, one, 2, 11)
}

// TestACluster: the script finds its node.
func TestACluster(t *testing.T) {
	sharded := redistest.Cluster(t, 3)
	one, other := process(t, sharded.Config(), 1), process(t, sharded.Config(), 10)
	run(t, one)
	run(t, other)
	want(t, one, 2, 11)
}

func TestConfig(t *testing.T) {
	for want, c := range map[string]presence.Config{
		"": presence.DefaultConfig(),
		"every: 1ms is out of range: from 200ms to 1m":    {Every: time.Millisecond},
		"every: 1h0m0s is out of range: from 200ms to 1m": {Every: time.Hour},
	} {
		if err := c.Validate(); (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("Validate() = %v, want %q", err, want)
		}
	}
}
