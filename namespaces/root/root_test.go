package root_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/gateway/gatewaytest"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// conn keeps what a session is sent.
type conn struct{ gatewaytest.Recorder }

func (c *conn) take() []string { return c.Take() }

type permissions = gatewaytest.Permissions

// script runs in a bubble, with three aircraft known.
func script(t *testing.T, body func(t *testing.T, n *gateway.Namespace)) {
	t.Helper()
	live(t, func(t *testing.T, n *gateway.Namespace, _ func(record.Change)) { body(t, n) })
}

// live is a script in which aircraft change.
func live(t *testing.T, body func(t *testing.T, n *gateway.Namespace, change func(record.Change))) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		log := feedlog.NewMemory()
		w := begin(t, log, "aircraft")
		known := []record.Record{
			aircraft("A1", `"alt":35000`, `"category":"A3"`, `"military":false`),
			aircraft("B2", `"alt":"ground"`, `"category":"A1"`, `"military":true`),
			aircraft("C3", `"military":false`),
		}
		if _, err := w.Append(t.Context(), &record.Change{Added: known}); err != nil {
			t.Fatal(err)
		}
		h := serve(t, log, []topic.Policy{root.Aircraft(), root.Safety()})
		body(t, root.New(around(h)), func(change record.Change) {
			if _, err := w.Append(t.Context(), &change); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		})
	})
}

// run is a script of its own as a subtest.
func run(t *testing.T, name string, body func(t *testing.T, n *gateway.Namespace)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { script(t, body) })
}

// aircraft makes a record of `"name":value` parts.
func aircraft(hex string, parts ...string) record.Record {
	r := record.Record{Key: hex}
	for _, part := range parts {
		name, raw, _ := strings.Cut(part, ":")
		r.Fields = append(r.Fields, record.Field{Name: strings.Trim(name, `"`), Raw: raw})
	}
	r.Fields.Sort()
	return r
}

func connect(n *gateway.Namespace, auth string) (*conn, *gateway.Session) {
	c := &conn{}
	who, _ := gateway.Everyone(context.Background(), nil)
	return c, n.Connect(c, who, json.RawMessage(auth))
}

