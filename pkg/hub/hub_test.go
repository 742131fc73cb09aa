package hub_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
	"github.com/skygate-io/skygate/pkg/wire/wiretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const window = 200 * time.Millisecond

var policies = []topic.Policy{
	{
		Name: "aircraft", Prefix: "aircraft", Key: "hex", List: "aircraft", Permission: "aircraft.view", AutoJoin: true,
		Legacy: &topic.Legacy{New: "aircraft:new", NewList: "aircraft", Removed: "aircraft:remove", RemovedList: "icaos"},
	},
	{Name: "vessels", Prefix: "vessel", Key: "mmsi", List: "vessels"},
	{Name: "secret", Prefix: "secret", Key: "id", List: "secrets", Permission: "secret.view"},
	{Name: "positions", Prefix: "positions", Key: "hex", List: "positions", OptIn: true},
}

// fixture is a hub that runs, in a bubble with its own clock, and the writer of
// its aircraft.
type fixture struct {
	*testing.T
	hub    *hub.Hub
	log    *feedlog.Memory
	writer feedlog.Writer
}

func run(t *testing.T, script func(f *fixture)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		log := feedlog.NewMemory()
		f := &fixture{T: t, log: log, hub: hub.New(log, policies, batch.DefaultConfig(), zerolog.Nop())}
		f.begin()
		done := make(chan error)
		go func() { done <- f.hub.Run(ctx) }()
		synctest.Wait()
		script(f)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func (f *fixture) begin() {
	f.Helper()
	var err error
	if f.writer, err = f.log.Begin(f.Context(), "aircraft"); err != nil {
		f.Fatal(err)
	}
	synctest.Wait()
}

func (f *fixture) append(c record.Change) {
	f.Helper()
	if _, err := f.writer.Append(f.Context(), &c); err != nil {
		f.Fatal(err)
	}
	synctest.Wait()
}

// client is a session that follows the aircraft.
type client struct {
	*wiretest.Follower
	name string
}

func (f *fixture) enter(name string) (*client, *hub.Member) {
	c := &client{Follower: wiretest.NewFollower(), name: name}
	f.Cleanup(func() {
		for _, wrong := range c.Wrong() {
			f.Errorf("%s: %s", name, wrong)
		}
	})
	return c, f.hub.Enter(c, func(permission string) bool { return permission != "secret.view" })
}

func (f *fixture) subscribe(m *hub.Member, topics ...string) {
	f.Helper()
	if _, err := m.Subscribe(hub.Subscribe{Topics: topics}); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) want(c *client, events ...string) {
	f.Helper()
	synctest.Wait()
	if d := cmp.Diff(events, c.Take()); d != "" {
		f.Errorf("%s got (-want +got):\n%s", c.name, d)
	}
}

func aircraft(key, gs string) record.Record {
	return record.Record{Key: key, Fields: record.Fields{{Name: "gs", Raw: gs}}}
}

func added(r ...record.Record) record.Change   { return record.Change{Added: r, Observed: 1} }
func updated(r ...record.Record) record.Change { return record.Change{Updated: r, Observed: 1} }
func removed(keys ...string) record.Change     { return record.Change{Removed: keys} }

func TestSubscribeSnapshotUpdates(t *testing.T) {
	run(t, func(f *fixture) {
		f.append(added(aircraft("A", "0")))
		c, m := f.enter("anna")
		f.subscribe(m, "aircraft")
		if s := c.Last(); s.Count != 1 || s.Seq != 1 || s.View == "" || s.Epoch == "" {
			t.Errorf("snapshot %+v", s)
		}
		f.want(c, "subscribed", "aircraft:snapshot")
		f.append(updated(aircraft("A", "1")))
		if u := c.Last(); u.Type != "delta" || u.Base != 1 || u.Seq != 2 || u.Observed == "" || len(u.Updated) != 1 {
			t.Errorf("update %+v", u)
		}
		f.want(c, "aircraft:update")
		m.Leave()
		f.append(updated(aircraft("A", "2")))
		f.want(c)
		m.Leave()
	})
}

func TestTheWindow(t *testing.T) {
	run(t, func(f *fixture) {
		c, m := f.enter("anna")
		f.subscribe(m, "aircraft")
		c.Take()
		f.append(added(aircraft("A", "0"))) // finds no open window
		f.want(c, "aircraft:update", "aircraft:new")
		f.append(updated(aircraft("A", "1")))
		f.append(added(aircraft("B", "1")))
		f.append(removed("A"))
		time.Sleep(window - time.Millisecond)
		f.want(c)
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if c.Position().Seq != 4 || c.Holes() != 0 || len(c.State()) != 1 {
			t.Errorf("at %d with %d holes and %d records", c.Position().Seq, c.Holes(), len(c.State()))
		}
		f.want(c, "aircraft:update", "aircraft:remove", "aircraft:new")
	})
}

func TestFiftyWaitNoLonger(t *testing.T) {
	run(t, func(f *fixture) {
		c, m := f.enter("anna")
		f.subscribe(m, "aircraft")
		f.append(added(aircraft("A", "0")))
		c.Take()
		for i := range 49 {
			f.append(updated(aircraft("A", fmt.Sprint(i))))
		}
		f.want(c)
		f.append(updated(aircraft("A", "50")))
		f.want(c, "aircraft:update")
	})
}

func TestALateJoinerMeetsAnOpenWindow(t *testing.T) {
	run(t, func(f *fixture) {
		first, m1 := f.enter("anna")
		f.subscribe(m1, "aircraft")
		f.append(added(aircraft("A", "0")))
		f.append(updated(aircraft("A", "1"))) // waits
		late, m2 := f.enter("bert")
		f.subscribe(m2, "aircraft")
		f.append(updated(aircraft("A", "2"))) // waits, too
		time.Sleep(window)
		synctest.Wait()
		for _, c := range []*client{first, late} {
			if u := c.Last(); u.Seq != 3 || c.Holes() != 0 {
				t.Errorf("%s: last update %d → %d, %d holes", c.name, u.Base, u.Seq, c.Holes())
			}
		}
		if d := cmp.Diff(first.State(), late.State()); d != "" {
			t.Errorf("states differ (-first +late):\n%s", d)
		}
		if first.Last().Base != 1 || late.Last().Base != 2 {
			t.Errorf("bases %d and %d, want 1 and 2", first.Last().Base, late.Last().Base)
		}
	})
}

func TestSubscribingAgainIsAResync(t *testing.T) {
	run(t, func(f *fixture) {
		f.append(added(aircraft("A", "0")))
		c, m := f.enter("anna")
		f.subscribe(m, "aircraft")
		f.subscribe(m, "aircraft")
		f.want(c, "subscribed", "aircraft:snapshot", "subscribed", "aircraft:snapshot")
		f.append(updated(aircraft("A", "1")))
		f.want(c, "aircraft:update")
	})
}

func TestUnsubscribe(t *testing.T) {
	run(t, func(f *fixture) {
		c, m := f.enter("anna")
		f.subscribe(m, "aircraft", "vessels")
		c.Take()
		f.append(added(aircraft("A", "0")))
		f.append(added(aircraft("B", "0"))) // waits for the window
		got, err := m.Unsubscribe([]string{"aircraft", "nothing"})
		if err != nil || fmt.Sprint(got.Topics, got.Remaining) != "[aircraft] [vessels]" {
			t.Errorf("unsubscribed %+v, %v", got, err)
		}
		time.Sleep(time.Second)
		f.want(c, "aircraft:update", "aircraft:new", "unsubscribed")
		if got, _ := m.Unsubscribe([]string{"all"}); fmt.Sprint(got.Topics, got.Remaining) != "[vessels] []" {
			t.Errorf("unsubscribed from all: %+v", got)
		}
	})
}

func TestWhatSubscribedSays(t *testing.T) {
	run(t, func(f *fixture) {
		_, m := f.enter("anna")
		got, err := m.Subscribe(hub.Subscribe{Topics: []string{"vessels", "secret", "nothing", "vessels"}})
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got.Topics, got.Joined, got.Denied, got.Unknown) != "[vessels] [vessels] [secret] [nothing]" {
			t.Errorf("%+v", got)
		}
		got, _ = m.Subscribe(hub.Subscribe{Topics: []string{"all"}})
		if fmt.Sprint(got.Topics, got.Joined, got.Denied, got.Unknown) != "[aircraft vessels] [aircraft vessels] [] []" {
			t.Errorf("all: %+v", got)
		}
		if got.Denied != nil || got.Unknown != nil {
			t.Error("empty lists of denied and unknown are null")
		}
	})
}

