package rooms_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/adapters/redis/rooms"
	"github.com/skygate-io/skygate/pkg/backplane"
	"github.com/skygate-io/skygate/pkg/backplane/backplanetest"
)

// pair gives two processes on a Redis of their own, which know each other.
func pair(t *testing.T, change func(*rooms.Config)) (server *redistest.Server, here *rooms.Backplane, a, b *backplanetest.Member) {
	t.Helper()
	server = redistest.Single(t)
	cfg := rooms.DefaultConfig()
	change(&cfg)
	here = start(t, cfg, server.Config())
	a = backplanetest.Join(t, here, "/", "a")
	b = backplanetest.Join(t, start(t, cfg, server.Config()), "/", "b")
	a.WantServers(2)
	b.WantServers(2)
	return server, here, a, b
}

func tell(m *backplanetest.Member, i int) {
	m.Tell(backplane.ServerEvent{Event: backplanetest.Value(fmt.Sprintf(`["n",%d]`, i))})
}

// numbers takes what a member is told up to a number, and fails when something comes
// twice, or in another order.
func numbers(t *testing.T, m *backplanetest.Member, last int) (got []int) {
	t.Helper()
	for {
		var event []any
		_ = json.Unmarshal(m.Next().(backplane.ServerEvent).Event.JSON, &event)
		n := int(event[1].(float64))
		if len(got) > 0 && n <= got[len(got)-1] {
			t.Fatalf("%d comes after %d", n, got[len(got)-1])
		}
		if got = append(got, n); n == last {
			return got
		}
	}
}

// TestRestart: Redis dies, and comes back. What was told meanwhile waits, health
// says so, and nothing comes twice.
func TestRestart(t *testing.T) {
	for _, mode := range []string{rooms.Classic, rooms.Sharded} {
		t.Run(mode, func(t *testing.T) {
			server, here, a, b := pair(t, func(c *rooms.Config) { c.Mode, c.RequestTimeout = mode, time.Second })
			tell(a, 1)
			numbers(t, b, 1)
			eventually(t, "all is well", func() bool { h := here.Health(); return h.Subscribed && h.Error == "" })
			server.Kill()
			eventually(t, "it is told that it is not", func() bool { h := here.Health(); return !h.Subscribed && h.Error != "" })
			if _, err := a.Ask(backplane.Fetch{}); !errors.As(err, new(*backplane.TimeoutError)) && !errors.Is(err, backplane.ErrApart) {
				t.Errorf("who asks is told %v", err)
			}
			server.Restart(false)
			eventually(t, "it comes back", func() bool { return here.Health().Subscribed })
			eventually(t, "the other answers", func() bool { got, err := a.Ask(backplane.Fetch{}); return err == nil && len(got) == 1 })
			tell(a, 2)
			numbers(t, b, 2)
			got, err := a.Ask(backplane.Fetch{})
			if err != nil || len(got) != 1 {
				t.Errorf("answered %q, %v", got, err)
			}
			if b.Told() > 0 {
				t.Errorf("%d things came twice", b.Told())
			}
		})
	}
}

// TestCut: connections are closed while much is told. What may have arrived is not
// told again, and all is counted.
func TestCut(t *testing.T) {
	server, here, a, b := pair(t, func(*rooms.Config) {})
	const n = 5000
	for i := 1; i <= n; i++ {
		tell(a, i)
		if i%500 == 0 {
			for _, kind := range []string{"normal", "pubsub"} {
				_ = server.Client().ClientKillByFilter(t.Context(), "TYPE", kind, "SKIPME", "yes").Err()
			}
		}
	}
	eventually(t, "all has left", func() bool { return here.Health().Queue == 0 && here.Health().Subscribed })
	b.WantServers(2)
	// Who listens may have been away a moment longer than who tells.
	last := n
	eventually(t, "it is heard again", func() bool { last++; tell(a, last); return b.Told() > 0 && len(numbersSoFar(t, b)) > 0 })
	h := here.Health()
	t.Logf("%d sent, dropped %v", h.Sent, h.Dropped)
	if sum := h.Sent + h.Dropped["connection"]; sum < n {
		t.Errorf("%d of %d are accounted for: %+v", sum, n, h)
	}
}

