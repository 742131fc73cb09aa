package root_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
)

// Who may see figures gets them without asking; what is told beside the messages goes
// to those who get these.
func TestFigures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := feedlog.NewMemory()
		happens := func(topicName, event, key string, fields ...record.Field) {
			t.Helper()
			e := &record.Event{Name: event, Record: record.Record{Key: key, Fields: fields}}
			if _, err := log.Publish(t.Context(), topicName, &record.Change{Event: e}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		for _, p := range root.Topics(root.Aircraft()) {
			if _, err := log.Publish(t.Context(), p.Source(), nil); err != nil {
				t.Fatal(err)
			}
		}
		n := root.New(around(serve(t, log, root.Topics(root.Aircraft()))))
		tick := func(point string) {
			happens("stats", "stats:tick", "tick", record.Field{Name: "point", Raw: point})
			time.Sleep(time.Second)
		}
		tick("1")
		tick("2")
		happens("stats", "stats:update", "top", record.Field{Name: "stat_type", Raw: `"top"`})
		time.Sleep(time.Second)

		guests := map[string]*conn{}
		for name, may := range map[string]permissions{
			"who may":           {"stats.view": true},
			"who may not":       {"acars.view": true},
			"who hears ACARS":   {"acars.view": true},
			"who begins itself": {"stats.view": true},
		} {
			c := &conn{}
			auth := json.RawMessage(`{}`)
			switch name {
			case "who hears ACARS":
				auth = json.RawMessage(`{"subscribe":{"topics":["acars"]}}`)
			case "who begins itself":
				auth = json.RawMessage(`{"subscribe":{"topics":["stats"],"legacy":false}}`)
			}
			s := n.Connect(c, may, auth)
			defer s.Close()
			guests[name] = c
		}
		time.Sleep(time.Second)
		tick("3")
		happens("acars_figures", "acars:update", "acars_stats", record.Field{Name: "stat_type", Raw: `"acars_stats"`})
		time.Sleep(time.Second)

		for name, want := range map[string][]string{
			"who may": {
				`stats:snapshot … "stats":[{"id":"top","stat_type":"top"},{"id":"tick","point":2,"series":[1,2]}]}`,
				`stats:tick … "base":3,"seq":4,"id":"tick","point":3,"series":[1,2,3]}`,
			},
			"who may not":     nil,
			"who hears ACARS": {`subscribed …`, `acars:snapshot …`, `acars:update … "id":"acars_stats","stat_type":"acars_stats"}`},
			"who begins itself": {
				`subscribed …`, `stats:snapshot … {"id":"tick","point":2,"series":[1,2]}]}`,
				`stats:tick … "base":3,"seq":4,"id":"tick","point":3}`,
			},
		} {
			got := guests[name].take()
			if len(got) != len(want) {
				t.Errorf("%s got %q", name, got)
				continue
			}
			for i := range want {
				begin, end, _ := strings.Cut(want[i], "…")
				if !strings.HasPrefix(got[i], begin) || !strings.HasSuffix(got[i], strings.TrimSpace(end)) {
					t.Errorf("%s got %s, want %s", name, got[i], want[i])
				}
			}
		}
	})
}
