package redistest

import (
	"errors"
	"net"
	"strconv"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"github.com/skygate-io/skygate/adapters/redis"
)

// Sharded is a Cluster of masters without replicas: what is on a node that is lost
// cannot be reached, and all else can.
type Sharded struct {
	Nodes []*Server

	t testing.TB
}

const allSlots = 16384

// Cluster starts a Cluster of masters and waits until each knows all.
func Cluster(t testing.TB, masters int) *Sharded {
	t.Helper()
	s := &Sharded{t: t}
	for i := range masters {
		port := freePort(t)
		node := launch(t, "node "+strconv.Itoa(i), port, &goredis.Options{}, append(common(port),
			"--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-require-full-coverage", "no",
			"--cluster-port", strconv.Itoa(port+10_000))...)
		s.Nodes = append(s.Nodes, node)
		first, last := allSlots*i/masters, allSlots*(i+1)/masters-1
		if err := node.client.ClusterAddSlotsRange(t.Context(), first, last).Err(); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			continue
		}
		host, first0, _ := net.SplitHostPort(s.Nodes[0].Addr)
		if err := node.client.ClusterMeet(t.Context(), host, first0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	for _, node := range s.Nodes {
		node.Wait("it knows all nodes", func(c *goredis.Client) error {
			info, err := c.ClusterInfo(t.Context()).Result()
			for _, want := range []string{"state:ok", "slots_ok:" + strconv.Itoa(allSlots), "known_nodes:" + strconv.Itoa(masters)} {
				if err == nil && !strings.Contains(info, "cluster_"+want) {
					err = errors.New(info)
				}
			}
			return err
		})
	}
	return s
}

// Config is how Skygate reaches the Cluster.
func (s *Sharded) Config() redis.Config {
	c := redis.DefaultConfig()
	c.Mode = redis.Cluster
	c.Addresses = nil
	for _, node := range s.Nodes {
		c.Addresses = append(c.Addresses, node.Addr)
	}
	return c
}

// Of gives the node that holds a key.
func (s *Sharded) Of(key string) *Server {
	s.t.Helper()
	for _, node := range s.Nodes {
		if node.process == nil {
			continue
		}
		slot, err := node.client.ClusterKeySlot(s.t.Context(), key).Result()
		if err != nil {
			s.t.Fatal(err)
		}
		i := 0
		for i+1 < len(s.Nodes) && int(slot) >= allSlots*(i+1)/len(s.Nodes) {
			i++
		}
		return s.Nodes[i]
	}
	s.t.Fatal("no node runs")
	return nil
}
