package streams_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/adapters/redis/streams"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// hasty has calls given up soon.
func hasty(c *streams.Config) { c.Timeout = 300 * time.Millisecond }

// follower reads a topic as a hub does, and knows what it was told.
type follower struct {
	log  feedlog.Log
	name string
	stop func()

	mu    sync.Mutex // guards all below
	at    topic.Position
	table *record.Table
	told  []string // the field n of events, each once
	ends  map[string]uint64
	loads int
	away  int // times that it was told that the log is away
	wrong []string
}

func follow(t testing.TB, log feedlog.Log, name string) *follower {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	f := &follower{log: log, name: name, table: record.NewTable(), ends: map[string]uint64{}}
	var running sync.WaitGroup
	running.Go(func() { f.run(ctx) })
	f.stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
	})
	t.Cleanup(f.stop)
	return f
}

func (f *follower) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := f.load(ctx)
		for err == nil {
			var entries []*feedlog.Entry
			if entries, err = f.log.Read(ctx, f.name, f.position()); err == nil {
				f.apply(entries)
			}
		}
		f.note(err)
		if !errors.Is(err, feedlog.ErrGone) {
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
}

func (f *follower) position() topic.Position {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at
}

func (f *follower) load(ctx context.Context) error {
	state, err := f.log.Load(ctx, f.name)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.loads++
	if f.name == "safety" && state.At.Epoch == f.at.Epoch && state.At.Seq < f.at.Seq {
		f.wrong = append(f.wrong, fmt.Sprintf("it is led back from %v to %v", f.at, state.At))
	}
	f.table = record.NewTable()
	f.table.Apply(&record.Change{Added: state.Records})
	for _, e := range state.Entries {
		if e.At.Seq > f.ends[e.At.Epoch] { // a seq is used once, whatever happens
			f.tellLocked(e)
		}
	}
	f.at = state.At
	return nil
}

func (f *follower) apply(entries []*feedlog.Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range entries {
		if e.At.Epoch != f.at.Epoch || e.Base != f.at.Seq {
			f.wrong = append(f.wrong, fmt.Sprintf("after %v comes %d → %v", f.at, e.Base, e.At))
		}
		f.table.Apply(e.Change)
		f.tellLocked(e)
		f.at = e.At
	}
}

// tellLocked takes an event, unless it was told where it was first.
func (f *follower) tellLocked(e *feedlog.Entry) {
	if e.Change.Event == nil || e.Origin.Epoch != "" && e.Origin.Seq <= f.ends[e.Origin.Epoch] {
		return
	}
	if e.At.Seq <= f.ends[e.At.Epoch] {
		f.wrong = append(f.wrong, fmt.Sprintf("%v is told twice", e.At))
	}
	f.ends[e.At.Epoch] = e.At.Seq
	f.told = append(f.told, e.Change.Event.Fields.Get("n"))
}

func (f *follower) note(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case errors.Is(err, feedlog.ErrAway):
		f.away++
	case errors.Is(err, feedlog.ErrGone), errors.Is(err, context.Canceled), errors.Is(err, feedlog.ErrClosed):
	default:
		f.wrong = append(f.wrong, err.Error())
	}
}

// wantAt waits until the follower is at a position.
func (f *follower) wantAt(t testing.TB, at topic.Position) {
	t.Helper()
	eventually(t, fmt.Sprintf("the reader is at %v", at), func() error {
		if got := f.position(); got != at {
			return fmt.Errorf("it is at %v", got)
		}
		return nil
	})
}

// wantTold waits until the follower was told these events, each once, in this order.
func (f *follower) wantTold(t testing.TB, want ...int) {
	t.Helper()
	texts := make([]string, len(want))
	for i, n := range want {
		texts[i] = fmt.Sprint(n)
	}
	eventually(t, "all events are told", func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		if !slices.Equal(f.told, texts) {
			return fmt.Errorf("told: %v, want %v", f.told, texts)
		}
		return nil
	})
}

func (f *follower) wantNothingWrong(t testing.TB) {
	t.Helper()
	f.stop()
	if len(f.wrong) > 0 {
		t.Errorf("%v", f.wrong)
	}
}

