package feed_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
)

// overrun is a monitor that has more to look at each second than it can.
type overrun struct{ seconds uint64 }

func (*overrun) Observe(string, record.Fields, int64, time.Time) []record.Event { return nil }
func (*overrun) Gone(string, time.Time) []record.Event                          { return nil }

func (o *overrun) Tick(time.Time) []record.Event {
	o.seconds++
	return nil
}

func (o *overrun) Dropped() map[string]uint64 {
	all := map[string]uint64{"crowd": 10 * o.seconds}
	if o.seconds >= 3 {
		all["conflicts"] = o.seconds
	}
	return all
}

// What a monitor leaves out is told once for each reason, and counted.
func TestLookoutTellsOfDropsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		to := feed.NewPublisher("safety", feedlog.NewMemory(), feed.Remember{}, zerolog.Nop())
		l := feed.NewLookout(&overrun{}, to, zerolog.New(&out))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second+time.Millisecond)
		defer cancel()
		if err := l.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(out.String(), "\n"); n != 2 || strings.Count(out.String(), `"reason":"crowd","so_far":10,`) != 1 {
			t.Errorf("%d lines, want 2: %s", n, &out)
		}
		if got := l.Dropped(); got["crowd"] != 100 || got["conflicts"] != 10 {
			t.Errorf("dropped %v", got)
		}
	})
}
