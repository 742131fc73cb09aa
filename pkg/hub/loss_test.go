package hub_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// Of what the log has lost several processes tell again what each of them had told, in
// any order, and between that what is new. Who had all of it, and comes to a process that
// never saw it at its first place, gets what is new, and nothing else.
func TestWhatWasLostIsToldAgainInAnotherOrder(t *testing.T) {
	a, b := at("E1", 1, "A"), at("E1", 2, "B")
	c, d, e := topic.Position{Epoch: "E1", Seq: 3}, topic.Position{Epoch: "E1", Seq: 4}, topic.Position{Epoch: "E1", Seq: 5}
	entries := []*feedlog.Entry{
		a, b, begin("E2", "E1", 2),
		at("E2", 1, "new"), at("E2", 2, "D", d), at("E2", 3, "newer"), at("E2", 4, "C", c), at("E2", 5, "E", e), at("E2", 6, "newest"),
	}
	emptied := []*feedlog.Entry{
		at("E2", 1, "A", a.At), at("E2", 2, "new"), at("E2", 3, "D", d), at("E2", 4, "B", b.At), at("E2", 5, "newer"),
		at("E2", 6, "C", c), at("E2", 7, "E", e), at("E2", 8, "newest"),
	}
	for name, tc := range map[string]struct {
		entries []*feedlog.Entry
		seq     uint64
		want    string
	}{
		"its end is lost, who had all":             {entries, 5, "[new newer newest]"},
		"its end is lost, who had a part of that":  {entries, 3, "[new D newer E newest]"},
		"its end is lost, who had nothing of that": {entries, 2, "[new D newer C E newest]"},
		"all is lost, who had all":                 {emptied, 5, "[new newer newest]"},
		"all is lost, who had a part":              {emptied, 2, "[new D newer C E newest]"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				log := newEpochs()
				log.become(tc.entries...)
				policies := []topic.Policy{{Name: "acars", Prefix: "acars", Kind: topic.Event, Key: "hex", List: "events", Retention: 1_000_000 * time.Hour, RetainMost: 100, RetainBytes: 1 << 20, Recent: 3}}
				h := hub.New(log, policies, batch.DefaultConfig(), zerolog.Nop())
				done := make(chan error, 1)
				go func() { done <- h.Run(ctx) }()
				synctest.Wait()
				s := &scene{T: t, hub: h}
				guest := s.enter("guest")
				guest.subscribe("acars")
				got, at := s.goOn(guest.position("acars").View, topic.Position{Epoch: "E1", Seq: tc.seq})
				if end := tc.entries[len(tc.entries)-1].At; fmt.Sprint(got) != tc.want || at != end {
					t.Errorf("it gets %q, and is at %v; want %s, %v", got, at, tc.want, end)
				}
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// Who has what the log has lost comes to a process that never saw that, before it is told
// again, and stays: it is told what is new, once, also when what is lost stays lost.
func TestWhoHasWhatIsLostStays(t *testing.T) {
	a, b := at("E1", 1, "A"), at("E1", 2, "B")
	c, d := topic.Position{Epoch: "E1", Seq: 3}, topic.Position{Epoch: "E1", Seq: 4}
	c2, d2 := at("E2", 1, "C", c), at("E2", 2, "D", d)
	for name, tc := range map[string]struct {
		early, late []*feedlog.Entry
		want        string
	}{
		"nothing is told again yet":        {nil, []*feedlog.Entry{c2, d2, at("E2", 3, "new")}, "[E2 0→3 new]"},
		"a part is told again":             {[]*feedlog.Entry{c2}, []*feedlog.Entry{d2, at("E2", 3, "new")}, "[E2 0→3 new]"},
		"a part, and in another order":     {[]*feedlog.Entry{at("E2", 1, "D", d)}, []*feedlog.Entry{at("E2", 2, "C", c), at("E2", 3, "new")}, "[E2 0→3 new]"},
		"it stays lost":                    {nil, []*feedlog.Entry{at("E2", 1, "new")}, "[E2 0→1 new]"},
		"it stays lost, and there is news": {[]*feedlog.Entry{at("E2", 1, "new")}, []*feedlog.Entry{at("E2", 2, "newer")}, "[E2 0→1 new E2 1→2 newer]"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				log := newEpochs()
				entries := append([]*feedlog.Entry{a, b, begin("E2", "E1", 2)}, tc.early...)
				log.become(entries...)
				policies := []topic.Policy{{Name: "acars", Prefix: "acars", Kind: topic.Event, Key: "hex", List: "events", Retention: 1_000_000 * time.Hour, RetainMost: 100, RetainBytes: 1 << 20, Recent: 3, Bypass: true}}
				h := hub.New(log, policies, batch.DefaultConfig(), zerolog.Nop())
				done := make(chan error, 1)
				go func() { done <- h.Run(ctx) }()
				synctest.Wait()
				s := &scene{T: t, hub: h}
				other := s.enter("other") // who has nothing gets everything, also beside the one who has
				other.subscribe("acars")
				var got recorded
				m := h.Enter(&got, func(string) bool { return true })
				since := wire.Position{Epoch: "E1", Seq: 4, View: other.position("acars").View}
				answer, err := m.Subscribe(hub.Subscribe{Topics: []string{"acars"}, Since: map[string]wire.Position{"acars": since}})
				if err != nil {
					t.Fatal(err)
				}
				if !answer.Resumed["acars"] {
					t.Errorf("it cannot go on from what the log has lost: %+v", answer)
				}
				for _, e := range tc.late {
					entries = append(entries, e)
					log.become(entries...)
					synctest.Wait()
				}
				told := []string{}
				for _, m := range got {
					if m.Event == "acars:event" {
						told = append(told, placed(t, m))
					}
				}
				if fmt.Sprint(told) != tc.want {
					t.Errorf("it is told %q, want %s", told, tc.want)
				}
				if events := other.lately(len(tc.late)); len(events) != len(tc.late) || strings.Contains(fmt.Sprint(events), "snapshot") {
					t.Errorf("the other is told %q, of %d that are new to it", events, len(tc.late))
				}
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// placed is where an event is, and which.
func placed(t *testing.T, m *wire.Message) string {
	t.Helper()
	var e struct {
		Epoch, Hex string
		Base, Seq  uint64
	}
	if err := json.Unmarshal(m.Data, &e); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %d→%d %s", e.Epoch, e.Base, e.Seq, e.Hex)
}
