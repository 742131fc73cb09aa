package redistest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/skygate-io/skygate/adapters/redis"
)

// Guarded is a master, its replica, and a Sentinel that puts the one in the other's
// place a second after it is gone.
type Guarded struct {
	Master, Replica *Server
	Sentinel        *Server
}

// masterName is what the Sentinel calls the master.
const masterName = "skygate"

// WithSentinel starts a master, a replica and a Sentinel, and waits until they know
// each other. args are further arguments of master and replica.
func WithSentinel(t testing.TB, args ...string) *Guarded {
	t.Helper()
	port := freePort(t)
	g := &Guarded{Master: launch(t, "master", port, &goredis.Options{}, append(common(port), args...)...)}
	port = freePort(t)
	host, masterPort, _ := net.SplitHostPort(g.Master.Addr)
	// What the replica has, it has on disk: it is killed, too.
	g.Replica = launch(t, "replica", port, &goredis.Options{},
		append(append(common(port), "--replicaof", host, masterPort, "--appendfsync", "always"), args...)...)
	g.Replica.Wait("it has the master's data", func(c *goredis.Client) error { return inSync(t.Context(), c) })

	port = freePort(t)
	file := filepath.Join(t.TempDir(), "sentinel.conf")
	text := fmt.Sprintf("port %d\nbind 127.0.0.1\nprotected-mode no\nsentinel monitor %s %s %s 1\n"+
		"sentinel down-after-milliseconds %[2]s 1000\nsentinel failover-timeout %[2]s 3000\n", port, masterName, host, masterPort)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	g.Sentinel = launch(t, "sentinel", port, &goredis.Options{}, file, "--sentinel")
	g.Sentinel.Wait("it knows the replica", func(*goredis.Client) error {
		c := goredis.NewSentinelClient(&goredis.Options{Addr: g.Sentinel.Addr, DisableIdentity: true})
		defer c.Close()
		replicas, err := c.Replicas(t.Context(), masterName).Result()
		switch {
		case err != nil:
			return err
		case len(replicas) != 1 || replicas[0]["flags"] != "slave" || replicas[0]["master-link-status"] != "ok":
			return fmt.Errorf("its replicas are %v", replicas)
		}
		return nil
	})
	return g
}

// Config is how Skygate reaches whoever is master.
func (g *Guarded) Config() redis.Config {
	c := redis.DefaultConfig()
	c.Mode = redis.Sentinel
	c.Addresses = []string{g.Sentinel.Addr}
	c.Master = masterName
	return c
}

// Detach takes the replica away, once it has all that the master has: what that is
// told from now on is lost in a fail-over.
func (g *Guarded) Detach() {
	g.Master.t.Helper()
	g.Master.Wait("the replica has what it has", func(c *goredis.Client) error {
		n, err := c.Wait(g.Master.t.Context(), 1, time.Second).Result()
		if err == nil && n == 0 {
			err = errors.New("it lags")
		}
		return err
	})
	g.Replica.Kill()
}

// FailOver kills the master and waits until the replica is in its place, with what it
// had.
func (g *Guarded) FailOver() {
	t := g.Master.t
	t.Helper()
	g.Master.Kill()
	g.Replica.Start()
	g.Replica.Wait("it is the master", func(c *goredis.Client) error { return hasRole(t.Context(), c, "master") })
}

// Rejoin starts the server that was master before a fail-over, as the replica of the
// one that is now: they have changed places.
func (g *Guarded) Rejoin() {
	t := g.Master.t
	t.Helper()
	g.Master, g.Replica = g.Replica, g.Master
	g.Replica.Start()
	host, port, _ := net.SplitHostPort(g.Master.Addr)
	if err := g.Replica.client.ReplicaOf(t.Context(), host, port).Err(); err != nil {
		t.Fatal(err)
	}
	g.Replica.Wait("it has the master's data", func(c *goredis.Client) error { return inSync(t.Context(), c) })
}

func inSync(ctx context.Context, c *goredis.Client) error {
	info, err := c.Info(ctx, "replication").Result()
	if err == nil && !strings.Contains(info, "master_link_status:up") {
		err = errors.New("its link is not up")
	}
	return err
}

func hasRole(ctx context.Context, c *goredis.Client, role string) error {
	info, err := c.Info(ctx, "replication").Result()
	if err == nil && !strings.Contains(info, "role:"+role) {
		err = errors.New("it is not " + role)
	}
	return err
}