func (f *follower) wantAway(t testing.TB) {
	t.Helper()
	eventually(t, "the reader is told that the log is away", func() error {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.away == 0 {
			return errors.New("it is not")
		}
		return nil
	})
}

func (f *follower) value(key string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r := f.table.Get(key); r != nil {
		return r.Fields.Get("n")
	}
	return ""
}

// again is a writer that begins anew when it has to, as a feed does.
func again(t testing.TB, log feedlog.Log, w *feedlog.Writer, c *record.Change) topic.Position {
	t.Helper()
	var at topic.Position
	eventually(t, "the log takes a change", func() (err error) {
		if *w == nil {
			if *w, err = log.Begin(t.Context(), "aircraft"); err != nil {
				return err
			}
		}
		if at, err = (*w).Append(t.Context(), c); err != nil {
			*w = nil
		}
		return err
	})
	return at
}

// insist publishes until the log takes it.
func insist(t testing.TB, log feedlog.Log, c *record.Change) topic.Position {
	t.Helper()
	var at topic.Position
	eventually(t, "the log takes an event", func() (err error) {
		at, err = log.Publish(t.Context(), "safety", c)
		return err
	})
	return at
}

func TestRestartWithData(t *testing.T) {
	server := redistest.Single(t)
	log, other := open(t, server.Config(), hasty), open(t, server.Config(), hasty)
	w := begin(t, log, "aircraft")
	state, events := follow(t, other, "aircraft"), follow(t, other, "safety")
	state.wantAt(t, push(t, w, change(1)))
	first := publish(t, log, event(1))
	events.wantAt(t, first)

	server.Kill()
	state.wantAway(t)
	events.wantAway(t)
	if _, err := log.Publish(t.Context(), "safety", event(9)); !errors.Is(err, feedlog.ErrAway) {
		t.Errorf("Publish = %v, want ErrAway", err)
	}
	server.Start()

	// The writer has lost nothing, so it goes on; an epoch of events does not.
	if at := push(t, w, change(2)); at.Seq != 2 {
		t.Errorf("the writer goes on at %v", at)
	}
	next := insist(t, log, event(2))
	if next.Epoch == first.Epoch || next.Seq != 1 {
		t.Errorf("after a restart events go on at %v, after %v", next, first)
	}
	events.wantTold(t, 1, 2)
	eventually(t, "the state is read", func() error {
		if got := state.value("A"); got != "2" {
			return errors.New(got)
		}
		return nil
	})
	entries := load(t, other, "safety").Entries
	if len(entries) != 3 || entries[1].Continues != first {
		t.Errorf("the new epoch does not say what it continues: %+v", entries)
	}
	state.wantNothingWrong(t)
	events.wantNothingWrong(t)
}

func TestRestartWithoutData(t *testing.T) {
	server := redistest.Single(t)
	log, other := open(t, server.Config(), hasty), open(t, server.Config(), hasty)
	w := begin(t, log, "aircraft")
	state, events := follow(t, other, "aircraft"), follow(t, other, "safety")
	for n := 1; n <= 3; n++ {
		state.wantAt(t, push(t, w, change(n)))
		events.wantAt(t, publish(t, log, event(n)))
	}
	server.Restart(false)

	eventually(t, "the writer is fenced", func() error {
		if _, err := w.Append(t.Context(), change(4)); !errors.Is(err, feedlog.ErrFenced) {
			return fmt.Errorf("Append = %w", err)
		}
		return nil
	})
	w = nil
	state.wantAt(t, again(t, log, &w, change(5)))
	if got := state.value("A"); got != "5" {
		t.Errorf("the reader has %s", got)
	}
	// What is lost is told again, before what is new, to who did not have it.
	at := insist(t, log, event(4))
	if at.Seq != 4 {
		t.Errorf("after three that are lost the next is at %v", at)
	}
	events.wantTold(t, 1, 2, 3, 4)
	late := follow(t, open(t, server.Config()), "safety")
	late.wantTold(t, 1, 2, 3, 4)
	for _, f := range []*follower{state, events, late} {
		f.wantNothingWrong(t)
	}
}

