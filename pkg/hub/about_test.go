package hub_test

import (
	"encoding/json"
	"testing"
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

// newest remembers the newest message.
type newest struct{ message *wire.Message }

func (n *newest) Send(messages ...*wire.Message) { n.message = messages[len(messages)-1] }
func (n *newest) Purge(string)                   {}
func (n *newest) Hold()                          {}
func (n *newest) Release()                       {}
func (n *newest) Close(string)                   {}
