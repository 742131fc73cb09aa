package hub_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// What is asked of a topic, beside what its subscribers get.
func TestQueries(t *testing.T) {
	ctx := context.Background()
	log := feedlog.NewMemory()
	w, err := log.Begin(ctx, "ships")
	if err != nil {
		t.Fatal(err)
	}
	ship := func(key, lat string) record.Record {
		return record.Record{Key: key, Fields: record.Fields{{Name: "lat", Raw: lat}, {Name: "lon", Raw: "8"}}}
	}
	at, err := w.Append(ctx, &record.Change{Added: []record.Record{ship("A", "50"), ship("B", "50.1"), ship("C", "60"), {Key: "D"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bell:rung", "bell:cleaned", "bell:rung"} {
		if _, err := log.Publish(ctx, "bell", &record.Change{Event: &record.Event{Name: name, Record: record.Record{Key: name}}}); err != nil {
			t.Fatal(err)
		}
	}
	h := hub.New(log, []topic.Policy{
		{Name: "ships", Prefix: "ships", Key: "id", List: "ships"},
		{Name: "bell", Prefix: "bell", Kind: topic.Event, Key: "id", List: "bells", RetainMost: 10, RetainBytes: 1 << 20, Recent: 10},
		{Name: "cleaned", Of: "bell", Only: []string{"bell:cleaned"}, Prefix: "bell", Kind: topic.Event, Key: "id", List: "bells", RetainMost: 10, RetainBytes: 1 << 20, Recent: 10},
	}, batch.DefaultConfig(), zerolog.Nop())
	if err := h.Load(ctx); err != nil {
		t.Fatal(err)
	}

	if got := h.Position("ships"); got != at {
		t.Errorf("the position is %v, want %v", got, at)
	}
	if got := h.Position("moon"); got != (topic.Position{}) {
		t.Errorf("an unknown topic is at %v", got)
	}
	f, err := view.ParseFilter(json.RawMessage(`{"center":{"lat":50,"lon":8,"radius_nm":10}}`))
	if err != nil {
		t.Fatal(err)
	}
	near := func(topicName string) (keys string) {
		records, err := h.Near(topicName, f)
		if err != nil {
			return err.Error()
		}
		names := []string{}
		for _, r := range records {
			names = append(names, r.Key)
		}
		slices.Sort(names)
		return strings.Join(names, " ")
	}
	for topicName, want := range map[string]string{"ships": "A B", "bell": "", "moon": hub.ErrUnknownTopic.Error()} {
		if got := near(topicName); got != want {
			t.Errorf("near in %s: %q, want %q", topicName, got, want)
		}
	}
	for topicName, want := range map[string]int{"bell": 3, "cleaned": 1, "ships": 0} {
		if events, err := h.Events(topicName); len(events) != want || err != nil {
			t.Errorf("%s: %d events, want %d (%v)", topicName, len(events), want, err)
		}
	}
	if _, err := h.Events("moon"); err == nil {
		t.Error("events of an unknown topic")
	}
}

// Whose events are given depends on who asks.
func TestEventsOf(t *testing.T) {
	log := feedlog.NewMemory()
	for _, owner := range []string{"", "anna", "bert"} {
		e := &record.Event{Name: "bell:rung", Owner: owner, Record: record.Record{Key: "1"}}
		if _, err := log.Publish(t.Context(), "bell", &record.Change{Event: e}); err != nil {
			t.Fatal(err)
		}
	}
	h := hub.New(log, []topic.Policy{{Name: "bell", Prefix: "bell", Kind: topic.Event, Key: "id", List: "bells", RetainMost: 10, RetainBytes: 1 << 20, Recent: 10}}, batch.DefaultConfig(), zerolog.Nop())
	if err := h.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		give func(string) ([]*feedlog.Entry, error)
		want string
	}{
		"nobody": {h.Events, `[""]`},
		"anna":   {func(name string) ([]*feedlog.Entry, error) { return h.EventsOf(name, "anna") }, `["" "anna"]`},
		"all":    {h.EventsOfAll, `["" "anna" "bert"]`},
	} {
		events, err := tc.give("bell")
		owners := make([]string, len(events))
		for i, e := range events {
			owners[i] = e.Change.Event.Owner
		}
		if got := fmt.Sprintf("%q", owners); got != tc.want || err != nil {
			t.Errorf("%s: the events of %s, %v; want %s", name, got, err, tc.want)
		}
		if _, err := tc.give("moon"); err == nil {
			t.Errorf("%s: events of an unknown topic", name)
		}
	}
}

// quiet is a receiver that keeps what it is sent.
type quiet struct{ sent []string }

func (q *quiet) Send(messages ...*wire.Message) {
	for _, m := range messages {
		q.sent = append(q.sent, m.Event+" "+string(m.Data))
	}
}
func (*quiet) Hold()        {}
func (*quiet) Release()     {}
func (*quiet) Close(string) {}
func (*quiet) Purge(string) {}

// A topic that shows only some events of another has a place of its own: what it
// leaves out makes no hole.
func TestTopicOfSomeEvents(t *testing.T) {
	ctx := context.Background()
	log := feedlog.NewMemory()
	ring := func(name string) topic.Position {
		at, err := log.Publish(ctx, "bell", &record.Change{Event: &record.Event{Name: name, Record: record.Record{Key: "1"}}})
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	at := ring("bell:cleaned")
	h := hub.New(log, []topic.Policy{{
		Name: "cleaned", Of: "bell", Only: []string{"bell:cleaned"}, Prefix: "bell", Kind: topic.Event, Key: "id", List: "bells",
		RetainMost: 10, RetainBytes: 1 << 20, Recent: 10,
	}}, batch.DefaultConfig(), zerolog.Nop())
	ring("bell:rung")
	ring("bell:rung")
	ring("bell:cleaned")
	if err := h.Load(ctx); err != nil {
		t.Fatal(err)
	}
	q := &quiet{}
	m := h.Enter(q, func(string) bool { return true })
	defer m.Leave()
	if _, err := m.Subscribe(hub.Subscribe{Topics: []string{"cleaned"}, Since: map[string]wire.Position{
		"cleaned": {Epoch: at.Epoch, Seq: at.Seq, View: "all"},
	}}); err != nil {
		t.Fatal(err)
	}
	if len(q.sent) != 2 || !strings.HasPrefix(q.sent[1], `bell:cleaned {"epoch":"`+at.Epoch+`","base":1,"seq":4`) {
		t.Errorf("since the first cleaning: %q", q.sent)
	}
}
