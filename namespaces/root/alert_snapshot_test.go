package root_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// Each gets the alerts that they may see, newest first, up to what they ask for.
func TestAlertSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := feedlog.NewMemory()
		h := hub.New(log, []topic.Policy{root.Alerts()}, batch.DefaultConfig(), zerolog.Nop())
		for _, e := range []struct{ id, owner string }{{"old", ""}, {"annas", "anna"}, {"public", ""}, {"berts", "bert"}} {
			event := &record.Event{Name: "alert:triggered", Owner: e.owner, Record: record.Record{Key: e.id}}
			if _, err := log.Publish(t.Context(), "alerts", &record.Change{Event: event}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Hour)
		}
		if err := h.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		n := root.New(root.Config{Hub: h, Auth: gateway.Everyone, Logger: zerolog.Nop()})
		for name, tc := range map[string]struct {
			who    gateway.Identity
			params string
			want   string
		}{
			"anna":                {anna, `{}`, "public annas old"},
			"who manages all":     {chief, `null`, "public old"},
			"a few hours":         {anna, `{"hours":5}`, "public"},
			"half an hour is one": {anna, `{"hours":0.5,"limit":9}`, ""},
			"one":                 {anna, `{"limit":1}`, "public"},
			"none is one":         {bert, `{"limit":0}`, "berts"},
		} {
			c := &conn{}
			s := n.Connect(c, tc.who, json.RawMessage(`{"subscribe":{"topics":[]}}`))
			c.take()
			s.Receive("request", []json.RawMessage{json.RawMessage(`{"type":"alert-snapshot","params":` + tc.params + `}`)}, nil)
			s.Close()
			_, data, _ := strings.Cut(strings.Join(c.take(), "|"), " ")
			var answer struct {
				Data struct {
					Alerts []struct{ ID string }
					Count  int
				}
			}
			if err := json.Unmarshal([]byte(data), &answer); err != nil {
				t.Fatalf("%s: %s: %v", name, data, err)
			}
			var ids []string
			for _, a := range answer.Data.Alerts {
				ids = append(ids, a.ID)
			}
			if got := strings.Join(ids, " "); got != tc.want || answer.Data.Count != len(ids) {
				t.Errorf("%s: %s, want %s (%s)", name, got, tc.want, data)
			}
		}
		refused := &conn{}
		s := n.Connect(refused, nobody, nil)
		defer s.Close()
		s.Receive("request", []json.RawMessage{json.RawMessage(`{"type":"alert-snapshot"}`)}, nil)
		if got := refused.take(); len(got) != 1 || !strings.Contains(got[0], `"permission_denied"`) {
			t.Errorf("who may not gets %q", got)
		}
	})
}
