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
)

// echo is a monitor that finds each record worth an event, and inherits.
type echo struct{ inherited []string }

func (e *echo) Observe(key string, _ record.Fields, _ int64, _ time.Time) []record.Event {
	return []record.Event{{Name: "safety:event", Record: record.Record{Key: key}}}
}
func (*echo) Gone(string, time.Time) []record.Event { return nil }
func (*echo) Tick(time.Time) []record.Event         { return nil }
func (e *echo) Inherit(told []record.Event, _ time.Time) []record.Event {
	for _, t := range told {
		e.inherited = append(e.inherited, t.Key+t.Fields.Get("n"))
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
