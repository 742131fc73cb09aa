package feedlog_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/feedlog/feedlogtest"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemoryContract(t *testing.T) {
	feedlogtest.Run(t, func(*testing.T) feedlogtest.Log { return feedlog.NewMemory() })
}

func TestMemoryIsBounded(t *testing.T) {
	log := feedlog.NewMemory()
	w, err := log.Begin(t.Context(), "aircraft")
	if err != nil {
		t.Fatal(err)
	}
	var at topic.Position
	for range 10_000 {
		if at, err = w.Append(t.Context(), &record.Change{Removed: []string{"A"}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := log.Read(t.Context(), "aircraft", topic.Position{Epoch: at.Epoch, Seq: 1}); !errors.Is(err, feedlog.ErrGone) {
		t.Errorf("reading on from 10,000 entries ago: %v, want ErrGone", err)
	}
	at.Seq -= 100
	entries, err := log.Read(t.Context(), "aircraft", at)
	if err != nil || len(entries) != 100 || entries[0].Base != at.Seq {
		t.Errorf("reading on from 100 entries ago: %d entries, %v", len(entries), err)
	}
}

func TestMemoryIsBoundedInRecords(t *testing.T) {
	log := feedlog.NewMemory()
	w, err := log.Begin(t.Context(), "aircraft")
	if err != nil {
		t.Fatal(err)
	}
	large := &record.Change{Removed: make([]string, 15_000)}
	var at topic.Position
	for range 10 {
		if at, err = w.Append(t.Context(), large); err != nil {
			t.Fatal(err)
		}
	}
	at.Seq -= 2
	if entries, err := log.Read(t.Context(), "aircraft", at); err != nil || len(entries) != 2 {
		t.Errorf("two large entries ago: %d entries, %v", len(entries), err)
	}
	at.Seq -= 3
	if _, err := log.Read(t.Context(), "aircraft", at); !errors.Is(err, feedlog.ErrGone) {
		t.Errorf("five large entries ago: %v, want ErrGone", err)
	}
}

func TestMemoryIsBoundedInBytesOfEvents(t *testing.T) {
	log := feedlog.NewMemory()
	text := strings.Repeat("x", 1<<20)
	for range 100 {
		e := &record.Event{Name: "acars:message", Record: record.Record{Key: "A", Fields: record.Fields{{Name: "text", Raw: text}}}}
		if _, err := log.Publish(t.Context(), "acars", &record.Change{Event: e}); err != nil {
			t.Fatal(err)
		}
	}
	state, err := log.Load(t.Context(), "acars")
	if err != nil || len(state.Entries) < 10 || len(state.Entries) > 16 {
		t.Errorf("of 100 events of 1 MiB it keeps %d, %v", len(state.Entries), err)
	}
}

func TestMemoryRemembersSoManyKeys(t *testing.T) {
	log := feedlog.NewMemory()
	publish := func(key string) topic.Position {
		c := &record.Change{Event: &record.Event{Name: "safety:event"}, Once: record.Once{Key: key, For: time.Hour}}
		at, err := log.Publish(t.Context(), "safety", c)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	first := publish("first")
	for i := range 100_000 {
		publish(strconv.Itoa(i))
	}
	if again := publish("first"); again == first {
		t.Error("the first of 100,001 keys is remembered")
	}
	if again := publish("99999"); again.Seq != 100_001 {
		t.Errorf("the last but one of them is at %v", again)
	}
}
