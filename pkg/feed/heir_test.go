package feed_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// echo is a monitor that finds each record worth an event, and inherits.
type echo struct{ inherited, lost []string }

var _ feed.Heir = (*echo)(nil)

func (e *echo) Observe(key string, _ record.Fields, _ int64, _ time.Time) []record.Event {
	return []record.Event{{Name: "safety:event", Record: record.Record{Key: key}}}
}
func (*echo) Gone(string, time.Time) []record.Event { return nil }
func (*echo) Tick(time.Time) []record.Event         { return nil }
func (e *echo) Inherit(told, lost []record.Event, _ time.Time) []record.Event {
	for _, t := range told {
		e.inherited = append(e.inherited, t.Key+t.Fields.Get("n"))
	}
	for _, t := range lost {
		e.lost = append(e.lost, t.Key+t.Fields.Get("n"))
	}
	return []record.Event{{Name: "safety:event", Record: record.Record{Key: "left over"}}}
}

// A monitor is silent while another process speaks, and learns what was told before
// it speaks itself.
func TestAMonitorInherits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		log := feedlog.NewMemory()
		to := feed.NewPublisher("safety", log, feed.Remember{}, zerolog.Nop())
		monitor := &echo{}
		l := feed.NewLookout(monitor, to, zerolog.Nop())
		done := make(chan error, 2)
		go func() { done <- to.Run(ctx) }()
		go func() { done <- l.Run(ctx) }()
		keys := func() (all []string) {
			synctest.Wait()
			state, err := log.Load(ctx, "safety")
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range state.Entries {
				all = append(all, e.Change.Event.Key)
			}
			return all
		}
		l.Changed("ALONE", nil, 0, 0)
		l.Lead(false)
		l.Changed("SILENT", nil, 0, 0)
		for _, other := range []string{"OTHER", "MORE", "OTHER"} {
			c := &record.Change{Event: &record.Event{Name: "safety:event", Record: rec(other, "n", fmt.Sprint(len(keys())))}}
			if _, err := log.Publish(ctx, "safety", c); err != nil {
				t.Fatal(err)
			}
		}
		l.Lead(true)
		l.Lead(false) // and at once another one again
		synctest.Wait()
		l.Changed("SILENT AGAIN", nil, 0, 0)
		if l.Speaks() {
			t.Error("it speaks while another process does")
		}
		l.Lead(true)
		synctest.Wait()
		l.Changed("SPOKEN", nil, 0, 0)
		if got, want := fmt.Sprint(keys()), "[ALONE OTHER MORE OTHER left over SPOKEN]"; got != want {
			t.Errorf("told: %s, want %s", got, want)
		}
		if got, want := fmt.Sprint(monitor.inherited), "[ALONE OTHER3 MORE2]"; got != want {
			t.Errorf("inherited: %s, want %s", got, want)
		}
		cancel()
		<-done
		<-done
	})
}

// What the log has lost is known from what this process remembers.
func TestAMonitorInheritsWhatTheLogHasLost(t *testing.T) {
	at := func(epoch string, seq uint64) topic.Position { return topic.Position{Epoch: epoch, Seq: seq} }
	entry := func(key, n string, is, was topic.Position) *feedlog.Entry {
		return &feedlog.Entry{At: is, Origin: was, Change: &record.Change{Event: &record.Event{Record: rec(key, "n", n)}}}
	}
	nowhere := topic.Position{}
	begun := &feedlog.Entry{At: at("new", 0), Continues: at("old", 4), Change: &record.Change{}}
	memory := []*feedlog.Entry{
		entry("A", "1", at("old", 1), nowhere), entry("B", "2", at("old", 2), nowhere), entry("A", "3", at("old", 3), nowhere), entry("C", "4", at("old", 4), nowhere),
	}
	for name, tc := range map[string]struct {
		memory, log []*feedlog.Entry
		err         error
		told, lost  string
	}{
		"nothing is lost":                 {memory, memory, nil, "[A3 B2 C4]", "[]"},
		"nothing is remembered":           {nil, memory, nil, "[A3 B2 C4]", "[]"},
		"the log has more":                {memory[:2], memory, nil, "[A3 B2 C4]", "[]"},
		"an epoch begins":                 {memory, append(memory[1:4:4], begun), nil, "[A3 B2 C4]", "[]"},
		"all is lost":                     {memory, nil, nil, "[]", "[A3 B2 C4]"},
		"all but the oldest":              {memory, memory[:1], nil, "[]", "[A3 B2 C4]"},
		"all but the newest":              {memory, memory[3:], nil, "[C4]", "[A3 B2]"},
		"some are told again":             {memory, []*feedlog.Entry{begun, entry("B", "2", at("new", 1), at("old", 2)), entry("A", "1", at("new", 2), at("old", 1))}, nil, "[B2]", "[A3 C4]"},
		"that is remembered":              {append(memory[:4:4], entry("D", "5", at("new", 1), at("old", 5))), []*feedlog.Entry{entry("D", "5", at("newest", 1), at("old", 5))}, nil, "[D5]", "[A3 B2 C4]"},
		"it goes on":                      {memory, []*feedlog.Entry{begun, entry("A", "6", at("new", 1), nowhere)}, nil, "[A6]", "[B2 C4]"},
		"it is away":                      {memory, nil, feedlog.ErrAway, "[A3 B2 C4]", "[]"},
		"it is away, and nothing is here": {nil, nil, feedlog.ErrAway, "[]", "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				monitor := &echo{}
				log := loads{feedlog.NewMemory(), tc.log, tc.err}
				l := feed.NewLookout(monitor, feed.NewPublisher("safety", log, feed.Remember{}, zerolog.Nop()), zerolog.Nop())
				l.Recall(func() []*feedlog.Entry { return tc.memory })
				l.Lead(true)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if err := l.Run(ctx); err != nil || !l.Speaks() {
					t.Errorf("Run = %v; it speaks: %v", err, l.Speaks())
				}
				if told, lost := fmt.Sprint(monitor.inherited), fmt.Sprint(monitor.lost); told != tc.told || lost != tc.lost {
					t.Errorf("told %s and lost %s, want %s and %s", told, lost, tc.told, tc.lost)
				}
			})
		})
	}
}

// loads is a log that has these entries, or does not answer.
type loads struct {
	*feedlog.Memory
	entries []*feedlog.Entry
	err     error
}

func (l loads) Load(context.Context, string) (feedlog.State, error) {
	return feedlog.State{Entries: l.entries}, l.err
}