// TestAQuietTopicIsBegunAgain: a server that has lost everything gets back a topic, and
// its events, also when nobody publishes any more, from a process that reads it.
func TestAQuietTopicIsBegunAgain(t *testing.T) {
	server := redistest.Single(t)
	for name, events := range map[string]int{"with events": 3, "without any": 0} {
		t.Run(name, func(t *testing.T) {
			log := open(t, server.Config())
			if _, err := log.Publish(t.Context(), "safety", nil); err != nil {
				t.Fatal(err)
			}
			for n := 1; n <= events; n++ {
				publish(t, log, event(n))
			}
			reader := follow(t, log, "safety")
			if events > 0 {
				reader.wantTold(t, 1, 2, 3)
			}
			server.Restart(false)
			later := open(t, server.Config())
			eventually(t, "it is there again", func() error {
				state, err := later.Load(t.Context(), "safety")
				if err == nil && (state.At.Epoch == "" || int(state.At.Seq) != events) {
					err = fmt.Errorf("it is at %v", state.At)
				}
				return err
			})
			reader.wantNothingWrong(t)
		})
	}
}

func TestFrozen(t *testing.T) {
	server := redistest.Single(t)
	config := server.Config()
	log, other := open(t, config, hasty), open(t, config, hasty)
	w := begin(t, log, "aircraft")
	state, events := follow(t, other, "aircraft"), follow(t, other, "safety")
	state.wantAt(t, push(t, w, change(1)))
	events.wantAt(t, publish(t, log, event(1)))

	server.Freeze()
	start := time.Now()
	if _, err := w.Append(t.Context(), change(2)); !errors.Is(err, feedlog.ErrAway) {
		t.Errorf("Append = %v, want ErrAway", err)
	}
	second := event(2)
	if _, err := log.Publish(t.Context(), "safety", second); !errors.Is(err, feedlog.ErrAway) {
		t.Errorf("Publish = %v, want ErrAway", err)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("two calls took %v", took)
	}
	state.wantAway(t)
	events.wantAway(t)
	server.Thaw()

	// The server may carry out what it was sent before it was given up.
	if _, err := w.Append(t.Context(), change(3)); !errors.Is(err, feedlog.ErrFenced) {
		t.Errorf("a writer that does not know what became of a change: %v, want ErrFenced", err)
	}
	w = nil
	state.wantAt(t, again(t, log, &w, change(3)))
	insist(t, log, second)
	insist(t, log, event(3))
	events.wantTold(t, 1, 2, 3)
	state.wantNothingWrong(t)
	events.wantNothingWrong(t)
}

func TestFailOverThatLosesTheTail(t *testing.T) {
	guarded := redistest.WithSentinel(t)
	log, other := open(t, guarded.Config(), hasty), open(t, guarded.Config(), hasty)
	w := begin(t, log, "aircraft")
	state, events := follow(t, other, "aircraft"), follow(t, other, "safety")
	for n := 1; n <= 3; n++ {
		state.wantAt(t, push(t, w, change(n)))
		events.wantAt(t, publish(t, log, event(n)))
	}
	guarded.Replica.Wait("it has all", func(c *redistest.Direct) error {
		for _, name := range []string{"aircraft", "safety"} {
			if n, err := c.HGet(t.Context(), "{skygate:"+name+"}:head", "seq").Int(); err != nil || n != 3 {
				return fmt.Errorf("%s ends at %d: %w", name, n, err)
			}
		}
		return nil
	})
	guarded.Detach()
	for n := 4; n <= 6; n++ {
		state.wantAt(t, push(t, w, change(n)))
		events.wantAt(t, publish(t, log, event(n)))
	}
	events.wantTold(t, 1, 2, 3, 4, 5, 6)
	lost := events.position()
	guarded.FailOver()

	// Nobody publishes: who has published finds out by itself, and another who has not
	// been told anything does not use a seq again.
	stranger := open(t, guarded.Config(), hasty)
	at := insist(t, stranger, event(7))
	if at.Epoch == lost.Epoch {
		t.Errorf("the epoch that lost its tail goes on: %v", at)
	}
	follow(t, log, "safety")
	events.wantTold(t, 1, 2, 3, 4, 5, 6, 7)
	late := follow(t, open(t, guarded.Config()), "safety")
	late.wantTold(t, 1, 2, 3, 7, 4, 5, 6)

	w2 := feedlog.Writer(nil)
	if _, err := w.Append(t.Context(), change(7)); err == nil {
		t.Error("the writer goes on where the log is no more")
	}
	state.wantAt(t, again(t, log, &w2, change(8)))
	if got := state.value("A"); got != "8" {
		t.Errorf("the reader has %s", got)
	}
	for _, f := range []*follower{state, events, late} {
		f.wantNothingWrong(t)
	}
}

