package acars_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/namespaces/acars"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/gateway/gatewaytest"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// script runs in a bubble; hear publishes a message of an aircraft.
func script(t *testing.T, body func(t *testing.T, n *gateway.Namespace, hear func(id, icao, label string))) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		log := feedlog.NewMemory()
		h := hub.New(log, []topic.Policy{{
			Name: "acars", Prefix: "acars", Kind: topic.Event, Key: "id", List: "messages", Permission: "acars.view",
			About: []string{"icao_hex"}, Retention: 24 * time.Hour, RetainMost: 100, RetainBytes: 1 << 20, Recent: 50,
		}}, batch.DefaultConfig(), zerolog.Nop())
		hear := func(id, icao, label string) {
			e := &record.Event{Name: "acars:message", Record: record.Record{Key: id, Fields: record.Fields{
				{Name: "icao_hex", Raw: icao}, {Name: "label", Raw: `"` + label + `"`},
			}}}
			if _, err := log.Publish(t.Context(), "acars", &record.Change{Event: e}); err != nil {
				t.Error(err)
			}
			synctest.Wait()
		}
		hear("old", `"4CA1B2"`, "H1")
		gatewaytest.Run(t, h.Run)
		body(t, acars.New(acars.Config{Hub: h, Auth: gateway.Everyone, Logger: zerolog.Nop()}), hear)
	})
}

func TestAllFromTheStart(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace, hear func(id, icao, label string)) {
		c := gatewaytest.Enter(t, n)
		c.Want("on connect", c.Take(), `acars:snapshot {"epoch": … "count":1 … "messages":[{"id":"old","icao_hex":"4CA1B2"`)
		hear("a", `"3C6444"`, "Q0")
		hear("b", `null`, "SQ")
		time.Sleep(time.Second)
		c.Want("live", c.Take(), `acars:message … "base":1,"seq":2,"id":"a"`, `acars:message … "base":2,"seq":3,"id":"b"`)
		sent, acked := c.Say("subscribe", `{"topics":"all"}`)
		c.Want("all, by name", sent, `subscribed {"topics":["all"],"joined":["all"],"denied":null`, `acars:snapshot … "count":3`)
		if !strings.HasSuffix(sent[0], acked) {
			t.Errorf("acknowledged %s", acked)
		}
		sent, _ = c.Say("ping", `null`)
		c.Want("ping", sent, `pong {"timestamp":`)
	})
}

func TestSingleAircraft(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace, hear func(id, icao, label string)) {
		c := gatewaytest.Enter(t, n)
		c.Take()
		sent, _ := c.Say("subscribe", `{"topics":["3c6444"," 4CA1B2 "]}`)
		c.Want("two aircraft", sent, `subscribed {"topics":["3C6444","4CA1B2"],"joined":["3c6444"," 4CA1B2 "] … "filters":{"acars":{"icao":["3C6444","4CA1B2"]}}`, `acars:snapshot … "count":1`)
		hear("a", `"3C6444"`, "Q0")
		hear("b", `"ABCDEF"`, "Q0")
		hear("c", `null`, "Q0")
		hear("d", `"4CA1B2"`, "Q0")
		time.Sleep(time.Second)
		sent = c.Take()
		c.Want("theirs", sent, `"base":1,"seq":2,"id":"a"`, `"base":2,"seq":5,"id":"d"`)

		sent, acked := c.Say("unsubscribe", `{"topics":["4CA1B2","ABCDEF"]}`)
		c.Want("without one", sent, `unsubscribed {"topics":["4CA1B2"],"remaining":["3C6444"]}`, `acars:snapshot … "count":1`)
		if acked != `{"topics":["4CA1B2"],"remaining":["3C6444"]}` {
			t.Errorf("acknowledged %s", acked)
		}
		sent, _ = c.Say("unsubscribe", `{"topics":["4CA1B2"]}`)
		c.Want("that is left already", sent, `unsubscribed {"topics":[],"remaining":["3C6444"]}`)
		sent, _ = c.Say("unsubscribe", `{"topics":"3C6444"}`)
		c.Want("none", sent, `unsubscribed {"topics":["3C6444"],"remaining":[]}`)
		hear("e", `"3C6444"`, "Q0")
		time.Sleep(time.Second)
		c.Want("nothing any more", c.Take())
		sent, _ = c.Say("subscribe", `{"topics":[]}`)
		c.Want("subscribed to nothing", sent, `subscribed {"topics":[],"joined":[]`)

		sent, _ = c.Say("subscribe", `{"topics":["all","3C6444"]}`)
		c.Want("all and one", sent, `subscribed {"topics":["all","3C6444"]`, `acars:snapshot … "count":6`)
		sent, _ = c.Say("unsubscribe", `{"topics":["all"]}`)
		c.Want("the one", sent, `unsubscribed {"topics":["all"],"remaining":["3C6444"]}`, `acars:snapshot … "count":2`)
	})
}

