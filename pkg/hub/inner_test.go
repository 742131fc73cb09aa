package hub

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/view"
)

// Nothing is left of sessions that have gone, whatever they were in the midst of.
func TestNothingIsLeftOfThoseWhoHaveGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		batches := batch.DefaultConfig()
		batches.MaxMessage = 1000
		h := New(feedlog.NewMemory(), []topic.Policy{{Name: "aircraft", Prefix: "aircraft", Key: "hex", List: "aircraft", AutoJoin: true, Rate: 10}}, batches, zerolog.Nop())
		s := h.streams[0]
		change := record.Change{}
		for i := range 10 {
			change.Added = append(change.Added, record.Record{Key: fmt.Sprint(i), Fields: record.Fields{{Name: "x", Raw: `"` + strings.Repeat("x", 200) + `"`}}})
		}
		entry := &feedlog.Entry{At: topic.Position{Seq: 1}, Change: &change}
		if err := s.apply([]*feedlog.Entry{entry}, time.Now()); err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			m := h.Enter(&sink{}, func(string) bool { return true })
			filter, err := view.ParseFilter(fmt.Appendf(nil, `{"altitude":{"min":%d}}`, i/2))
			if err != nil {
				t.Fatal(err)
			}
			ask := Subscribe{Topics: []string{"aircraft"}, Filters: map[string]*view.Filter{"aircraft": nil}}
			switch i % 5 {
			case 0, 1: // in the midst of parts
			case 2: // with its own view, and another to come
				ask.Filters["aircraft"] = filter
			case 3:
				ask.Fields = map[string][]string{"aircraft": {fmt.Sprint(i)}}
			case 4: // owed a snapshot
				m.AutoJoin()
				m.Leave()
				continue
			}
			if _, err := m.Subscribe(ask); err != nil {
				t.Fatal(err)
			}
			if i%5 == 2 {
				ask.Filters["aircraft"] = nil
				_, _ = m.Subscribe(ask)
				ask.Filters["aircraft"] = filter
				_, _ = m.Subscribe(ask)
			}
			m.Drained(map[string]uint64{"aircraft": 0})
			m.Leave()
		}
		time.Sleep(2 * time.Second)
		h.sendDue(time.Now())
		if len(s.audiences)+len(s.byKey)+len(s.owed)+len(s.parked)+len(s.turning)+len(s.slowed) != 0 {
			t.Errorf("left: %d audiences, %d by key; owed %d, parked %d, turning %d, slowed %d",
				len(s.audiences), len(s.byKey), len(s.owed), len(s.parked), len(s.turning), len(s.slowed))
		}
	})
}
