package feed_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
)

// Every record is passed over once, as it is merged (also what is not told yet), while
// others report.
func TestEach(t *testing.T) {
	f := feed.New(policy, feedlog.NewMemory(), zerolog.Nop())
	const many = 1000 // more than are passed over at a time
	report := func(gs int) {
		updates := make([]record.Update, many)
		for i := range updates {
			updates[i] = record.Update{Observed: time.Now().UnixMilli(), Record: record.Record{
				Key: fmt.Sprint(i), Fields: record.Fields{{Name: "gs", Raw: fmt.Sprint(gs)}},
			}}
		}
		f.Put(updates)
	}
	report(1)
	var reports sync.WaitGroup
	reports.Go(func() { report(2) })
	for range 10 {
		seen := map[string]bool{}
		f.Each(func(key string, fields record.Fields, observed int64) {
			if gs := fields.Get("gs"); seen[key] || gs != "1" && gs != "2" || observed == 0 {
				t.Errorf("%s: %v, heard at %d, seen before: %v", key, fields, observed, seen[key])
			}
			seen[key] = true
		})
		if len(seen) != many {
			t.Errorf("%d of %d were seen", len(seen), many)
		}
	}
	reports.Wait()
	f.Each(func(key string, fields record.Fields, _ int64) {
		if fields.Get("gs") != "2" {
			t.Errorf("%s: %v", key, fields)
		}
	})
}