func TestTheAutomaticJoinWaitsAWindow(t *testing.T) {
	run(t, func(f *fixture) {
		patient, m1 := f.enter("patient")
		m1.AutoJoin()
		eager, m2 := f.enter("eager")
		m2.AutoJoin()
		leaver, m3 := f.enter("leaver")
		m3.AutoJoin()
		f.append(added(aircraft("A", "0")))
		time.Sleep(window / 2)
		f.subscribe(m2, "aircraft")
		if _, err := m3.Unsubscribe([]string{"aircraft"}); err != nil {
			t.Fatal(err)
		}
		f.want(patient)
		time.Sleep(window)
		f.want(patient, "aircraft:snapshot")
		f.want(eager, "subscribed", "aircraft:snapshot")
		f.want(leaver, "unsubscribed")
		if fmt.Sprint(m1.Topics()) != "[aircraft]" {
			t.Errorf("joined by itself: %v", m1.Topics())
		}
		f.append(updated(aircraft("A", "1")))
		f.want(patient, "aircraft:update")
	})
}

func TestBatchAndLegacyAreTheSessionsChoice(t *testing.T) {
	run(t, func(f *fixture) {
		yes, no := true, false
		batched, m1 := f.enter("batched")
		bare, m2 := f.enter("bare")
		for m, ask := range map[*hub.Member]hub.Subscribe{
			m1: {Topics: []string{"aircraft"}, Batch: &yes},
			m2: {Topics: []string{"aircraft"}, Batch: &yes, Legacy: &no},
		} {
			if _, err := m.Subscribe(ask); err != nil {
				t.Fatal(err)
			}
		}
		batched.Take()
		bare.Take()
		f.append(added(aircraft("A", "0")))
		f.want(batched, "batch", "aircraft:update", "aircraft:new")
		f.want(bare, "aircraft:update") // one alone is not wrapped
	})
}