func TestALostNodeTakesItsTopicsAlone(t *testing.T) {
	cluster := redistest.Cluster(t, 2)
	config := cluster.Config()
	log := open(t, config, hasty)
	gone, stays := "aircraft", ""
	for i := 0; stays == ""; i++ {
		name := fmt.Sprint("topic", i)
		if cluster.Of("{skygate:"+name+"}:log") != cluster.Of("{skygate:"+gone+"}:log") {
			stays = name
		}
	}
	a, b := begin(t, log, gone), begin(t, log, stays)
	readsA, readsB := follow(t, log, gone), follow(t, log, stays)
	readsA.wantAt(t, push(t, a, change(1)))
	readsB.wantAt(t, push(t, b, change(1)))
	node := cluster.Of("{skygate:" + gone + "}:log")
	node.Kill()
	readsA.wantAway(t)
	if _, err := a.Append(t.Context(), change(2)); !errors.Is(err, feedlog.ErrAway) {
		t.Errorf("Append on a node that is gone: %v, want ErrAway", err)
	}
	readsB.wantAt(t, push(t, b, change(2)))
	node.Start()
	w := feedlog.Writer(nil)
	eventually(t, "the topic goes on", func() (err error) {
		if w, err = log.Begin(t.Context(), gone); err == nil {
			_, err = w.Append(t.Context(), change(3))
		}
		return err
	})
	eventually(t, "it is read", func() error {
		if got := readsA.value("A"); got != "3" {
			return errors.New(got)
		}
		return nil
	})
	readsA.wantNothingWrong(t)
	readsB.wantNothingWrong(t)
}

func TestStateThatIsSetBackIsLoadedAnew(t *testing.T) {
	server := redistest.Single(t)
	log := open(t, server.Config())
	w := begin(t, log, "aircraft")
	reads := follow(t, log, "aircraft")
	var at topic.Position
	for n := 1; n <= 5; n++ {
		at = push(t, w, change(n))
	}
	reads.wantAt(t, at)
	// As after a fail-over: the last two are gone, and nobody writes.
	c := server.Client()
	ms, _, _ := cutEpoch(at.Epoch)
	for _, cmd := range [][]any{
		{"XDEL", "{skygate:aircraft}:log", ms + "-4", ms + "-5"},
		{"XSETID", "{skygate:aircraft}:log", ms + "-3"},
		{"HSET", "{skygate:aircraft}:head", "seq", 3},
	} {
		if err := c.Do(t.Context(), cmd...).Err(); err != nil {
			t.Fatal(err)
		}
	}
	at.Seq = 3
	reads.wantAt(t, at)
	if got := reads.value("A"); got != "3" {
		t.Errorf("the reader has %s", got)
	}
	if _, err := w.Append(t.Context(), change(6)); !errors.Is(err, feedlog.ErrFenced) {
		t.Errorf("the writer goes on: %v", err)
	}
	reads.wantNothingWrong(t)
}

func TestNobodyIsKnown(t *testing.T) {
	config := redis.DefaultConfig()
	config.Mode = redis.Single
	config.Addresses = []string{"127.0.0.1:1"}
	log := open(t, config, hasty)
	for name, call := range map[string]func() error{
		"begin":   func() error { _, err := log.Begin(t.Context(), "aircraft"); return err },
		"publish": func() error { _, err := log.Publish(t.Context(), "safety", event(1)); return err },
		"load":    func() error { _, err := log.Load(t.Context(), "aircraft"); return err },
		"read":    func() error { _, err := log.Read(t.Context(), "aircraft", topic.Position{}); return err },
	} {
		if err := call(); !errors.Is(err, feedlog.ErrAway) {
			t.Errorf("%s: %v, want ErrAway", name, err)
		}
	}
}
