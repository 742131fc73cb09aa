package streams_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/adapters/redis/streams"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

const (
	aircraftLog  = "{skygate:aircraft}:log"
	aircraftSnap = "{skygate:aircraft}:snap"
	safetyLog    = "{skygate:safety}:log"
)

// large is a change of so many bytes that cannot be packed.
func large(n, bytes int) *record.Change {
	c := change(n)
	text := make([]byte, bytes)
	for i := range text {
		text[i] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"[(i*i*31+i*n*17+i>>3)%64]
	}
	c.Updated[0].Fields = append(c.Updated[0].Fields, record.Field{Name: "text", Raw: `"` + string(text) + `"`})
	return c
}

func length(t testing.TB, server *redistest.Server, key string) int64 {
	t.Helper()
	n, err := server.Client().XLen(t.Context(), key).Result()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestChangesAreTrimmedBehindTheSnapshot(t *testing.T) {
	for name, set := range map[string]func(*streams.Config){
		"by age":   func(c *streams.Config) { c.Retain = time.Millisecond },
		"by bytes": func(c *streams.Config) { c.RetainBytes = 2000 },
	} {
		t.Run(name, func(t *testing.T) {
			server := redistest.Single(t)
			log := open(t, server.Config(), set, func(c *streams.Config) { c.SnapshotChanges, c.SnapshotEvery = 20, time.Hour })
			w := begin(t, log, "aircraft")
			reads := follow(t, log, "aircraft")
			n := 0
			write := func() topic.Position {
				n++
				return push(t, w, large(n, 50))
			}
			// As long as there is no newer snapshot, all stays.
			for range 15 {
				write()
			}
			if got := length(t, server, aircraftLog); name == "by age" && got != 16 {
				t.Errorf("%d entries before a snapshot, want 16", got)
			}
			var at topic.Position
			eventually(t, "what is old goes", func() error {
				at = write()
				if got := length(t, server, aircraftLog); got > 60 || n < 100 {
					return fmt.Errorf("%d entries are there after %d", got, n)
				}
				return nil
			})
			reads.wantAt(t, at)
			if got := reads.value("A"); got != fmt.Sprint(n) {
				t.Errorf("the reader has %s after %d", got, n)
			}
			seq, err := server.Client().HGet(t.Context(), aircraftSnap, "seq").Uint64()
			if err != nil {
				t.Fatal(err)
			}
			oldest, err := server.Client().XRangeN(t.Context(), aircraftLog, "-", "+", 1).Result()
			if err != nil {
				t.Fatal(err)
			}
			ms, _, _ := cutEpoch(at.Epoch)
			if first := uint64(0); true {
				fmt.Sscanf(strings.TrimPrefix(oldest[0].ID, ms+"-"), "%d", &first)
				if first > seq+1 {
					t.Errorf("the snapshot is of %d, and the log begins at %d", seq, first)
				}
			}
			// A new reader gets all of it.
			if state := load(t, open(t, server.Config()), "aircraft"); state.At != at || state.Records[0].Fields.Get("n") != fmt.Sprint(n) {
				t.Errorf("a new reader has %v at %v", state.Records, state.At)
			}
			if loads := reads.loads; loads > 1 {
				t.Errorf("a reader who kept up began anew %d times", loads-1)
			}
			reads.wantNothingWrong(t)
		})
	}
}

func TestAReaderWhoIsTooFarBehindIsTold(t *testing.T) {
	server := redistest.Single(t)
	log := open(t, server.Config(), func(c *streams.Config) { c.Retain, c.SnapshotChanges = time.Millisecond, 10 })
	w := begin(t, log, "aircraft")
	slow := push(t, w, change(1))
	n := 1
	eventually(t, "the log begins later", func() error {
		n++
		push(t, w, change(n))
		if got := length(t, server, aircraftLog); int(got) >= n {
			return fmt.Errorf("%d entries after %d", got, n)
		}
		return nil
	})
	fresh := open(t, server.Config()) // it has no window of its own
	eventually(t, "it has to begin anew", func() error {
		if _, err := fresh.Read(t.Context(), "aircraft", slow); !errors.Is(err, feedlog.ErrGone) {
			return fmt.Errorf("Read = %w, want ErrGone", err)
		}
		return nil
	})
}

// TestASkipIsSeen: a blocked XREAD goes on behind what was trimmed, and says nothing.
func TestASkipIsSeen(t *testing.T) {
	server := redistest.Single(t)
	log := open(t, server.Config())
	w := begin(t, log, "aircraft")
	reads := follow(t, log, "aircraft")
	at := push(t, w, change(1))
	reads.wantAt(t, at)
	ms, chance, _ := cutEpoch(at.Epoch)
	// Two entries at once, of which the first is gone before anybody reads it.
	_, err := server.Client().TxPipelined(t.Context(), func(p redistest.Pipe) error {
		for _, cmd := range [][]any{
			{"EVALSHA", streams.AppendHash(), 2, aircraftLog, "{skygate:aircraft}:head", ms + "-" + chance, 1, 2, streams.Encode(change(2)), ""},
			{"EVALSHA", streams.AppendHash(), 2, aircraftLog, "{skygate:aircraft}:head", ms + "-" + chance, 2, 3, streams.Encode(&record.Change{Removed: []string{"B"}}), ""},
			{"XDEL", aircraftLog, ms + "-2"},
			{"HSET", aircraftSnap, "seq", 3, "data", streams.Encode(&record.Change{Added: change(2).Updated})},
		} {
			p.Do(t.Context(), cmd...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	reads.wantAt(t, topic.Position{Epoch: at.Epoch, Seq: 3})
	if got := reads.value("A"); got != "2" {
		t.Errorf("the reader has %s: it went over a hole", got)
	}
	reads.wantNothingWrong(t)
	if reads.loads != 2 {
		t.Errorf("it loaded %d times, want 2", reads.loads)
	}
}

func TestEventsAreKeptWithinBounds(t *testing.T) {
	server := redistest.Single(t)
	for name, c := range map[string]struct {
		bounds streams.Bounds
		holds  func(kept int) bool
	}{
		"by number": {streams.Bounds{Events: 50, Bytes: 1 << 30, For: time.Hour}, func(kept int) bool { return kept == 50 }},
		"by bytes":  {streams.Bounds{Events: 1000, Bytes: 4000, For: time.Hour}, func(kept int) bool { return kept > 100 && kept < 140 }},
		"by age":    {streams.Bounds{Events: 1000, Bytes: 1 << 30, For: time.Millisecond}, func(kept int) bool { return kept < 100 }},
	} {
		t.Run(name, func(t *testing.T) {
			if err := server.Client().FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			log := streams.New(connect(t, server.Config()), streams.DefaultConfig(),
				func(string) (streams.Bounds, bool) { return c.bounds, true }, zerolog.Nop())
			defer log.Close()
			for n := range 200 {
				publish(t, log, event(n))
			}
			if kept := int(length(t, server, safetyLog)); !c.holds(kept) {
				t.Errorf("%d are kept", kept)
			}
			entries := load(t, log, "safety").Entries
			for i, e := range entries {
				if want := 200 - len(entries) + i + 1; e.At.Seq != uint64(want) {
					t.Fatalf("entry %d of %d is %v", i, len(entries), e.At)
				}
			}
		})
	}
}

func TestTwoProcessesPublish(t *testing.T) {
	server := redistest.Single(t)
	logs := []*streams.Log{open(t, server.Config()), open(t, server.Config())}
	reads := []*follower{follow(t, logs[0], "safety"), follow(t, logs[1], "safety")}
	const each = 200
	errs := make(chan error, len(logs))
	for i, log := range logs {
		go func() {
			for n := range each {
				if _, err := log.Publish(context.Background(), "safety", event(i*1000+n)); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range logs {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	at := load(t, logs[0], "safety").At
	for i, f := range reads {
		f.wantAt(t, at)
		f.wantNothingWrong(t)
		next := []int{0, 1000}
		for _, text := range f.told {
			n := 0
			fmt.Sscan(text, &n)
			if n != next[n/1000] {
				t.Fatalf("reader %d: after %v comes %d", i, next, n)
			}
			next[n/1000]++
		}
		if next[0] != each || next[1] != 1000+each {
			t.Errorf("reader %d was told %v", i, next)
		}
	}
	if fmt.Sprint(reads[0].told) != fmt.Sprint(reads[1].told) {
		t.Error("two readers were told another order")
	}
}

func TestOnceIsAcrossProcesses(t *testing.T) {
	server := redistest.Single(t)
	a, b := open(t, server.Config()), open(t, server.Config())
	c := event(1)
	c.Once = record.Once{Key: "conflict:A:B", For: time.Minute}
	first := publish(t, a, c)
	other := event(2)
	other.Once = c.Once
	if second := publish(t, b, other); second != first {
		t.Errorf("another process is told %v, the first was %v", second, first)
	}
	if third := publish(t, b, event(3)); third.Seq != 2 {
		t.Errorf("the next is at %v", third)
	}
	// It is remembered as long as the events: not over a loss of all of them.
	server.Restart(false)
	eventually(t, "it is told anew", func() error {
		at, err := b.Publish(t.Context(), "safety", other)
		if err == nil && at == first {
			err = errors.New("it is taken for told")
		}
		return err
	})
}

func TestAReplicaHasWhatWasAcknowledged(t *testing.T) {
	guarded := redistest.WithSentinel(t, "--repl-timeout", "2")
	log := open(t, guarded.Config(), func(c *streams.Config) { c.WaitReplicas, c.WaitTimeout = 1, time.Second })
	at := insist(t, log, event(1))
	if seq, err := guarded.Replica.Client().HGet(t.Context(), "{skygate:safety}:head", "seq").Uint64(); err != nil || seq != at.Seq {
		t.Errorf("the replica ends at %d, %v", seq, err)
	}
	guarded.Replica.Freeze()
	c := event(2)
	if _, err := log.Publish(t.Context(), "safety", c); !errors.Is(err, feedlog.ErrAway) {
		t.Errorf("nobody has it, and Publish says %v", err)
	}
	guarded.Replica.Thaw()
	if next := insist(t, log, c); next.Seq != 2 {
		t.Errorf("published again it is at %v", next)
	}
	if entries := load(t, log, "safety").Entries; len(entries) != 2 {
		t.Errorf("%d events are told, want 2", len(entries))
	}
}

// TestNoReplicaInACluster: the event is there, who published it is not told so, and
// when it comes again it is still there once.
func TestNoReplicaInACluster(t *testing.T) {
	log := open(t, redistest.Cluster(t, 2).Config(), func(c *streams.Config) { c.WaitReplicas, c.WaitTimeout = 1, 10*time.Millisecond })
	c := event(1)
	for range 3 {
		if _, err := log.Publish(t.Context(), "safety", c); !errors.Is(err, feedlog.ErrAway) || !strings.Contains(err.Error(), "0 replicas") {
			t.Errorf("Publish = %v", err)
		}
	}
	if entries := load(t, log, "safety").Entries; len(entries) != 1 {
		t.Errorf("%d events are told, want 1", len(entries))
	}
}

func TestAUserWithFewPermissions(t *testing.T) {
	_, config := redistest.WithACL(t)
	log := open(t, config)
	w := begin(t, log, "aircraft")
	reads, events := follow(t, log, "aircraft"), follow(t, log, "safety")
	reads.wantAt(t, push(t, w, change(1)))
	publish(t, log, event(1))
	events.wantTold(t, 1)
}

func TestALargeChangeAndASnapshot(t *testing.T) {
	server := redistest.Single(t)
	log := open(t, server.Config(), func(c *streams.Config) { c.SnapshotChanges = 1 })
	w := begin(t, log, "aircraft")
	reads := follow(t, log, "aircraft")
	var at topic.Position
	for n := range 5 {
		at = push(t, w, large(n, 8<<20))
	}
	reads.wantAt(t, at)
	huge := &record.Change{}
	for n := range 5 {
		huge.Updated = append(huge.Updated, large(n, 16<<20).Updated...)
	}
	if _, err := w.Append(t.Context(), huge); !errors.Is(err, feedlog.ErrTooLarge) {
		t.Errorf("Append of 80 MB: %v, want ErrTooLarge", err)
	}
	if next := push(t, w, change(6)); next.Seq != at.Seq+1 {
		t.Errorf("after what was too large the next is at %v", next)
	}
}

func TestWhatIsDamagedIsPassed(t *testing.T) {
	server := redistest.Single(t)
	log := open(t, server.Config())
	reads := follow(t, log, "safety")
	at := publish(t, log, event(1))
	reads.wantAt(t, at)
	ms, _, _ := cutEpoch(at.Epoch)
	c := server.Client()
	if err := c.Do(t.Context(), "XADD", safetyLog, ms+"-2", "e", at.Epoch, "t", "5", "d", "\x01nonsense").Err(); err != nil {
		t.Fatal(err)
	}
	if err := c.HSet(t.Context(), "{skygate:safety}:head", "seq", 2).Err(); err != nil {
		t.Fatal(err)
	}
	publish(t, log, event(3))
	reads.wantTold(t, 1, 3)
	follow(t, open(t, server.Config()), "safety").wantTold(t, 1, 3)
	reads.wantNothingWrong(t)
}

func TestATopicIsOfOneKind(t *testing.T) {
	log := open(t, redistest.Single(t).Config())
	begin(t, log, "aircraft")
	publish(t, log, event(1))
	if _, err := log.Begin(t.Context(), "safety"); err == nil {
		t.Error("an epoch of state in a topic of events")
	}
	if _, err := log.Publish(t.Context(), "aircraft", event(1)); err == nil {
		t.Error("an event in a topic of state")
	}
}

func TestWhatIsEvictedIsMadeAnew(t *testing.T) {
	for _, part := range []string{"log", "head", "snap"} {
		t.Run(part, func(t *testing.T) {
			server := redistest.Single(t)
			log := open(t, server.Config(), func(c *streams.Config) { c.SnapshotChanges = 5 })
			w := begin(t, log, "aircraft")
			reads, events := follow(t, log, "aircraft"), follow(t, log, "safety")
			reads.wantAt(t, push(t, w, change(1)))
			events.wantAt(t, publish(t, log, event(1)))
			if err := server.Client().Del(t.Context(), "{skygate:aircraft}:"+part, "{skygate:safety}:"+part).Err(); err != nil {
				t.Fatal(err)
			}
			insist(t, log, event(2))
			events.wantTold(t, 1, 2)
			for n := 2; n < 10; n++ {
				reads.wantAt(t, again(t, log, &w, change(n)))
			}
			fresh := open(t, server.Config())
			eventually(t, "a new reader has it", func() error {
				state, err := fresh.Load(t.Context(), "aircraft")
				if err == nil && (len(state.Records) != 1 || state.Records[0].Fields.Get("n") != "9") {
					err = fmt.Errorf("it has %v at %v", state.Records, state.At)
				}
				return err
			})
			reads.wantNothingWrong(t)
			events.wantNothingWrong(t)
		})
	}
}