func TestResume(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace, hear func(id, icao, label string)) {
		c := gatewaytest.Enter(t, n)
		sent, _ := c.Say("subscribe", `{"topics":["3C6444"]}`)
		_, data, _ := strings.Cut(sent[len(sent)-1], " ")
		var at wire.Position
		if err := json.Unmarshal([]byte(data), &at); err != nil {
			t.Fatal(err)
		}
		c.Session.Close()
		hear("a", `"3C6444"`, "Q0")
		hear("b", `"4CA1B2"`, "Q0")
		back := gatewaytest.Enter(t, n)
		back.Take()
		since, _ := json.Marshal(map[string]any{"topics": []string{"3C6444"}, "since": map[string]any{"acars": at}})
		sent, _ = back.Say("subscribe", string(since))
		back.Want("what was missed", sent, `"resumed":{"acars":true}`, `"base":1,"seq":2,"id":"a"`)
	})
}

func TestRequests(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace, hear func(id, icao, label string)) {
		time.Sleep(2 * time.Hour)
		hear("a", `"3C6444"`, "Q0")
		hear("b", `"3C6444"`, "H1")
		c := gatewaytest.Enter(t, n)
		c.Take()
		for name, tc := range map[string]struct{ payload, want string }{
			"snapshot":      {`{"type":"acars-snapshot","request_id":1}`, `response … "data":{"messages":[{"id":"b" … {"id":"a" … "count":2`},
			"of more hours": {`{"type":"acars-snapshot","request_id":1,"params":{"hours":99}}`, `"count":3`},
			"of one":        {`{"type":"acars-snapshot","request_id":1,"params":{"limit":0,"hours":24}}`, `[{"id":"b" … "count":1`},
			"wrong":         {`{"type":"acars-snapshot","request_id":1,"params":{"limit":"x"}}`, `"invalid_params"`},
			"stats":         {`{"type":"acars-stats","request_id":1}`, `"data":{"total_24h":3,"by_label":{"H1":2,"Q0":1},"since":"2000-01-01T00:00:00.000Z"`},
			"unknown":       {`{"type":"acars-recent","request_id":1}`, `"unknown_request"`},
		} {
			sent, _ := c.Say("request", tc.payload)
			c.Want(name, sent, tc.want)
		}
	})
}

func TestWrongNames(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace, _ func(id, icao, label string)) {
		c := gatewaytest.Enter(t, n)
		c.Take()
		for name, payload := range map[string]string{
			"nothing": `null`, "no topics": `{}`, "a number": `{"topics":7}`, "no address": `{"topics":["KLM23"]}`,
			"a word": `{"topics":["aircraft"]}`, "too many": `{"topics":["` + strings.Repeat(`a","`, 3000) + `"]}`,
		} {
			for _, event := range []string{"subscribe", "unsubscribe"} {
				sent, _ := c.Say(event, payload)
				c.Want(name, sent, `error … "code":"invalid_payload" … 'topics'`)
			}
		}
		if topics := c.Topics(); len(topics) != 1 {
			t.Errorf("it listens to %v", topics)
		}
	})
}

func TestPermission(t *testing.T) {
	script(t, func(t *testing.T, _ *gateway.Namespace, _ func(id, icao, label string)) {
		for permission, in := range map[string]bool{"acars.view": true, "aircraft.view": false} {
			n := acars.New(acars.Config{Logger: zerolog.Nop(), Auth: func(context.Context, json.RawMessage) (gateway.Identity, error) {
				return gatewaytest.Permissions{permission: true}, nil
			}})
			if _, err := n.Authorise(t.Context(), nil); (err == nil) != in {
				t.Errorf("with %s: %v", permission, err)
			}
		}
	})
}
