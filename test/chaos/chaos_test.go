package chaos

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
)

// fault is one thing that goes wrong, and is right again when it returns. It gives how
// long it took until all was well.
type fault func(r *rig) figures

// strike strikes each fault so often as is asked for, in an order that the seed decides.
func (r *rig) strike(faults map[string]fault) {
	for range *rounds {
		names := slices.Sorted(maps.Keys(faults))
		r.rng.Shuffle(len(names), func(i, k int) { names[i], names[k] = names[k], names[i] })
		for _, name := range names {
			pause(r.t, r.between(200*time.Millisecond, time.Second))
			f := faults[name](r)
			f.fault = name
			r.settle()
			f.grown = r.grown()
			report.add(f)
			r.t.Logf("%s: events after %v, state after %v, healthy after %v", name, f.events, f.state, f.healthy)
			if r.t.Failed() {
				r.t.Fatalf("seed %d: that was after %q", *seed, name)
			}
		}
	}
}

// TestProcesses: those of the cluster die, or are not there for a while.
func TestProcesses(t *testing.T) {
	t.Parallel()
	r := rigUp(t, *seed, redistest.Single(t).Config(), nil)
	r.strike(map[string]fault{
		"a process is killed": func(r *rig) figures {
			i := (r.writer() + 1 + r.rng.IntN(processes-1)) % processes
			return r.kill(i)
		},
		"the writer is killed": func(r *rig) figures { return r.kill(r.writer()) },
		"the writer is paused for longer than its lease": func(r *rig) figures {
			i := r.writer()
			g := r.gateways[i]
			g.Freeze()
			defer g.Thaw()
			pause(r.t, r.between(5*time.Second, 6*time.Second))
			g.Thaw()
			f := r.recovered(time.Now(), r.clients)
			if r.writer() == i {
				r.t.Error("the writer that was paused writes on")
			}
			return f
		},
	})
}

// TestRedis: a single server dies, with what it held or without it, or is frozen.
func TestRedis(t *testing.T) {
	t.Parallel()
	server := redistest.Single(t)
	restart := func(keep bool) fault {
		return saidOnce(func(r *rig) figures {
			server.Kill()
			if !keep {
				server.Erase()
			}
			return r.away(r.between(2*time.Second, 4*time.Second), server.Start)
		})
	}
	rigUp(t, *seed+1, server.Config(), nil).strike(map[string]fault{
		"Redis dies, and comes back with its data": restart(true),
		"Redis dies, and comes back empty":         restart(false),
		"Redis is frozen for 10 s": saidOnce(func(r *rig) figures {
			before := r.told()
			server.Freeze()
			f := r.away(10*time.Second, server.Thaw)
			r.wantTold(before, func(int) bool { return true })
			return f
		}),
	})
}

// TestFailOver: a Sentinel puts a replica in the place of a master that died.
func TestFailOver(t *testing.T) {
	t.Parallel()
	guarded := redistest.WithSentinel(t)
	rigUp(t, *seed+2, guarded.Config(), nil).strike(map[string]fault{
		"a fail-over by Sentinel": func(r *rig) figures {
			begin := time.Now()
			guarded.FailOver()
			f := r.recovered(begin, r.clients)
			guarded.Rejoin()
			return f
		},
	})
}

// TestShard: a node of a Cluster dies and comes back, the one with the aircraft or the
// one with the events.
func TestShard(t *testing.T) {
	t.Parallel()
	cluster := redistest.Cluster(t, 3)
	lose := func(key string) fault {
		return func(r *rig) figures {
			node := cluster.Of(key)
			node.Kill()
			return r.away(r.between(2*time.Second, 4*time.Second), node.Start)
		}
	}
	rigUp(t, *seed+3, cluster.Config(), nil).strike(map[string]fault{
		"the Cluster's node with the aircraft dies, and comes back": lose("{skygate:aircraft}:log"),
		"the Cluster's node with the events dies, and comes back":   lose("{skygate:" + own + "}:log"),
	})
}

// What processes log of an outage of Redis.
const (
	isAway = "redis is away; trying until it is back"
	isBack = "redis is back"
)

// said is how often each process has logged something.
func (r *rig) said(text string) (counts []int) {
	for _, g := range r.gateways {
		counts = append(counts, strings.Count(g.Log(), text))
	}
	return counts
}

// saidOnce is a fault of which each process logs once that Redis is away, and once that it
// is back.
func saidOnce(f fault) fault {
	return func(r *rig) figures {
		r.t.Helper()
		before := r.said(isAway)
		wantBack := func(times int) {
			r.t.Helper()
			eventually(r.t, "each process says that Redis is back", func() string {
				for i, n := range r.said(isBack) {
					if n != before[i]+times {
						return fmt.Sprintf("process %d has said it %d times, want %d", i, n, before[i]+times)
					}
				}
				return ""
			})
		}
		wantBack(0) // from the fault before
		figures := f(r)
		wantBack(1)
		for i, n := range r.said(isAway) {
			if n -= before[i]; n != 1 {
				r.t.Errorf("process %d says %d times: %s", i, n, isAway)
			}
		}
		return figures
	}
}

// told is how often each client was told that a topic is stale, and that it no longer
// is.
func (r *rig) told() (counts [][2]int) {
	for _, c := range r.clients {
		c.mu.Lock()
		counts = append(counts, [2]int{c.stale["aircraft"] + c.stale[own], c.fresh["aircraft"] + c.fresh[own]})
		c.mu.Unlock()
	}
	return counts
}

// wantTold wants each client of some processes told since then that both topics were
// stale, once, and that they are no longer; and the others told nothing.
func (r *rig) wantTold(before [][2]int, whose func(home int) bool) {
	r.t.Helper()
	eventually(r.t, "clients are told what is stale, and what no longer is", func() string {
		for i, now := range r.told() {
			want := [2]int{}
			if whose(r.homes[i]) {
				want = [2]int{2, 2}
			}
			if got := [2]int{now[0] - before[i][0], now[1] - before[i][1]}; got != want {
				return fmt.Sprintf("%s was told %d times that one is, %d that it no longer is; want %v", r.clients[i].name, got[0], got[1], want)
			}
		}
		return ""
	})
}