func TestRequests(t *testing.T) {
	const now = `"2000-01-01T00:00:00.000Z"`
	const a1 = `{"hex":"A1","alt":35000,"category":"A3","military":false}`
	const b2 = `{"hex":"B2","alt":"ground","category":"A1","military":true}`
	const c3 = `{"hex":"C3","military":false}`
	for name, tc := range map[string]struct{ payload, answer string }{
		"aircraft":                 {`{"type":"aircraft","request_id":1,"params":{"icao":"a1"}}`, ok(1, "aircraft", a1)},
		"aircraft by hex":          {`{"type":"aircraft","request_id":1,"params":{"hex":"B2"}}`, ok(1, "aircraft", b2)},
		"aircraft that is not":     {`{"type":"aircraft","request_id":1,"params":{"hex":"FFFFFF"}}`, ok(1, "aircraft", `null`)},
		"aircraft without one":     {`{"type":"aircraft","request_id":1}`, failed(`1`, "invalid_params", "Missing icao parameter: the aircraft's address, six hex digits")},
		"aircraft as a number":     {`{"type":"aircraft","request_id":1,"params":{"hex":17}}`, failed(`1`, "invalid_params", "Invalid params: hex: expected a string, got number")},
		"params as a list":         {`{"type":"aircraft","request_id":1,"params":[]}`, failed(`1`, "invalid_params", "Invalid params: expected an object, got array")},
		"list":                     {`{"type":"aircraft-list","request_id":1,"params":{}}`, ok(1, "aircraft-list", `[`+a1+`,`+b2+`,`+c3+`]`)},
		"list, its other name":     {`{"type":"aircraft_list","request_id":1,"params":null}`, ok(1, "aircraft_list", `[`+a1+`,`+b2+`,`+c3+`]`)},
		"list of military":         {`{"type":"aircraft-list","request_id":1,"params":{"military_only":true}}`, ok(1, "aircraft-list", `[`+b2+`]`)},
		"list of a category":       {`{"type":"aircraft-list","request_id":1,"params":{"category":"a3"}}`, ok(1, "aircraft-list", `[`+a1+`]`)},
		"list up to an altitude":   {`{"type":"aircraft-list","request_id":1,"params":{"max_altitude":0}}`, ok(1, "aircraft-list", `[`+b2+`]`)},
		"list from an altitude":    {`{"type":"aircraft-list","request_id":1,"params":{"min_altitude":0}}`, ok(1, "aircraft-list", `[`+a1+`,`+b2+`]`)},
		"snapshot":                 {`{"type":"aircraft-snapshot","request_id":"x"}`, `response {"type":"response","request_id":"x","request_type":"aircraft-snapshot","data":{"count":3,"timestamp":` + now + `,"aircraft":[` + a1 + `,` + b2 + `,` + c3 + `]}}`},
		"status":                   {`{"type":"status"}`, `response {"type":"response","request_id":null,"request_type":"status","data":{"online":true,"aircraft_count":3,"celery_running":true,"location":{"latitude":50,"longitude":8},"timestamp":` + now + `}}`},
		"a request id of any kind": {`{"type":"aircraft","request_id":{"a":[1]},"params":{"icao":"FF"}}`, `response {"type":"response","request_id":{"a":[1]},"request_type":"aircraft","data":null}`},
		"unknown":                  {`{"type":"lists","request_id":2}`, strings.TrimSuffix(failed(`2`, "unknown_request", "Unknown request type: lists"), "}") + `,"hint":"Like it are: aircraft-list, aircraft_list"}`},
		"no type":                  {`{"request_id":2}`, failed(`2`, "invalid_payload", "Missing request type: expected a string under 'type'")},
		"a type that is a list":    {`{"type":[],"request_id":2}`, failed(`2`, "invalid_payload", "Missing request type: expected a string under 'type'")},
		"no object":                {`"status"`, failed(`null`, "invalid_payload", "Invalid request: expected dict payload: an object {type, request_id, params}")},
		"nothing":                  {``, failed(`null`, "invalid_payload", "Invalid request: expected dict payload: an object {type, request_id, params}")},
	} {
		run(t, name, func(t *testing.T, n *gateway.Namespace) {
			c, s := connect(n, ``)
			defer s.Close()
			var args []json.RawMessage
			if tc.payload != "" {
				args = append(args, json.RawMessage(tc.payload))
			}
			var acked string
			s.Receive("request", args, func(payload []byte) { acked = string(payload) })
			if d := cmp.Diff([]string{tc.answer}, c.take()); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if _, payload, _ := strings.Cut(tc.answer, " "); acked != payload {
				t.Errorf("the acknowledgement is %s", acked)
			}
		})
	}
}

func ok(id int, kind, data string) string {
	return fmt.Sprintf(`response {"type":"response","request_id":%d,"request_type":%q,"data":%s}`, id, kind, data)
}

func failed(id, code, message string) string {
	return fmt.Sprintf(`error {"type":"error","request_id":%s,"code":%q,"message":%q}`, id, code, message)
}

func TestWrongEvents(t *testing.T) {
	for name, tc := range map[string]struct{ event, payload, code, says string }{
		"subscribe to nothing":        {"subscribe", ``, "invalid_payload", "'topics'"},
		"subscribe to null":           {"subscribe", `null`, "invalid_payload", "'topics'"},
		"subscribe without topics":    {"subscribe", `{}`, "invalid_payload", "'topics'"},
		"subscribe with a text":       {"subscribe", `"aircraft"`, "invalid_payload", "object"},
		"subscribe to a number":       {"subscribe", `{"topics":7}`, "invalid_payload", "'topics' is a name or a list of names"},
		"subscribe to numbers":        {"subscribe", `{"topics":["aircraft",7]}`, "invalid_payload", "'topics' is a name or a list of names"},
		"subscribe to too much":       {"subscribe", `{"topics":["` + strings.Repeat(`a","`, 200) + `"]}`, "invalid_payload", "100 are allowed"},
		"batch is no bool":            {"subscribe", `{"topics":"aircraft","batch":"yes"}`, "invalid_payload", "batch: expected true or false"},
		"unsubscribe from nothing":    {"unsubscribe", `{}`, "invalid_payload", "'topics'"},
		"an event that there is not":  {"fly", `{}`, "unknown_event", "fly"},
		"an event of the transport's": {"connect", `{}`, "unknown_event", "connect"},
	} {
		run(t, name, func(t *testing.T, n *gateway.Namespace) {
			c, s := connect(n, `{"subscribe":{"topics":[]}}`)
			defer s.Close()
			c.take()
			var args []json.RawMessage
			if tc.payload != "" {
				args = append(args, json.RawMessage(tc.payload))
			}
			s.Receive(tc.event, args, nil)
			sent := c.take()
			if len(sent) != 1 || !strings.HasPrefix(sent[0], "error ") || !strings.Contains(sent[0], `"code":"`+tc.code+`"`) || !strings.Contains(sent[0], tc.says) {
				t.Errorf("got %q, want one error with code %s that says %q", sent, tc.code, tc.says)
			}
			if topics := s.Topics(); len(topics) != 0 {
				t.Errorf("subscribed to %v all the same", topics)
			}
		})
	}
}

