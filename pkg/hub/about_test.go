package hub_test

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// An event is about the aircraft that it names, not about its own id.
func TestAFilterOfKeysOnEvents(t *testing.T) {
	policy := topic.Policy{
		Name: "safety", Prefix: "safety", Kind: topic.Event, Key: "id", List: "events",
		About: []string{"icao_hex", "icao_hex_2"}, Retention: time.Hour, RetainMost: 10, RetainBytes: 1 << 20, Recent: 10,
	}
	log := feedlog.NewMemory()
	for id, pair := range map[string][2]string{"1": {`"AAAAAA"`, "null"}, "2": {`"BBBBBB"`, `"AAAAAA"`}, "3": {`"BBBBBB"`, `"CCCCCC"`}} {
		e := &record.Event{Name: "safety:event", Record: record.Record{Key: id, Fields: record.Fields{
			{Name: "icao_hex", Raw: pair[0]}, {Name: "icao_hex_2", Raw: pair[1]},
		}}}
		if _, err := log.Publish(t.Context(), "safety", &record.Change{Event: e}); err != nil {
			t.Fatal(err)
		}
	}
	h := hub.New(log, []topic.Policy{policy}, batch.DefaultConfig(), zerolog.Nop())
	if err := h.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string]int{`{"icao":["aaaaaa"]}`: 2, `{"icao":["CCCCCC"]}`: 1, `{"icao":["1"]}`: 0, `{}`: 3} {
		f, err := view.ParseFilter([]byte(filter))
		if err != nil {
			t.Fatal(err)
		}
		k := &newest{}
		m := h.Enter(k, func(string) bool { return true })
		if _, err := m.Subscribe(hub.Subscribe{Topics: []string{"safety"}, Filters: map[string]*view.Filter{"safety": f}}); err != nil {
			t.Fatal(err)
		}
		var snapshot struct{ Count int }
		if err := json.Unmarshal(k.message.Data, &snapshot); err != nil || snapshot.Count != want {
			t.Errorf("%s sees %d events, want %d", filter, snapshot.Count, want)
		}
		m.Leave()
	}
}

// An event that has an owner is told to that one's sessions, and to no other's.
func TestOwnedEvents(t *testing.T) {
	policy := topic.Policy{
		Name: "alerts", Prefix: "alert", Kind: topic.Event, Key: "id", List: "alerts", Owned: true, Bypass: true,
		Retention: time.Hour, RetainMost: 10, RetainBytes: 1 << 20, Recent: 10,
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		log := feedlog.NewMemory()
		h := hub.New(log, []topic.Policy{policy}, batch.DefaultConfig(), zerolog.Nop())
		publish := func(id, owner string) {
			e := &record.Event{Name: "alert:triggered", Owner: owner, Record: record.Record{Key: id}}
			if _, err := log.Publish(ctx, "alerts", &record.Change{Event: e}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		publish("1", "anna")
		publish("2", "")
		done := make(chan error)
		go func() { done <- h.Run(ctx) }()
		synctest.Wait()
		seen := map[string]*newest{"anna": {}, "bert": {}, "": {}}
		for owner, k := range seen {
			m := h.Enter(k, func(string) bool { return true })
			m.Own(owner)
			if _, err := m.Subscribe(hub.Subscribe{Topics: []string{"alerts"}}); err != nil {
				t.Fatal(err)
			}
			var snapshot struct{ Count int }
			want := 1
			if owner == "anna" {
				want = 2
			}
			if err := json.Unmarshal(k.message.Data, &snapshot); err != nil || snapshot.Count != want {
				t.Errorf("%q begins with %s, want %d events", owner, k.message.Data, want)
			}
		}
		for id, owner := range map[string]string{"3": "anna", "4": "bert", "5": ""} {
			for _, k := range seen {
				k.message = nil
			}
			publish(id, owner)
			for who, k := range seen {
				if told := k.message != nil; told != (owner == "" || owner == who) {
					t.Errorf("%q is told of an event of %q: %v", who, owner, told)
				}
			}
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// newest remembers the newest message.
type newest struct{ message *wire.Message }

func (n *newest) Send(messages ...*wire.Message) { n.message = messages[len(messages)-1] }
func (n *newest) Purge(string)                   {}
func (n *newest) Hold()                          {}
func (n *newest) Release()                       {}
func (n *newest) Close(string)                   {}
