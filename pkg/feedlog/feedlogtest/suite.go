// Package feedlogtest is the contract of feedlog.Log as tests. Every
// implementation runs it.
package feedlogtest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// patience bounds a wait for what must happen.
const patience = 10 * time.Second

// Log is one that can be closed: that ends every call that waits, and a second
// Close does nothing.
type Log interface {
	feedlog.Log
	feedlog.Beginner
	Close() error
}

// Run tests a log. open gives a new, empty one; the suite closes it.
func Run(t *testing.T, open func(t *testing.T) Log) {
	for name, test := range map[string]func(*testing.T, Log){
		"nobody has begun":                neverBegun,
		"entries come in order, once":     inOrder,
		"read waits for the next":         readWaits,
		"load and read have no gap":       noGap,
		"what was loaded is the reader's": loadedIsOwned,
		"a new epoch fences the old":      fence,
		"a position that is gone":         gone,
		"events have many publishers":     published,
		"events are loaded with the rest": eventsLoaded,
		"an epoch begins with records":    beginWith,
		"once is once":                    once,
		"once, by many at a time":         onceByMany,
		"once ends":                       onceEnds,
		"topics do not know each other":   topics,
		"a wait ends with its context":    contextEnds,
		"close ends every wait":           closeEnds,
	} {
		t.Run(name, func(t *testing.T) {
			log := open(t)
			t.Cleanup(func() { _ = log.Close() })
			test(t, log)
		})
	}
}

func neverBegun(t *testing.T, log Log) {
	state, err := log.Load(t.Context(), "aircraft")
	if err != nil || state.At != (topic.Position{}) || len(state.Records) != 0 {
		t.Fatalf("Load = %+v, %v; want nothing at the zero position", state, err)
	}
	read := readLater(t, log, "aircraft", state.At)
	w := begin(t, log, "aircraft")
	push(t, w, 1)
	if err := (<-read).err; !errors.Is(err, feedlog.ErrGone) {
		t.Errorf("Read across the beginning of an epoch: %v, want ErrGone", err)
	}
}

func inOrder(t *testing.T, log Log) {
	w := begin(t, log, "aircraft")
	start := load(t, log, "aircraft")
	for i := 1; i <= 50; i++ {
		if at := push(t, w, i); at.Seq != uint64(i) || at.Epoch != start.At.Epoch {
			t.Fatalf("append %d is at %v, want seq %d of epoch %s", i, at, i, start.At.Epoch)
		}
	}
	at := start.At
	for at.Seq < 50 {
		for _, e := range read(t, log, "aircraft", at) {
			if e.Base != at.Seq || e.At.Seq != at.Seq+1 || e.At.Epoch != at.Epoch {
				t.Fatalf("after %v comes %d → %v", at, e.Base, e.At)
			}
			if got := e.Change.Updated[0].Fields.Get("n"); got != fmt.Sprint(e.At.Seq) {
				t.Fatalf("entry %d carries change %s", e.At.Seq, got)
			}
			at = e.At
		}
	}
}

func readWaits(t *testing.T, log Log) {
	w := begin(t, log, "aircraft")
	waiting := readLater(t, log, "aircraft", load(t, log, "aircraft").At)
	want := push(t, w, 1)
	got := <-waiting
	if got.err != nil || len(got.entries) != 1 || got.entries[0].At != want {
		t.Errorf("Read = %+v, want the entry at %v", got, want)
	}
}

