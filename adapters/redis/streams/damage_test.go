package streams_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/pkg/feedlog"
)

// TestAForeignEntry: what others have put into the log of events is passed over, and
// the topic goes on above it.
func TestAForeignEntry(t *testing.T) {
	for name, id := range map[string]string{
		"of now":        "*",
		"of the future": "9000000000000-7",
		"of the end":    "18446744073709551615-18446744073709551615",
	} {
		t.Run(name, func(t *testing.T) {
			server := redistest.Single(t)
			log := open(t, server.Config())
			reads := follow(t, log, "safety")
			reads.wantAt(t, publish(t, log, event(1)))
			if err := server.Client().Do(t.Context(), "XADD", safetyLog, id, "a", "b").Err(); err != nil {
				t.Fatal(err)
			}
			publish(t, log, event(2))
			publish(t, open(t, server.Config()), event(3))
			reads.wantTold(t, 1, 2, 3)
			insist(t, log, event(4))
			reads.wantTold(t, 1, 2, 3, 4)
			reads.wantNothingWrong(t)
		})
	}
}

// TestAForeignEntryInState: a writer that begins anew goes on above it.
func TestAForeignEntryInState(t *testing.T) {
	server := redistest.Single(t)
	log := open(t, server.Config())
	w := begin(t, log, "aircraft")
	reads := follow(t, log, "aircraft")
	reads.wantAt(t, push(t, w, change(1)))
	if err := server.Client().Do(t.Context(), "XADD", "{skygate:aircraft}:log", "9000000000000-7", "a", "b").Err(); err != nil {
		t.Fatal(err)
	}
	reads.wantAt(t, again(t, log, &w, change(2)))
	reads.wantAt(t, again(t, log, &w, change(3)))
	reads.wantNothingWrong(t)
}

// TestADamagedHeadOfEvents: the next event mends it.
func TestADamagedHeadOfEvents(t *testing.T) {
	for name, do := range map[string][]any{
		"seq is ahead":     {"HSET", "{skygate:safety}:head", "seq", "99999999"},
		"seq is no number": {"HSET", "{skygate:safety}:head", "seq", "soon"},
		"no epoch":         {"HSET", "{skygate:safety}:head", "epoch", "x"},
		"another ms":       {"HSET", "{skygate:safety}:head", "ms", "7"},
		"no kind":          {"HSET", "{skygate:safety}:head", "kind", "x"},
		"chain":            {"HSET", "{skygate:safety}:head", "chain", "x y"},
		"bytes":            {"HSET", "{skygate:safety}:head", "bytes", "x"},
		"a head of text":   {"SET", "{skygate:safety}:head", "x"},
		"a log of text":    {"SET", "{skygate:safety}:log", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			server := redistest.Single(t)
			log := open(t, server.Config())
			reads := follow(t, log, "safety")
			reads.wantAt(t, publish(t, log, event(1)))
			if err := server.Client().Do(t.Context(), do...).Err(); err != nil {
				t.Fatal(err)
			}
			insist(t, log, event(2))
			insist(t, open(t, server.Config()), event(3))
			reads.wantTold(t, 1, 2, 3)
			reads.wantNothingWrong(t)
		})
	}
}

// TestDamagedState: readers are told that the topic is away, a process that starts as
// well, and a writer that begins anew mends it.
func TestDamagedState(t *testing.T) {
	for name, do := range map[string][]any{
		"seq is ahead":         {"HSET", "{skygate:aircraft}:head", "seq", "99999999"},
		"seq is no number":     {"HSET", "{skygate:aircraft}:head", "seq", "soon"},
		"no epoch":             {"HSET", "{skygate:aircraft}:head", "epoch", "x"},
		"a head of text":       {"SET", "{skygate:aircraft}:head", "x"},
		"a log of text":        {"SET", "{skygate:aircraft}:log", "x"},
		"a snapshot of text":   {"SET", "{skygate:aircraft}:snap", "x"},
		"a snapshot's data":    {"HSET", "{skygate:aircraft}:snap", "data", "\x01nonsense"},
		"a snapshot's seq":     {"HSET", "{skygate:aircraft}:snap", "seq", "soon"},
		"a snapshot's epoch":   {"HSET", "{skygate:aircraft}:snap", "epoch", "1-x"},
		"a log that is erased": {"DEL", "{skygate:aircraft}:log"},
	} {
		t.Run(name, func(t *testing.T) {
			server := redistest.Single(t)
			log := open(t, server.Config())
			w := begin(t, log, "aircraft")
			reads := follow(t, log, "aircraft")
			reads.wantAt(t, push(t, w, change(1)))
			if err := server.Client().Do(t.Context(), do...).Err(); err != nil {
				t.Fatal(err)
			}
			starts := open(t, server.Config())
			if _, err := starts.Load(t.Context(), "aircraft"); !errors.Is(err, feedlog.ErrDamaged) || !errors.Is(err, feedlog.ErrAway) {
				t.Errorf("Load = %v, want ErrDamaged and ErrAway", err)
			}
			if name == "seq is ahead" {
				eventually(t, "readers are told", func() error {
					reads.mu.Lock()
					defer reads.mu.Unlock()
					if reads.away == 0 {
						return fmt.Errorf("they were not")
					}
					return nil
				})
			}
			w = begin(t, log, "aircraft")
			reads.wantAt(t, push(t, w, change(2)))
			load(t, starts, "aircraft")
			reads.wantNothingWrong(t)
		})
	}
}
