package gateway_test

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
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// flooded is a namespace with two topics, in which a client floods.
func flooded(t *testing.T, limits gateway.Limits) (*gateway.Namespace, *conn, *gateway.Session) {
	t.Helper()
	policies := []topic.Policy{
		{Name: "vessels", Prefix: "vessel", Key: "id", List: "vessels", Kind: topic.State},
		{Name: "alerts", Prefix: "alert", Key: "id", List: "alerts", Kind: topic.Event, Recent: 5},
	}
	h := hub.New(feedlog.NewMemory(), policies, batch.DefaultConfig(), zerolog.Nop())
	n := gateway.New("/", h, gateway.Everyone, zerolog.Nop(), nothing)
	n.Limit(limits)
	gateway.Handle(n, "answer", "", func(context.Context, *gateway.Session, struct{}) (int, error) { return 42, nil })
	gateway.On(n, "ping", func(s *gateway.Session, _ json.RawMessage, ack gateway.Ack) error { return s.Reply("pong", 1, ack) })
	gateway.On(n, "look", func(s *gateway.Session, _ json.RawMessage, ack gateway.Ack) error { return s.Reply("seen", 1, ack) })
	n.CountAsRequest("look")
	gateway.On(n, "unsubscribe", func(s *gateway.Session, p struct{ Topics []string }, _ gateway.Ack) error {
		_, err := s.Unsubscribe(p.Topics)
		return err
	})
	gateway.On(n, "subscribe", func(s *gateway.Session, p struct{ Topics []string }, _ gateway.Ack) error {
		_, err := s.Subscribe(hub.Subscribe{Topics: p.Topics, Since: map[string]wire.Position{p.Topics[0]: {Epoch: "none"}}})
		return err
	})
	c, s := enter(n)
	return n, c, s
}

func send(s *gateway.Session, event, payload string) {
	s.Receive(event, []json.RawMessage{json.RawMessage(payload)}, nil)
}

// counts counts what was sent by its first word.
func (c *conn) counts() map[string]int {
	counts := map[string]int{}
	for _, sent := range c.sent {
		name, payload, _ := strings.Cut(sent, " ")
		if strings.Contains(payload, `"rate_limited"`) {
			name = "refused"
		}
		counts[name]++
	}
	c.sent = nil
	return counts
}

func TestAFloodIsRefused(t *testing.T) {
	limits := gateway.Limits{
		Requests: gateway.Limit{Rate: 10, Burst: 30}, Subscribes: gateway.Limit{Rate: 5, Burst: 20},
		Snapshots: gateway.Limit{Rate: 1, Burst: 8},
	}
	for name, tc := range map[string]struct {
		event, payload string
		answer         string
		first, second  int // how many are answered, of a thousand at once, and of a thousand two seconds later
	}{
		"requests":          {"request", `{"type":"answer","request_id":7}`, "response", 30, 20},
		"what counts so":    {"look", `{}`, "seen", 30, 20},
		"unknown requests":  {"request", `{"type":"x"}`, "error", 30, 20},
		"no requests":       {"request", `7`, "error", 30, 20},
		"unknown events":    {"shout", `7`, "error", 30, 20},
		"unsubscribes":      {"unsubscribe", `{"topics":["vessels"]}`, "unsubscribed", 20, 10},
		"snapshots":         {"subscribe", `{"topics":["vessels"]}`, "vessel:snapshot", 8, 2},
		"snapshots, by two": {"subscribe", `{"topics":["vessels","alerts"]}`, "alert:snapshot", 4, 1},
		"pings":             {"ping", `{}`, "pong", 1000, 1000},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n, c, s := flooded(t, limits)
				defer s.Close()
				refused := 0
				for _, want := range []int{tc.first, tc.second} {
					for range 1000 {
						send(s, tc.event, tc.payload)
					}
					if got := c.counts(); got[tc.answer] != want || got["refused"] != 1000-want {
						t.Errorf("%v, want %d %s, and everything else refused", got, want, tc.answer)
					}
					refused += 1000 - want
					time.Sleep(2 * time.Second)
				}
				if n.Refused() != uint64(refused) {
					t.Errorf("%d are counted, %d were refused", n.Refused(), refused)
				}
			})
		})
	}
}