func noGap(t *testing.T, log Log) {
	const n = 500
	w := begin(t, log, "aircraft")
	done := make(chan error, 1)
	go func() {
		for i := 1; i <= n; i++ {
			if _, err := w.Append(context.Background(), change(i)); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	table := record.NewTable()
	var at topic.Position
	for at.Seq < n {
		entries, err := log.Read(t.Context(), "aircraft", at)
		if errors.Is(err, feedlog.ErrGone) {
			state := load(t, log, "aircraft")
			table, at = record.NewTable(), state.At
			table.Apply(&record.Change{Added: state.Records})
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Base != at.Seq {
				t.Fatalf("entry with base %d after %d", e.Base, at.Seq)
			}
			table.Apply(e.Change)
			at = e.At
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(load(t, log, "aircraft").Records, table.Records(), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("state (-loaded +followed):\n%s", d)
	}
}

func loadedIsOwned(t *testing.T, log Log) {
	w := begin(t, log, "aircraft")
	push(t, w, 1)
	state := load(t, log, "aircraft")
	state.Records[0].Fields.Set("n", `"spoilt"`)
	if got := load(t, log, "aircraft").Records[0].Fields.Get("n"); got != "1" {
		t.Errorf("after a reader changed what it had loaded, the log says %s", got)
	}
}

func fence(t *testing.T, log Log) {
	old := begin(t, log, "aircraft")
	push(t, old, 1)
	before := load(t, log, "aircraft").At
	fresh := begin(t, log, "aircraft")
	if _, err := old.Append(t.Context(), change(2)); !errors.Is(err, feedlog.ErrFenced) {
		t.Errorf("the old writer appends: %v, want ErrFenced", err)
	}
	state := load(t, log, "aircraft")
	if state.At.Epoch == before.Epoch || state.At.Seq != 0 || len(state.Records) != 0 {
		t.Errorf("the new epoch begins as %+v after %v", state, before)
	}
	if at := push(t, fresh, 1); at.Seq != 1 {
		t.Errorf("the new epoch's first entry is at %v", at)
	}
}

func gone(t *testing.T, log Log) {
	w := begin(t, log, "aircraft")
	at := push(t, w, 1)
	for name, after := range map[string]topic.Position{
		"another epoch": {Epoch: "other", Seq: 0},
		"the future":    {Epoch: at.Epoch, Seq: at.Seq + 5},
	} {
		if _, err := log.Read(t.Context(), "aircraft", after); !errors.Is(err, feedlog.ErrGone) {
			t.Errorf("%s: %v, want ErrGone", name, err)
		}
	}
}

// event n is the n-th of a publisher.
func event(publisher string, n int) *record.Change {
	return &record.Change{Event: &record.Event{
		Name:   "safety:event",
		Record: record.Record{Key: publisher, Fields: record.Fields{{Name: "n", Raw: fmt.Sprint(n)}}},
	}}
}

func published(t *testing.T, log Log) {
	const publishers, each = 4, 50
	at, err := log.Publish(t.Context(), "safety", nil)
	if err != nil || at.Seq != 0 || at.Epoch == "" {
		t.Fatalf("a topic that was opened is at %v, %v", at, err)
	}
	if again, err := log.Publish(t.Context(), "safety", nil); err != nil || again != at {
		t.Errorf("opened again it is at %v, %v, not %v", again, err, at)
	}
	errs := make(chan error, publishers)
	for p := range publishers {
		go func() {
			for i := range each {
				if _, err := log.Publish(context.Background(), "safety", event(fmt.Sprint("p", p), i)); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	next := map[string]int{}
	for at.Seq < publishers*each {
		for _, e := range read(t, log, "safety", at) {
			if e.Base != at.Seq || e.At.Seq != at.Seq+1 || e.At.Epoch != at.Epoch {
				t.Fatalf("after %v comes %d → %v", at, e.Base, e.At)
			}
			if key := e.Change.Event.Key; e.Change.Event.Fields.Get("n") != fmt.Sprint(next[key]) {
				t.Fatalf("the event of %s after %d others is %v", key, next[key], e.Change.Event)
			}
			next[e.Change.Event.Key]++
			at = e.At
		}
	}
	for range publishers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func eventsLoaded(t *testing.T, log Log) {
	for i := range 300 {
		if _, err := log.Publish(t.Context(), "safety", event("p", i)); err != nil {
			t.Fatal(err)
		}
	}
	state := load(t, log, "safety")
	if len(state.Entries) != 300 || state.At.Seq != 300 || len(state.Records) != 0 {
		t.Fatalf("%d entries and %d records, at %v", len(state.Entries), len(state.Records), state.At)
	}
	for i, e := range state.Entries {
		if e.Base != uint64(i) || e.At.Seq != uint64(i+1) || e.Change.Event.Fields.Get("n") != fmt.Sprint(i) {
			t.Fatalf("entry %d is %d → %v, %v", i, e.Base, e.At, e.Change.Event)
		}
	}
}

func beginWith(t *testing.T, log Log) {
	push(t, begin(t, log, "aircraft"), 1)
	records := []record.Record{{Key: "A", Fields: record.Fields{{Name: "n", Raw: "7"}, {Name: "x", Raw: "null"}}}, {Key: "Z"}}
	w, err := log.BeginWith(t.Context(), "aircraft", records)
	if err != nil {
		t.Fatal(err)
	}
	state := load(t, log, "aircraft")
	if d := cmp.Diff(records, state.Records, cmpopts.EquateEmpty()); d != "" || state.At.Seq != 0 {
		t.Errorf("it begins at %v (-want +got):\n%s", state.At, d)
	}
	push(t, w, 3)
	if got := load(t, log, "aircraft").Records; len(got) != 3 || got[0].Fields.Get("n") != "3" || got[0].Fields.Get("x") != "null" {
		t.Errorf("after a change of one and another: %v", got)
	}
}

// publishOnce publishes event n under a key.
func publishOnce(t *testing.T, log Log, key string, n int, lasting time.Duration) topic.Position {
	t.Helper()
	c := event("p", n)
	c.Once = record.Once{Key: key, For: lasting}
	at, err := log.Publish(t.Context(), "safety", c)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func once(t *testing.T, log Log) {
	first := publishOnce(t, log, "a", 1, time.Minute)
	other := publishOnce(t, log, "b", 2, time.Minute)
	if again := publishOnce(t, log, "a", 3, time.Minute); again != first {
		t.Errorf("the second under a key is at %v, the first at %v", again, first)
	}
	if other.Seq != 2 {
		t.Errorf("the first under another key is at %v", other)
	}
	if entries := load(t, log, "safety").Entries; len(entries) != 2 {
		t.Errorf("%d events are told, want 2", len(entries))
	}
	c := event("p", 4)
	c.Once = record.Once{Key: "a", For: time.Minute}
	if at, err := log.Publish(t.Context(), "acars", c); err != nil || at.Seq != 1 {
		t.Errorf("under the key in another topic: %v, %v", at, err)
	}
}

func onceByMany(t *testing.T, log Log) {
	const publishers = 8
	type answer struct {
		at  topic.Position
		err error
	}
	answers := make(chan answer, publishers)
	for p := range publishers {
		go func() {
			c := event("p", p)
			c.Once = record.Once{Key: "k", For: time.Minute}
			at, err := log.Publish(context.Background(), "safety", c)
			answers <- answer{at, err}
		}()
	}
	for range publishers {
		if a := <-answers; a.err != nil || a.at.Seq != 1 {
			t.Errorf("published at %v, %v", a.at, a.err)
		}
	}
	if entries := load(t, log, "safety").Entries; len(entries) != 1 {
		t.Errorf("%d events are told, want 1", len(entries))
	}
}

func onceEnds(t *testing.T, log Log) {
	publishOnce(t, log, "a", 1, 50*time.Millisecond)
	for end := time.Now().Add(patience); publishOnce(t, log, "a", 2, time.Minute).Seq == 1; {
		if time.Now().After(end) {
			t.Fatal("a key is remembered for ever")
		}
	}
}

func topics(t *testing.T, log Log) {
	a, b := begin(t, log, "aircraft"), begin(t, log, "vessels")
	push(t, a, 1)
	push(t, a, 2)
	if at := push(t, b, 7); at.Seq != 1 {
		t.Errorf("the other topic's first entry is at %v", at)
	}
	if got := load(t, log, "vessels").Records[0].Fields.Get("n"); got != "7" {
		t.Errorf("the other topic holds %s", got)
	}
}

func contextEnds(t *testing.T, log Log) {
	begin(t, log, "aircraft")
	ctx, cancel := context.WithCancel(t.Context())
	at := load(t, log, "aircraft").At
	errs := make(chan error, 1)
	go func() {
		_, err := log.Read(ctx, "aircraft", at)
		errs <- err
	}()
	cancel()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("Read = %v, want the context's error", err)
	}
}

func closeEnds(t *testing.T, log Log) {
	w := begin(t, log, "aircraft")
	waiting := readLater(t, log, "aircraft", load(t, log, "aircraft").At)
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	if err := (<-waiting).err; !errors.Is(err, feedlog.ErrClosed) {
		t.Errorf("Read = %v, want ErrClosed", err)
	}
	if _, err := w.Append(t.Context(), change(1)); !errors.Is(err, feedlog.ErrClosed) {
		t.Errorf("Append = %v, want ErrClosed", err)
	}
	if _, err := log.Begin(t.Context(), "aircraft"); !errors.Is(err, feedlog.ErrClosed) {
		t.Errorf("Begin = %v, want ErrClosed", err)
	}
}

// change n sets field n of one record to n, and one of seven others.
func change(n int) *record.Change {
	set := func(key string) record.Record {
		return record.Record{Key: key, Fields: record.Fields{{Name: "n", Raw: fmt.Sprint(n)}}}
	}
	return &record.Change{Updated: []record.Record{set("A"), set(fmt.Sprint("B", n%7))}, Observed: int64(n)}
}

func begin(t *testing.T, log Log, name string) feedlog.Writer {
	t.Helper()
	w, err := log.Begin(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func push(t *testing.T, w feedlog.Writer, n int) topic.Position {
	t.Helper()
	at, err := w.Append(t.Context(), change(n))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func load(t *testing.T, log feedlog.Log, name string) feedlog.State {
	t.Helper()
	state, err := log.Load(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func read(t *testing.T, log Log, name string, after topic.Position) []*feedlog.Entry {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	entries, err := log.Read(ctx, name, after)
	if err != nil {
		t.Fatalf("read after %v: %v", after, err)
	}
	return entries
}

type result struct {
	entries []*feedlog.Entry
	err     error
}

func readLater(t *testing.T, log Log, name string, after topic.Position) <-chan result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	out := make(chan result, 1)
	go func() {
		defer cancel()
		entries, err := log.Read(ctx, name, after)
		out <- result{entries, err}
	}()
	return out
}