func TestANewEpochIsASnapshot(t *testing.T) {
	run(t, func(f *fixture) {
		f.append(added(aircraft("A", "0")))
		c, m := f.enter("anna")
		f.subscribe(m, "aircraft")
		epoch := c.Position().Epoch
		c.Take()
		f.begin()
		f.append(added(aircraft("B", "0")))
		time.Sleep(window)
		synctest.Wait()
		if state := c.State(); c.Position().Epoch == epoch || c.Holes() != 0 || len(state) != 1 || state["B"] == nil {
			t.Errorf("after a new epoch: %s, %d holes", state, c.Holes())
		}
		f.want(c, "aircraft:snapshot", "aircraft:update", "aircraft:new")
	})
}

// keeper remembers the newest message.
type keeper struct{ last *wire.Message }

func (k *keeper) Purge(string) {}
func (k *keeper) Hold()        {}
func (k *keeper) Release()     {}
func (k *keeper) Close(string) {}

func (k *keeper) Send(messages ...*wire.Message) { k.last = messages[len(messages)-1] }

func TestAStampedeCostsOneEncoding(t *testing.T) {
	run(t, func(f *fixture) {
		f.append(added(aircraft("A", "0")))
		seen := map[any]bool{}
		for range 1000 {
			r := &keeper{}
			m := f.hub.Enter(r, func(string) bool { return true })
			f.subscribe(m, "aircraft")
			seen[r.last] = true
		}
		if len(seen) != 1 {
			t.Errorf("1000 joins got %d different snapshots", len(seen))
		}
	})
}