func TestSubscribeAndPing(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace) {
		c, s := connect(n, `{"token":"x"}`)
		defer s.Close()
		if got := names(c.take()); got != "" {
			t.Errorf("at once after connecting: %s", got)
		}
		time.Sleep(200 * time.Millisecond)
		synctest.Wait()
		if got := names(c.take()); got != "aircraft:snapshot" {
			t.Errorf("a window after connecting: %s", got)
		}
		var acked []byte
		s.Receive("subscribe", []json.RawMessage{json.RawMessage(`{"topics":"aircraft","filters":{"aircraft":null}}`)}, func(p []byte) { acked = p })
		sent := c.take()
		if got := names(sent); got != "subscribed aircraft:snapshot" {
			t.Errorf("after subscribe: %s", got)
		}
		if _, payload, _ := strings.Cut(sent[0], " "); payload != string(acked) {
			t.Errorf("subscribed %s, acknowledged %s", payload, acked)
		}
		s.Receive("ping", []json.RawMessage{json.RawMessage(`"anything"`)}, nil)
		s.Receive("ping", nil, nil)
		if got := names(c.take()); got != "pong pong" {
			t.Errorf("after two pings: %s", got)
		}
		s.Receive("unsubscribe", []json.RawMessage{json.RawMessage(`{"topics":["all"]}`)}, nil)
		if got := c.take(); len(got) != 1 || got[0] != `unsubscribed {"topics":["aircraft"],"remaining":[]}` {
			t.Errorf("after unsubscribe: %s", got)
		}
	})
}

func TestSubscribeWithConnect(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace) {
		for auth, want := range map[string]string{
			`{"subscribe":{"topics":["aircraft"]}}`: "subscribed aircraft:snapshot",
			`{"subscribe":{"topics":[]}}`:           "subscribed",
			`{"subscribe":7}`:                       "error aircraft:snapshot",
			`{"subscribe":{"topics":7}}`:            "error aircraft:snapshot",
			`"a text"`:                              "aircraft:snapshot",
			``:                                      "aircraft:snapshot",
		} {
			c, s := connect(n, auth)
			time.Sleep(time.Second)
			synctest.Wait()
			if got := names(c.take()); got != want {
				t.Errorf("auth %s: got %s, want %s", auth, got, want)
			}
			s.Close()
		}
	})
}

func TestPermissions(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace) {
		c := &conn{}
		s := n.Connect(c, permissions{"system.view_status": true}, nil)
		defer s.Close()
		s.Receive("subscribe", []json.RawMessage{json.RawMessage(`{"topics":["aircraft","moon"]}`)}, nil)
		s.Receive("request", []json.RawMessage{json.RawMessage(`{"type":"aircraft-list","request_id":1}`)}, nil)
		s.Receive("request", []json.RawMessage{json.RawMessage(`{"type":"status","request_id":1}`)}, nil)
		time.Sleep(time.Second)
		synctest.Wait()
		sent := c.take()
		if got := names(sent); got != "subscribed error response" {
			t.Fatalf("got %s", got)
		}
		for i, part := range []string{`"joined":[],"denied":["aircraft"],"unknown":["moon"]`, `"code":"permission_denied"`} {
			if !strings.Contains(sent[i], part) {
				t.Errorf("%s lacks %s", sent[i], part)
			}
		}
	})
}

func names(sent []string) string {
	out := make([]string, len(sent))
	for i, s := range sent {
		out[i], _, _ = strings.Cut(s, " ")
	}
	return strings.Join(out, " ")
}
