package hostile

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/readsb"
	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
)

// A receiver repeats each second an old position, whose age grows, beside counters
// that move on: nothing of it is told again.
func TestOldPositionRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		policy := root.Aircraft()
		log := feedlog.NewMemory()
		f := feed.New(policy, log, zerolog.Nop())
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- f.Run(ctx) }()
		synctest.Wait()
		sink := f.From("receiver")
		for i := range 58 {
			at := time.Now()
			body := fmt.Sprintf(`{"now":%.1f,"messages":%d,"aircraft":[{"hex":"aaaaaa","alt_baro":30000,"lat":50.1,"lon":8.5,"seen":%.1f,"seen_pos":%.1f,"messages":%d,"rssi":%.1f}]}`,
				seconds(at), 100*i, 0.1*float64(i%9), 0.4+float64(i), 10*i, -20-0.1*float64(i%5))
			updates, bad, err := readsb.Decode([]byte(body), at.UnixMilli(), nil)
			if err != nil || len(bad) > 0 || len(updates) != 1 {
				t.Fatalf("%v, %v, %d updates", err, bad, len(updates))
			}
			sink.Put(updates)
			time.Sleep(time.Second)
		}
		state, err := log.Load(ctx, policy.Name)
		if err != nil {
			t.Fatal(err)
		}
		if len(state.Records) != 1 || len(state.Entries) != 1 {
			t.Errorf("%d aircraft, %d changes of one that told nothing new", len(state.Records), len(state.Entries))
			for _, e := range state.Entries[:min(3, len(state.Entries))] {
				t.Logf("%+v", e.Change)
			}
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
