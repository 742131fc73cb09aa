package feed_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var policy = topic.Policy{
	Name: "aircraft", Rate: 10, TTL: 60 * time.Second,
	Noise: []string{"seen", "rssi"}, Together: [][]string{{"lat", "lon"}}, Precision: map[string]int{"lat": 5, "lon": 5},
}

// fixture is a feed that runs, in a bubble with its own clock.
type fixture struct {
	*testing.T
	feed *feed.Feed
	log  *feedlog.Memory
	at   topic.Position
}

func run(t *testing.T, script func(f *fixture)) {
	t.Helper()
	runWith(t, policy, script)
}

func runWith(t *testing.T, policy topic.Policy, script func(f *fixture)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		log := feedlog.NewMemory()
		f := &fixture{T: t, log: log, feed: feed.New(policy, log, zerolog.Nop())}
		done := make(chan error)
		go func() { done <- f.feed.Run(ctx) }()
		synctest.Wait()
		f.at = f.state().At
		script(f)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func (f *fixture) state() feedlog.State {
	f.Helper()
	state, err := f.log.Load(f.Context(), policy.Name)
	if err != nil {
		f.Fatal(err)
	}
	return state
}

// put reports fields, given as pairs, that were heard the given time ago.
func (f *fixture) put(whole bool, ago time.Duration, key string, pairs ...string) {
	u := record.Update{Record: record.Record{Key: key}, Whole: whole, Observed: time.Now().Add(-ago).UnixMilli()}
	for i := 0; i < len(pairs); i += 2 {
		u.Fields = append(u.Fields, record.Field{Name: pairs[i], Raw: pairs[i+1]})
	}
	u.Fields.Sort()
	f.feed.Put([]record.Update{u})
	synctest.Wait()
}

// want compares what was written since the last call.
func (f *fixture) want(changes ...record.Change) {
	f.Helper()
	synctest.Wait()
	var got []record.Change
	if f.state().At != f.at {
		entries, err := f.log.Read(f.Context(), policy.Name, f.at)
		if err != nil {
			f.Fatal(err)
		}
		for _, e := range entries {
			c := *e.Change
			c.Observed = 0
			got = append(got, c)
			f.at = e.At
		}
	}
	if d := cmp.Diff(changes, got, cmpopts.EquateEmpty()); d != "" {
		f.Errorf("written (-want +got):\n%s", d)
	}
}

// before is the position one change earlier.
func before(p topic.Position) topic.Position {
	p.Seq--
	return p
}

func rec(key string, pairs ...string) record.Record {
	r := record.Record{Key: key}
	for i := 0; i < len(pairs); i += 2 {
		r.Fields = append(r.Fields, record.Field{Name: pairs[i], Raw: pairs[i+1]})
	}
	return r
}

func added(r ...record.Record) record.Change   { return record.Change{Added: r} }
func updated(r ...record.Record) record.Change { return record.Change{Updated: r} }
func removed(keys ...string) record.Change     { return record.Change{Removed: keys} }

func TestTheFirstGoesOutAtOnceAndWhole(t *testing.T) {
	run(t, func(f *fixture) {
		f.put(true, 0, "A", "gs", "0", "rssi", "-3")
		f.want(added(rec("A", "gs", "0", "rssi", "-3")))
	})
}

func TestTenTimesASecondAndTheLastValueAlways(t *testing.T) {
	run(t, func(f *fixture) {
		f.put(true, 0, "A", "gs", "1")
		f.want(added(rec("A", "gs", "1")))
		for _, gs := range []string{"2", "3", "4"} {
			f.put(true, 0, "A", "gs", gs)
		}
		f.want()
		time.Sleep(99 * time.Millisecond)
		f.want()
		time.Sleep(time.Millisecond)
		f.want(updated(rec("A", "gs", "4")))
	})
}

func TestSilenceWritesNothing(t *testing.T) {
	run(t, func(f *fixture) {
		f.put(true, 0, "A", "gs", "1", "lat", "50.123456")
		f.want(added(rec("A", "gs", "1", "lat", "50.12346")))
		for range 30 {
			time.Sleep(time.Second)
			f.put(true, 0, "A", "gs", "1", "lat", "50.123464")
		}
		f.want()
	})
}

func TestNoiseRidesAlong(t *testing.T) {
	run(t, func(f *fixture) {
		f.put(true, 0, "A", "gs", "1", "rssi", "-1", "seen", "@1")
		f.want(added(rec("A", "gs", "1", "rssi", "-1", "seen", "@1")))
		time.Sleep(time.Second)
		f.put(true, 0, "A", "gs", "1", "rssi", "-2", "seen", "@2")
		f.want()
		time.Sleep(time.Second)
		f.put(true, 0, "A", "gs", "2", "rssi", "-2", "seen", "@3")
		f.want(updated(rec("A", "gs", "2", "rssi", "-2", "seen", "@3")))
	})
}

func TestNoiseIsToldNowAndThen(t *testing.T) {
	rare := policy
	rare.NoiseEvery = 30 * time.Second
	runWith(t, rare, func(f *fixture) {
		f.put(true, 0, "A", "gs", "0", "rssi", "0")
		var told []int // s
		for i := 1; i <= 150; i++ {
			time.Sleep(time.Second)
			f.put(true, 0, "A", "gs", fmt.Sprint(i), "rssi", fmt.Sprint(-i))
			entries, err := f.log.Read(f.Context(), policy.Name, before(f.state().At))
			if err != nil {
				t.Fatal(err)
			}
			patch := entries[0].Change.Updated[0].Fields
			if patch.Get("gs") != fmt.Sprint(i) {
				t.Errorf("change %d tells %v", i, patch)
			}
			if rssi := patch.Get("rssi"); rssi != "" {
				told = append(told, i)
				if rssi != fmt.Sprint(-i) {
					t.Errorf("change %d tells old noise: %v", i, patch)
				}
			}
		}
		if len(told) < 3 || told[0] < 30 || told[0] > 60 {
			t.Fatalf("in 150 s the noise was told at %v s, the first time at 30 to 60 s and then every 30 s is wanted", told)
		}
		for i, at := range told[1:] {
			if at-told[i] != 30 {
				t.Errorf("the noise was told at %v s, not every 30 s", told)
			}
		}
	})
}

// A distance that is known as of the second change is told with it, not when noise
// is told the next time.
func TestNoiseThatComesAndGoesIsTold(t *testing.T) {
	rare := policy
	rare.NoiseEvery = 30 * time.Second
	runWith(t, rare, func(f *fixture) {
		f.put(true, 0, "A", "gs", "1")
		time.Sleep(time.Second)
		f.put(true, 0, "A", "gs", "2", "rssi", "-2")
		time.Sleep(time.Second)
		f.put(true, 0, "A", "gs", "3", "rssi", "-3")
		time.Sleep(time.Second)
		f.put(true, 0, "A", "gs", "4")
		f.want(added(rec("A", "gs", "1")), updated(rec("A", "gs", "2", "rssi", "-2")), updated(rec("A", "gs", "3")), updated(rec("A", "gs", "4", "rssi", "")))
	})
}

func TestAFieldThatVanished(t *testing.T) {
	run(t, func(f *fixture) {
		f.put(true, 0, "A", "alt", "0", "gs", "1")
		time.Sleep(time.Second)
		f.put(true, 0, "A", "gs", "1")
		time.Sleep(time.Second)
		f.put(false, 0, "A", "squawk", `"7700"`) // a part names only what it knows
		f.want(added(rec("A", "alt", "0", "gs", "1")), updated(rec("A", "alt", "")), updated(rec("A", "squawk", `"7700"`)))
	})
}

func TestAPositionIsAPair(t *testing.T) {
	run(t, func(f *fixture) {
		f.put(true, 0, "A", "lat", "50", "lon", "8")
		time.Sleep(time.Second)
		f.put(true, 0, "A", "lat", "50", "lon", "9")
		f.want(added(rec("A", "lat", "50", "lon", "8")), updated(rec("A", "lat", "50", "lon", "9")))
	})
}

func TestTTLCountsFromTheNewestMessage(t *testing.T) {
	run(t, func(f *fixture) {
		f.put(true, 50*time.Second, "A", "gs", "1")
		f.put(true, 60*time.Second, "B", "gs", "1") // dead on arrival
		f.want(added(rec("A", "gs", "1")))
		time.Sleep(8 * time.Second)
		f.put(true, 58*time.Second, "A", "gs", "1") // the same message, listed again
		f.want()
		time.Sleep(3 * time.Second)
		f.want(removed("A"))
		if n := len(f.feed.Records()); n != 0 {
			t.Errorf("%d records are left", n)
		}
	})
}

func TestWhatComesBackIsAddedWhole(t *testing.T) {
	run(t, func(f *fixture) {
		f.put(true, 0, "A", "gs", "1")
		time.Sleep(61 * time.Second)
		f.put(true, 0, "A", "alt", "3")
		f.want(added(rec("A", "gs", "1")), removed("A"), added(rec("A", "alt", "3")))
	})
}

func TestAFullTopicRefusesFurtherKeys(t *testing.T) {
	small := policy
	small.MaxRecords = 2
	runWith(t, small, func(f *fixture) {
		for _, key := range []string{"A", "B", "C"} {
			f.put(true, 0, key, "gs", "1")
		}
		f.put(true, 0, "A", "gs", "2")
		time.Sleep(time.Second)
		if got := f.feed.Records(); len(got) != 2 || got[0].Fields.Get("gs") != "2" {
			t.Errorf("a topic of two records holds %v", got)
		}
		if n := f.feed.Refused(); n != 1 {
			t.Errorf("%d updates were refused, want 1", n)
		}
		time.Sleep(61 * time.Second)
		f.put(true, 0, "C", "gs", "1")
		if got := f.feed.Records(); len(got) != 1 || got[0].Key != "C" {
			t.Errorf("when there is room again it holds %v", got)
		}
	})
}

func TestOlderNewsIsLeftOut(t *testing.T) {
	run(t, func(f *fixture) {
		f.put(true, 0, "A", "gs", "2")
		time.Sleep(time.Second)
		f.put(true, 5*time.Second, "A", "gs", "1")
		time.Sleep(time.Second)
		f.want(added(rec("A", "gs", "2")))
	})
}

func TestASourceMayUseItsMemoryAgain(t *testing.T) {
	run(t, func(f *fixture) {
		buf := []byte(`gs100`)
		fields := record.Fields{{Name: string(buf[:2]), Raw: string(buf[2:])}}
		updates := []record.Update{{Record: record.Record{Key: "A", Fields: fields}, Observed: time.Now().UnixMilli()}}
		f.feed.Put(updates)
		fields[0] = record.Field{Name: "xx", Raw: "spoilt"}
		updates[0] = record.Update{}
		f.want(added(rec("A", "gs", "100")))
	})
}

// failing is a log whose Append fails while it is told to.
type failing struct {
	feedlog.Log
	broken atomic.Bool
}

func (l *failing) Begin(ctx context.Context, name string) (feedlog.Writer, error) {
	w, err := l.Log.Begin(ctx, name)
	return &failingWriter{w, l}, err
}

type failingWriter struct {
	feedlog.Writer
	log *failing
}

func (w *failingWriter) Append(ctx context.Context, c *record.Change) (topic.Position, error) {
	if w.log.broken.Load() {
		return topic.Position{}, errors.New("the log is away")
	}
	return w.Writer.Append(ctx, c)
}

func TestALogThatWasAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		log := &failing{Log: feedlog.NewMemory()}
		f := feed.New(policy, log, zerolog.Nop())
		done := make(chan error)
		go func() { done <- f.Run(ctx) }()
		put := func(key, gs string) {
			f.Put([]record.Update{{Record: rec(key, "gs", gs), Observed: time.Now().UnixMilli()}})
			synctest.Wait()
		}
		put("A", "1")
		log.broken.Store(true)
		time.Sleep(time.Second)
		put("A", "2")
		put("B", "1")
		time.Sleep(20 * time.Second)
		log.broken.Store(false)
		time.Sleep(20 * time.Second)
		state, err := log.Load(ctx, policy.Name)
		if err != nil {
			t.Fatal(err)
		}
		want := []record.Record{rec("A", "gs", "2"), rec("B", "gs", "1")}
		if d := cmp.Diff(want, state.Records); d != "" {
			t.Errorf("after the log came back (-want +got):\n%s", d)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