// numbersSoFar takes what is there.
func numbersSoFar(t *testing.T, m *backplanetest.Member) []int {
	t.Helper()
	var got []int
	for m.Told() > 0 {
		var event []any
		_ = json.Unmarshal(m.Next().(backplane.ServerEvent).Event.JSON, &event)
		n := int(event[1].(float64))
		if len(got) > 0 && n <= got[len(got)-1] {
			t.Fatalf("%d comes after %d", n, got[len(got)-1])
		}
		got = append(got, n)
	}
	return got
}

// TestFrozen: Redis takes connections and answers nothing. Nobody waits, what waits
// is bounded, and its oldest goes first.
func TestFrozen(t *testing.T) {
	server, here, a, b := pair(t, func(c *rooms.Config) { c.QueueMessages = 16 })
	server.Freeze()
	const n = 2000
	began := time.Now()
	for i := 1; i <= n; i++ {
		tell(a, i)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("telling took %v", took)
	}
	eventually(t, "something is dropped", func() bool { return here.Health().Dropped["queue_full"] > 0 })
	if h := here.Health(); h.Queue > 16 {
		t.Errorf("%d wait", h.Queue)
	}
	eventually(t, "the silence is noticed", func() bool { return !here.Health().Subscribed })
	server.Thaw()
	eventually(t, "it comes back", func() bool { return here.Health().Subscribed })
	b.WantServers(2)
	tell(a, n+1)
	numbers(t, b, n+1)
}

// TestGone: where no Redis is, next to nothing is done.
func TestGone(t *testing.T) {
	server, here, a, _ := pair(t, func(*rooms.Config) {})
	server.Kill()
	eventually(t, "it is noticed", func() bool { return !here.Health().Subscribed })
	tell(a, 1)
	before, began := cpu(t), time.Now()
	wait(t, 2*time.Second)
	if used := cpu(t) - before; used > time.Since(began)/5 {
		t.Errorf("%v of processor time in %v", used, time.Since(began))
	}
	if h := here.Health(); h.Queue > 1 || len(h.Dropped) > 0 {
		t.Errorf("what was told does not wait: %+v", h)
	}
}

// TestRoomsComeAndGo: thousands of rooms that are made and left, some at once again.
func TestRoomsComeAndGo(t *testing.T) {
	_, here, a, b := pair(t, func(c *rooms.Config) { c.Mode = rooms.Sharded })
	w := a.Node.(backplane.RoomWatcher)
	const n = 5000
	for i := range n {
		w.RoomMade(fmt.Sprint("room ", i), false)
		if i%2 == 0 {
			w.RoomGone(fmt.Sprint("room ", i))
		}
		if i%4 == 0 {
			w.RoomMade(fmt.Sprint("room ", i), false)
		}
	}
	eventually(t, "all is subscribed to", func() bool { return here.Health().Subscribed })
	for _, i := range []int{0, 1, 4996, 4999} {
		room := fmt.Sprint("room ", i)
		a.Enter(room)
		a.WantHears(b, room)
	}
	for i := range n {
		w.RoomGone(fmt.Sprint("room ", i))
	}
	eventually(t, "all is left", func() bool { return here.Health().Subscribed })
}