// Who is refused knows which request it was, and when to try again; then it works.
func TestARefusalSaysWhen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c, s := flooded(t, gateway.Limits{Requests: gateway.Limit{Rate: 0.4, Burst: 1}, Subscribes: gateway.Limit{Burst: 1}, Snapshots: gateway.Limit{Burst: 1}})
		defer s.Close()
		const ask = `{"type":"answer","request_id":"a"}`
		send(s, "request", ask)
		var acked string
		s.Receive("request", []json.RawMessage{json.RawMessage(ask)}, func(p []byte) { acked = string(p) })
		const want = `{"type":"error","request_id":"a","code":"rate_limited","message":"Rate limit exceeded, please slow down","retry_after":2.5}`
		if len(c.sent) != 2 || c.sent[1] != "error "+want || acked != want {
			t.Errorf("sent %q, acknowledged %s", c.sent, acked)
		}
		for _, after := range []time.Duration{2400 * time.Millisecond, 100 * time.Millisecond} {
			time.Sleep(after)
			send(s, "request", ask)
		}
		if got := c.counts(); got["response"] != 2 || got["refused"] != 2 {
			t.Errorf("sent %v", got)
		}
		for range 1000 { // which have no bound
			send(s, "subscribe", `{"topics":["vessels"]}`)
		}
		if got := c.counts(); got["vessel:snapshot"] != 1000 {
			t.Errorf("sent %v", got)
		}
	})
}

// Another session is not touched by a flood.
func TestEachSessionHasItsOwnLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, _, anna := flooded(t, gateway.DefaultLimits())
		defer anna.Close()
		c, bert := enter(n)
		if n.Sessions() != 2 {
			t.Errorf("%d sessions", n.Sessions())
		}
		for range 1000 {
			send(anna, "request", `{"type":"answer"}`)
		}
		send(bert, "request", `{"type":"answer"}`)
		if got := c.counts(); got["response"] != 1 {
			t.Errorf("sent %v", got)
		}
		bert.Close()
		bert.Close()
		if n.Sessions() != 1 {
			t.Errorf("%d sessions", n.Sessions())
		}
	})
}

// What a page asks for when it opens, three times over, is within the default limits.
func TestAPageThatOpensIsNotRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c, s := flooded(t, gateway.DefaultLimits())
		defer s.Close()
		for range 3 {
			send(s, "subscribe", `{"topics":["vessels","alerts"]}`)
			for range 30 {
				send(s, "request", `{"type":"answer"}`)
			}
		}
		if got := c.counts(); got["refused"] != 0 || got["response"] != 90 || got["vessel:snapshot"] != 3 {
			t.Errorf("sent %v", got)
		}
	})
}

func TestLimitsAreValid(t *testing.T) {
	valid := gateway.DefaultLimits()
	if err := valid.Validate(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*gateway.Limits){
		"requests.rate: -1 is out of range: 0 (no bound) to 10000 a second":      func(l *gateway.Limits) { l.Requests.Rate = -1 },
		"subscribes.rate: 10001 is out of range: 0 (no bound) to 10000 a second": func(l *gateway.Limits) { l.Subscribes.Rate = 10001 },
		"snapshots.burst: 0 is out of range: 1 to 10000":                         func(l *gateway.Limits) { l.Snapshots.Burst = 0 },
	} {
		l := gateway.DefaultLimits()
		change(&l)
		if err := l.Validate(); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestHints(t *testing.T) {
	n := newNamespace(nothing)
	for _, name := range []string{"aircraft", "aircraft_list", "safety-events", "status"} {
		gateway.Handle(n, name, "", func(context.Context, *gateway.Session, struct{}) (any, error) { return nil, nil })
	}
	for name, want := range map[string]string{
		"safety-event":                          "Like it are: safety-events",
		"Aircraft-list":                         "Like it are: aircraft, aircraft_list",
		"weather":                               "There are: aircraft, aircraft_list, safety-events, status",
		"-":                                     "There are: aircraft, aircraft_list, safety-events, status",
		strings.Repeat("a-", 1000) + "statuses": "There are: aircraft, aircraft_list, safety-events, status",
	} {
		c, s := enter(n)
		send(s, "request", fmt.Sprintf(`{"type":%q}`, name))
		s.Close()
		var told struct{ Code, Message, Hint string }
		_, payload, _ := strings.Cut(c.sent[0], " ")
		if err := json.Unmarshal([]byte(payload), &told); err != nil {
			t.Fatal(err)
		}
		if told.Code != "unknown_request" || told.Hint != want {
			t.Errorf("%.50s: %+v", name, told)
		}
	}
	c, s := enter(n)
	defer s.Close()
	send(s, "subscribed", `{}`)
	if want := `"message":"Unknown event: subscribed","hint":"There are: request"`; !strings.Contains(c.sent[0], want) {
		t.Errorf("sent %s, want %s", c.sent[0], want)
	}
}
