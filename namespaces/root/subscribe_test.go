package root_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
)

// message is what a session is sent about its aircraft, by what matters of it.
type message struct {
	Event string
	At    position
	Base  uint64
	// All is what a snapshot has; the lists are as "hex alt".
	All, Added, Updated, Removed []string
}

type position struct {
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
	View  string `json:"view"`
}

type answer struct {
	Joined    []string
	Filters   map[string]json.RawMessage
	Views     map[string]string
	Positions map[string]position
	Resumed   map[string]bool
}

// client is a session that subscribes.
type client struct {
	t *testing.T
	c *conn
	s *gateway.Session
}

func enter(t *testing.T, n *gateway.Namespace, auth string) *client {
	t.Helper()
	c, s := connect(n, auth)
	return &client{t, c, s}
}

// subscribe gives the answer to a subscribe, and what follows it at once.
func (c *client) subscribe(payload string) (answer, []message) {
	c.t.Helper()
	c.s.Receive("subscribe", []json.RawMessage{json.RawMessage(payload)}, nil)
	return c.begin()
}

// begin gives the answer that comes first, and what follows it.
func (c *client) begin() (answer, []message) {
	c.t.Helper()
	sent := c.c.take()
	event, data, _ := strings.Cut(append(sent, "nothing")[0], " ")
	var a answer
	if err := json.Unmarshal([]byte(data), &a); event != "subscribed" || err != nil {
		c.t.Fatalf("%v; first came %s %s", err, event, data)
	}
	return a, c.read(sent[1:])
}

// Who takes a place from the acknowledgement is not set back: it comes before what was
// missed.
func TestTheAcknowledgementComesFirst(t *testing.T) {
	live(t, func(t *testing.T, n *gateway.Namespace, _ func(record.Change)) {
		c := enter(t, n, `{"subscribe":{"topics":[]}}`)
		c.rest()
		var before []string
		acked := false
		c.s.Receive("subscribe", []json.RawMessage{json.RawMessage(`{"topics":"aircraft"}`)}, func(p []byte) {
			before, acked = c.c.take(), strings.Contains(string(p), `"positions":{"aircraft"`)
		})
		if after := c.c.take(); !acked || len(before) > 0 || len(after) != 2 {
			t.Errorf("before the acknowledgement came %q, after it %q", before, after)
		}
	})
}

// rest gives what comes within a second.
func (c *client) rest() []message {
	c.t.Helper()
	time.Sleep(time.Second)
	synctest.Wait()
	return c.read(c.c.take())
}

func (c *client) read(sent []string) []message {
	c.t.Helper()
	var out []message
	for _, s := range sent {
		event, data, _ := strings.Cut(s, " ")
		var m struct {
			position
			Base                     uint64
			Aircraft, Added, Updated []map[string]any
			Removed                  []string
		}
		if err := json.Unmarshal([]byte(data), &m); err != nil {
			c.t.Fatalf("%s: %v", s, err)
		}
		out = append(out, message{event, m.position, m.Base, brief(m.Aircraft), brief(m.Added), brief(m.Updated), m.Removed})
	}
	return out
}

func brief(aircraft []map[string]any) (out []string) {
	for _, a := range aircraft {
		text := fmt.Sprint(a["hex"])
		if alt, ok := a["alt"]; ok {
			text += fmt.Sprint(" ", alt)
		}
		if military, ok := a["military"]; ok {
			text += fmt.Sprint(" ", military)
		}
		out = append(out, text)
	}
	return out
}