// TestBad: what others publish is refused, counted, and ends nothing.
func TestBad(t *testing.T) {
	server, here, a, b := pair(t, func(*rooms.Config) {})
	for channel, messages := range map[string][]string{
		"socket.io#/#":         {"", "x", "\xc1", `["x"]`},
		"socket.io-request#/#": {"{", `{"type":99}`, `{"type":4}`},
		"socketio":             {"\x80\x04", `{"method":"emit","event":"a","namespace":"/unknown"}`},
	} {
		for _, message := range messages {
			if err := server.Client().Publish(t.Context(), channel, message).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
	tell(b, 1)
	numbers(t, a, 1)
	want := map[string]uint64{"format": 6, "type": 1, "pickle": 1, "namespace": 1}
	eventually(t, "all is counted", func() bool { return fmt.Sprint(here.Health().Bad) == fmt.Sprint(want) })
}

// cpu is the processor time of this process.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// wait lets time pass: how little is done in it is what a test measures.
func wait(t *testing.T, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	<-ctx.Done()
}

func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// TestACL: a user with the permissions that the package names may do it all, and one
// without them is told so by health.
func TestACL(t *testing.T) {
	server := redistest.Single(t)
	admin := server.Client()
	set := func(user string, rules ...any) {
		t.Helper()
		if err := admin.Do(t.Context(), append([]any{"ACL", "SETUSER", user, "on", ">secret"}, rules...)...).Err(); err != nil {
			t.Fatal(err)
		}
	}
	set("may", "&socket.io*", "&socket.io#/#*", "&socketio", "+@pubsub", "+@connection")
	set("maynot", "&other*", "+@pubsub", "+@connection")
	for _, mode := range []string{rooms.Classic, rooms.Sharded} {
		cfg := rooms.DefaultConfig()
		cfg.Mode = mode
		may := server.Config()
		may.User, may.Password = "may", "secret"
		a, b := backplanetest.Join(t, start(t, cfg, may), "/", "a"), backplanetest.Join(t, start(t, cfg, may), "/", "b")
		a.WantServers(2)
		b.WantServers(2)
		tell(a, 1)
		numbers(t, b, 1)
		may.User = "maynot"
		refused := start(t, cfg, may)
		backplanetest.Join(t, refused, "/", "c")
		eventually(t, "it is told why", func() bool { return strings.Contains(refused.Health().Error, "NOPERM") })
	}
}

// TestFailOver: a replica takes over. Who listened to the old master, which may live
// on as a replica, is to be heard and counted at the new one.
func TestFailOver(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while: not with -short")
	}
	guarded := redistest.WithSentinel(t)
	cfg := rooms.DefaultConfig()
	a, b := backplanetest.Join(t, start(t, cfg, guarded.Config()), "/", "a"), backplanetest.Join(t, start(t, cfg, guarded.Config()), "/", "b")
	a.WantServers(2)
	b.WantServers(2)
	tell(a, 1)
	numbers(t, b, 1)
	guarded.FailOver()
	last := 1
	eventually(t, "b hears a again", func() bool {
		last++
		tell(a, last)
		return len(numbersSoFar(t, b)) > 0
	})
	eventually(t, "questions are answered", func() bool {
		got, err := a.Ask(backplane.Fetch{})
		return err == nil && len(got) == 1
	})
	a.WantServers(2)
}

// TestSlotMoves: in a Cluster the slot of a sharded channel moves to another node, and
// who listens moves along.
func TestSlotMoves(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while: not with -short")
	}
	nodes := redistest.Cluster(t, 3)
	cfg := rooms.DefaultConfig()
	cfg.Mode = rooms.Sharded
	here := start(t, cfg, nodes.Config())
	a, b := backplanetest.Join(t, here, "/", "a"), backplanetest.Join(t, start(t, cfg, nodes.Config()), "/", "b")
	a.WantServers(2)
	b.WantServers(2)
	const channel = "socket.io#/#"
	owner := nodes.Of(channel)
	other := nodes.Nodes[0]
	if other == owner {
		other = nodes.Nodes[1]
	}
	slot, err := owner.Client().ClusterKeySlot(t.Context(), channel).Result()
	if err != nil {
		t.Fatal(err)
	}
	id, err := other.Client().ClusterMyID(t.Context()).Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range append([]*redistest.Server{other, owner}, nodes.Nodes...) {
		if err := node.Client().Do(t.Context(), "CLUSTER", "SETSLOT", slot, "NODE", id).Err(); err != nil {
			t.Fatal(err)
		}
	}
	last := 0
	eventually(t, "b hears a again", func() bool {
		last++
		tell(a, last)
		return len(numbersSoFar(t, b)) > 0
	})
	a.WantServers(2)
	if got, err := a.Ask(backplane.Fetch{}); err != nil || len(got) != 1 {
		t.Errorf("answered %q, %v", got, err)
	}
	eventually(t, "all is well", func() bool { return here.Health().Subscribed })
}
