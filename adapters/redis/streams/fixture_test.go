package streams_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/adapters/redis/streams"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/feedlog/feedlogtest"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

func TestMain(m *testing.M) {
	redis.LogTo(zerolog.Nop())
	goleak.VerifyTestMain(m)
}

// patience bounds a wait for what must happen.
const patience = 15 * time.Second

// connect gives a client that ends with the test.
func connect(t testing.TB, config redis.Config) *redis.Client {
	t.Helper()
	client, err := redis.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// open gives a log, as of a process of its own, that ends with the test.
func open(t testing.TB, config redis.Config, set ...func(*streams.Config)) *streams.Log {
	t.Helper()
	settings := streams.DefaultConfig()
	for _, f := range set {
		f(&settings)
	}
	log := streams.New(connect(t, config), settings, nil, zerolog.Nop())
	t.Cleanup(func() { _ = log.Close() })
	return log
}

func TestContractSingle(t *testing.T) {
	server := redistest.Single(t)
	feedlogtest.Run(t, func(t *testing.T) feedlogtest.Log {
		if err := server.Client().FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		return open(t, server.Config())
	})
}

func TestContractCluster(t *testing.T) {
	cluster := redistest.Cluster(t, 2)
	feedlogtest.Run(t, func(t *testing.T) feedlogtest.Log {
		for _, node := range cluster.Nodes {
			if err := node.Client().FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
		}
		return open(t, cluster.Config())
	})
}

func change(n int) *record.Change {
	return &record.Change{Updated: []record.Record{{Key: "A", Fields: record.Fields{{Name: "n", Raw: fmt.Sprint(n)}}}}, Observed: int64(n)}
}

func event(n int) *record.Change {
	return &record.Change{Event: &record.Event{
		Name:   "safety:event",
		Record: record.Record{Key: "A", Fields: record.Fields{{Name: "n", Raw: fmt.Sprint(n)}}},
	}}
}

func begin(t testing.TB, log feedlog.Log, name string) feedlog.Writer {
	t.Helper()
	w, err := log.Begin(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func push(t testing.TB, w feedlog.Writer, c *record.Change) topic.Position {
	t.Helper()
	at, err := w.Append(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func publish(t testing.TB, log feedlog.Log, c *record.Change) topic.Position {
	t.Helper()
	at, err := log.Publish(t.Context(), "safety", c)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func load(t testing.TB, log feedlog.Log, name string) feedlog.State {
	t.Helper()
	state, err := log.Load(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() error) {
	t.Helper()
	err := errors.New("never looked")
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if err = holds(); err == nil {
			return
		}
	}
	t.Fatalf("waiting until %s: %v", what, err)
}

// cutEpoch gives the time in an epoch.
func cutEpoch(epoch string) (ms, chance string, ok bool) { return strings.Cut(epoch, "-") }