func (c *client) want(what string, got []message, want ...message) {
	c.t.Helper()
	for i := range got {
		got[i].Removed = append([]string(nil), got[i].Removed...) // [] is nil
	}
	if d := cmp.Diff(want, got); d != "" {
		c.t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func snapshot(at position, all ...string) message {
	return message{Event: "aircraft:snapshot", At: at, All: all}
}

func update(base uint64, at position) message {
	return message{Event: "aircraft:update", Base: base, At: at}
}

const quiet = `{"subscribe":{"topics":[]}}`

func TestFilters(t *testing.T) {
	live(t, func(t *testing.T, n *gateway.Namespace, change func(record.Change)) {
		c := enter(t, n, quiet)
		defer c.s.Close()
		c.c.take()

		a, got := c.subscribe(`{"topics":"aircraft","legacy":false,"filters":{"aircraft":{"military":true,"icao":["b2","c3"," B2"]}}}`)
		at := position{a.Positions["aircraft"].Epoch, 1, a.Views["aircraft"]}
		c.want("a filter", got, snapshot(at, "B2 ground true"))
		if filters := string(a.Filters["aircraft"]); filters != `{"icao":["B2","C3"],"military":true}` {
			t.Errorf("the filter in force is %s", filters)
		}
		if at.View == "" || at.View == "all" || a.Resumed["aircraft"] {
			t.Errorf("subscribed %+v", a)
		}

		change(record.Change{Updated: []record.Record{aircraft("A1", `"alt":1`)}})
		c.want("what it does not see", c.rest())
		change(record.Change{Updated: []record.Record{aircraft("C3", `"military":true`)}, Removed: []string{"B2"}})
		next := position{at.Epoch, 3, at.View}
		leads := update(1, next)
		leads.Added, leads.Removed = []string{"C3 true"}, []string{"B2"}
		c.want("what comes in and goes out", c.rest(), leads)

		a, got = c.subscribe(`{"topics":"aircraft"}`)
		c.want("the same view, asked for again", got, snapshot(next, "C3 true"))
		if len(a.Filters) != 1 || a.Views["aircraft"] != at.View {
			t.Errorf("a filter that is not named is %s", a.Filters["aircraft"])
		}

		time.Sleep(time.Second)
		a, got = c.subscribe(`{"topics":["aircraft"],"filters":{"aircraft":{"military":false}}}`)
		leads = update(3, position{at.Epoch, 3, a.Views["aircraft"]})
		leads.Added, leads.Removed = []string{"A1 1 false"}, []string{"C3"}
		c.want("another view", got, leads)
		if seq := a.Positions["aircraft"].Seq; seq != 3 {
			t.Errorf("it begins at %d", seq)
		}

		time.Sleep(time.Second)
		a, got = c.subscribe(`{"topics":"aircraft","filters":{"aircraft":null}}`)
		leads = update(3, position{at.Epoch, 3, "all"})
		leads.Added = []string{"C3 true"}
		c.want("no filter any more", got, leads)
		if len(a.Filters) != 0 || a.Views["aircraft"] != "all" {
			t.Errorf("subscribed %+v", a)
		}
	})
}

func TestFields(t *testing.T) {
	live(t, func(t *testing.T, n *gateway.Namespace, change func(record.Change)) {
		c := enter(t, n, quiet)
		defer c.s.Close()
		c.c.take()

		a, got := c.subscribe(`{"topics":"aircraft","legacy":false,"fields":{"aircraft":["alt","gs"]}}`)
		at := position{a.Positions["aircraft"].Epoch, 1, a.Views["aircraft"]}
		c.want("two fields", got, snapshot(at, "A1 35000", "B2 ground", "C3"))
		change(record.Change{Updated: []record.Record{aircraft("A1", `"alt":1`, `"military":true`), aircraft("B2", `"military":false`)}})
		leads := update(1, position{at.Epoch, 2, at.View})
		leads.Updated = []string{"A1 1"}
		c.want("a change", c.rest(), leads)

		_, got = c.subscribe(`{"topics":"aircraft","fields":{"aircraft":null}}`)
		leads = update(2, position{at.Epoch, 2, "all"})
		leads.Added = []string{"A1 1 true", "B2 ground false", "C3 false"}
		c.want("all fields again", got, leads)
	})
}

func TestRate(t *testing.T) {
	live(t, func(t *testing.T, n *gateway.Namespace, change func(record.Change)) {
		slow, usual := enter(t, n, quiet), enter(t, n, quiet)
		defer slow.s.Close()
		defer usual.s.Close()
		slow.c.take()
		usual.c.take()
		usual.subscribe(`{"topics":"aircraft"}`)
		a, _ := slow.subscribe(`{"topics":"aircraft","rate":{"aircraft":0.5}}`)
		if a.Views["aircraft"] != "all" {
			t.Error("a rate makes another view")
		}
		told := func(c *client) int {
			n := 0
			for i := range 100 {
				change(record.Change{Updated: []record.Record{aircraft("A1", fmt.Sprintf(`"alt":%d`, i))}})
				time.Sleep(100 * time.Millisecond)
			}
			time.Sleep(50 * time.Millisecond) // past what is due now
			synctest.Wait()
			for _, m := range c.read(c.c.take()) {
				if m.Event == "aircraft:update" {
					n++
				}
			}
			return n
		}
		if got := told(slow); got < 4 || got > 6 {
			t.Errorf("0.5 Hz is %d updates in 10 s", got)
		}
		usual.c.take()
		if got := told(usual); got < 45 || got > 55 {
			t.Errorf("without a rate there are %d updates in 10 s", got)
		}
		slow.c.take()
		slow.subscribe(`{"topics":"aircraft","rate":{"aircraft":null}}`)
		if got := told(slow); got < 45 || got > 55 {
			t.Errorf("after null there are %d updates in 10 s", got)
		}
	})
}

func TestResume(t *testing.T) {
	const view = `"filters":{"aircraft":{"military":false}}`
	live(t, func(t *testing.T, n *gateway.Namespace, change func(record.Change)) {
		resume := func(at position, auth bool) (answer, []message) {
			since, err := json.Marshal(at)
			if err != nil {
				t.Fatal(err)
			}
			payload := fmt.Sprintf(`{"topics":"aircraft","legacy":false,%s,"since":{"aircraft":%s}}`, view, since)
			if auth {
				c := enter(t, n, `{"subscribe":`+payload+`}`)
				defer c.s.Close()
				return c.begin()
			}
			c := enter(t, n, quiet)
			defer c.s.Close()
			c.c.take()
			return c.subscribe(payload)
		}
		c := enter(t, n, quiet)
		c.c.take()
		a, got := c.subscribe(`{"topics":"aircraft",` + view + `}`)
		at := position{a.Positions["aircraft"].Epoch, 1, a.Views["aircraft"]}
		c.want("at first", got, snapshot(at, "A1 35000 false", "C3 false"))
		c.s.Close()

		for _, auth := range []bool{false, true} {
			a, got = resume(at, auth)
			c.want("nothing was missed", got)
			if !a.Resumed["aircraft"] || a.Positions["aircraft"] != (position{Epoch: at.Epoch, Seq: 1}) || a.Views["aircraft"] != at.View {
				t.Errorf("subscribed %+v", a)
			}
		}

		change(record.Change{Added: []record.Record{aircraft("D4", `"military":false`)}, Removed: []string{"C3"}})
		change(record.Change{Updated: []record.Record{aircraft("A1", `"alt":7`), aircraft("B2", `"alt":8`)}})
		leads := update(1, position{at.Epoch, 3, at.View})
		leads.Added, leads.Removed = []string{"A1 7 false", "D4 false"}, []string{"B2", "C3"}
		for _, auth := range []bool{false, true} {
			a, got = resume(at, auth)
			c.want("what was missed", got, leads)
			if !a.Resumed["aircraft"] || a.Positions["aircraft"].Seq != 1 {
				t.Errorf("subscribed %+v", a)
			}
		}

		all := snapshot(leads.At, "A1 7 false", "D4 false")
		for what, from := range map[string]position{
			"another epoch":   {"e", 1, at.View},
			"another view":    {at.Epoch, 1, "all"},
			"no view":         {at.Epoch, 1, ""},
			"before it began": {at.Epoch, 0, at.View},
			"yet to come":     {at.Epoch, 4, at.View},
		} {
			a, got = resume(from, false)
			c.want(what, got, all)
			if a.Resumed["aircraft"] || a.Positions["aircraft"].Seq != 3 {
				t.Errorf("%s: subscribed %+v", what, a)
			}
		}

		time.Sleep(2 * time.Minute)
		a, got = resume(at, false)
		c.want("away for too long", got, all)
		if a.Resumed["aircraft"] {
			t.Errorf("subscribed %+v", a)
		}
	})
}

// A client that missed something asks on its connection.
func TestResumeAfterAHole(t *testing.T) {
	live(t, func(t *testing.T, n *gateway.Namespace, change func(record.Change)) {
		c := enter(t, n, quiet)
		defer c.s.Close()
		c.c.take()
		a, _ := c.subscribe(`{"topics":"aircraft","legacy":false}`)
		epoch := a.Positions["aircraft"].Epoch
		change(record.Change{Updated: []record.Record{aircraft("A1", `"alt":1`)}})
		c.rest() // and loses it
		change(record.Change{Removed: []string{"C3"}})
		c.rest()
		_, got := c.subscribe(fmt.Sprintf(`{"topics":"aircraft","since":{"aircraft":{"epoch":%q,"seq":1,"view":"all"}}}`, epoch))
		leads := update(1, position{epoch, 3, "all"})
		leads.Added, leads.Removed = []string{"A1 1 false"}, []string{"C3"}
		c.want("what was missed", got, leads)
		change(record.Change{Removed: []string{"B2"}})
		next := update(3, position{epoch, 4, "all"})
		next.Removed = []string{"B2"}
		c.want("what is next", c.rest(), next)
	})
}

// null clears what was asked for, of one topic or of all that are named.
func TestNullClears(t *testing.T) {
	for name, parts := range map[string]string{
		"of a topic": `"filters":{"aircraft":null},"fields":{"aircraft":null},"rate":{"aircraft":null}`,
		"of all":     `"filters":null,"fields":null,"rate":null`,
	} {
		run(t, name, func(t *testing.T, n *gateway.Namespace) {
			c := enter(t, n, `{"subscribe":{"topics":"aircraft","filters":{"aircraft":{"icao":"A1"}},"fields":{"aircraft":["alt"]},"rate":{"aircraft":1}}}`)
			defer c.s.Close()
			a, _ := c.subscribe(`{"topics":"aircraft"}`)
			if a.Views["aircraft"] == "all" {
				t.Error("what is absent is cleared")
			}
			a, _ = c.subscribe(`{"topics":"aircraft",` + parts + `}`)
			if a.Views["aircraft"] != "all" || len(a.Filters) != 0 {
				t.Errorf("the view is %v, the filters %v", a.Views, a.Filters)
			}
		})
	}
}

func TestWrongSubscribe(t *testing.T) {
	const conditions = "altitude, bbox, callsign_prefix, category, center, icao, military, on_ground"
	tooMany := strings.TrimSuffix(strings.Repeat(`"a",`, hub.MaxFields+1), ",")
	for name, tc := range map[string]struct{ parts, says string }{
		"a value out of range": {`"filters":{"aircraft":{"bbox":{"north":91,"south":1,"east":1,"west":1}}}`, "filters.aircraft.bbox.north: 91 is out of range: -90 to 90"},
		"flat":                 {`"filters":{"bbox":{"north":9,"south":1,"east":1,"west":1}}`, "filters.bbox: bbox is a condition, not a topic; write filters: {aircraft: {bbox: ..}}"},
		"flat, beside a topic": {`"filters":{"aircraft":{},"military":true}`, "filters.military: military is a condition, not a topic; write filters: {aircraft: {military: ..}}"},
		"half a box":           {`"filters":{"aircraft":{"bbox":{"north":9,"south":1,"east":1}}}`, "filters.aircraft.bbox.west: is missing"},
		"a box upside down":    {`"filters":{"aircraft":{"bbox":{"north":1,"south":9,"east":1,"west":1}}}`, "filters.aircraft.bbox: north 1 is below south 9"},
		"unknown condition":    {`"filters":{"aircraft":{"bxbox":{}}}`, `filters.aircraft: unknown condition "bxbox"; there are: ` + conditions},
		"unknown part":         {`"filters":{"aircraft":{"altitude":{"mni":1}}}`, `filters.aircraft.altitude: unknown field "mni"; there are: max, min`},
		"a list's entry":       {`"filters":{"aircraft":{"icao":["A1",7]}}`, "filters.aircraft.icao[1]: expected a string, got a number"},
		"a filter as a text":   {`"filters":{"aircraft":"military"}`, "filters.aircraft: expected an object, got a string"},
		"filters as a list":    {`"filters":[]`, "Invalid subscribe payload: filters: expected an object, got array"},
		"another's filter":     {`"filters":{"moon":{}}`, "filters.moon: this topic is not among the topics of this subscribe"},
		"two wrong filters":    {`"filters":{"moon":7,"aircraft":8}`, "filters.aircraft: expected an object, got a number"},

		"fields as a text":   {`"fields":{"aircraft":"alt"}`, "Invalid subscribe payload: fields.aircraft: expected a list, got string"},
		"fields as a list":   {`"fields":["alt"]`, "Invalid subscribe payload: fields: expected an object, got array"},
		"numbers as fields":  {`"fields":{"aircraft":[1]}`, "Invalid subscribe payload: fields.aircraft: expected a string, got number"},
		"too many fields":    {`"fields":{"aircraft":[` + tooMany + `]}`, "fields.aircraft: 201 names are too many: up to 200"},
		"a long name":        {`"fields":{"aircraft":["` + strings.Repeat("a", hub.MaxFieldName+1) + `"]}`, "fields.aircraft: a name is longer than 100 bytes"},
		"another's fields":   {`"fields":{"moon":["alt"]}`, "fields.moon: this topic is not among the topics of this subscribe"},
		"a rate as a text":   {`"rate":{"aircraft":"1"}`, "Invalid subscribe payload: rate.aircraft: expected a number, got string"},
		"a rate of all":      {`"rate":1`, "Invalid subscribe payload: rate: expected an object, got number"},
		"too low a rate":     {`"rate":{"aircraft":0.05}`, "rate.aircraft: 0.05 is out of range: from 0.1 (Hz)"},
		"no rate":            {`"rate":{"aircraft":0}`, "rate.aircraft: 0 is out of range: from 0.1 (Hz)"},
		"another's rate":     {`"rate":{"moon":1}`, "rate.moon: this topic is not among the topics of this subscribe"},
		"an event's fields":  {`"topics":["aircraft","safety"],"fields":{"safety":["id"]}`, "fields.safety: an event is told whole; leave it out"},
		"an event's rate":    {`"topics":["aircraft","safety"],"rate":{"safety":1}`, "rate.safety: events are not skipped; leave it out"},
		"since is no object": {`"since":7`, "Invalid subscribe payload: since: expected an object, got number"},
		"since a number":     {`"since":{"aircraft":7}`, "Invalid subscribe payload: since.aircraft: expected an object, got number"},
		"an epoch of number": {`"since":{"aircraft":{"epoch":1}}`, "Invalid subscribe payload: since.aircraft.epoch: expected a string, got number"},
		"seq is negative":    {`"since":{"aircraft":{"epoch":"e","seq":-1}}`, "Invalid subscribe payload: since.aircraft.seq: expected a whole number, got number -1"},
		"a filter, misspelt": {`"filter":{"aircraft":{}}`, "Invalid subscribe payload: there is no 'filter'; it is 'filters'"},
		"another's since":    {`"since":{"moon":{"epoch":"e","seq":1}}`, "since.moon: this topic is not among the topics of this subscribe"},
	} {
		run(t, name, func(t *testing.T, n *gateway.Namespace) {
			c := enter(t, n, `{"subscribe":{"topics":"aircraft","filters":{"aircraft":{"icao":"A1"}}}}`)
			defer c.s.Close()
			before, _ := c.begin()
			var acked string
			c.s.Receive("subscribe", []json.RawMessage{json.RawMessage(`{"topics":"aircraft","rate":{"aircraft":1},` + tc.parts + `}`)}, func(p []byte) { acked = string(p) })
			raw, err := json.Marshal(tc.says)
			if err != nil {
				t.Fatal(err)
			}
			want := `{"type":"error","code":"invalid_payload","message":` + string(raw) + `}`
			if d := cmp.Diff([]string{"error " + want}, c.c.take()); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if acked != want {
				t.Errorf("the acknowledgement is %s", acked)
			}
			after, _ := c.subscribe(`{"topics":"aircraft"}`)
			if d := cmp.Diff(before, after); d != "" {
				t.Errorf("it changed something all the same:\n%s", d)
			}
		})
	}
}

// What else a subscribe has is taken from the auth object, too.
func TestSubscribeWithConnectIsASubscribe(t *testing.T) {
	live(t, func(t *testing.T, n *gateway.Namespace, change func(record.Change)) {
		c := enter(t, n, `{"token":"x","subscribe":{"topics":"aircraft","filters":{"aircraft":{"icao":"A1"}},"fields":{"aircraft":["alt"]},"rate":{"aircraft":1},"legacy":false,"batch":true}}`)
		defer c.s.Close()
		a, got := c.begin()
		at := position{a.Positions["aircraft"].Epoch, 1, a.Views["aircraft"]}
		c.want("what is asked for", got, snapshot(at, "A1 35000"))
		if string(a.Filters["aircraft"]) != `{"icao":["A1"]}` {
			t.Errorf("subscribed %+v", a)
		}
		change(record.Change{Updated: []record.Record{aircraft("A1", `"alt":1`)}, Removed: []string{"B2"}})
		leads := update(1, position{at.Epoch, 2, at.View})
		leads.Updated = []string{"A1 1"}
		c.want("what follows", c.rest(), leads)

		wrong := enter(t, n, `{"subscribe":{"topics":"aircraft","filters":{"aircraft":{"icao":7}}}}`)
		defer wrong.s.Close()
		time.Sleep(time.Second)
		synctest.Wait()
		sent := wrong.c.take()
		if got := names(sent); got != "error aircraft:snapshot" || !strings.Contains(sent[0], "filters.aircraft.icao: expected a list of strings, got a number") {
			t.Errorf("what is wrong is answered by %.300s", sent)
		}
	})
}

// Who misspelt 'topics' is shown what was sent, and no more of it than helps.
func TestSubscribeWithoutTopics(t *testing.T) {
	long := strings.Repeat("x", 500)
	run(t, "members that are not topics", func(t *testing.T, n *gateway.Namespace) {
		c := enter(t, n, `{"subscribe":{"topics":[]}}`)
		defer c.s.Close()
		c.c.take()
		for payload, want := range map[string]string{
			`{"topicz":["aircraft"]}`:               `a list of names; this one has \"topicz\""}`,
			`{"filters":{},"aircraft":true}`:        `; this one has \"aircraft\", \"filters\""}`,
			`{}`:                                    `a list of names"}`,
			`{"topics":null,"x":1}`:                 `a list of names"}`,
			`{"a` + long + `":1}`:                   `xxx…\""}`,
			`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}`: `\"d\", \"e\""}`,
		} {
			c.s.Receive("subscribe", []json.RawMessage{json.RawMessage(payload)}, nil)
			got := c.c.take()
			if len(got) != 1 || !strings.HasPrefix(got[0], `error {"type":"error","code":"invalid_payload","message":"Invalid subscription request: expected dict with 'topics' key`) || !strings.HasSuffix(got[0], want) {
				t.Errorf("%.60s: %v", payload, got)
			}
		}
	})
}
