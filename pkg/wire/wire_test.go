package wire_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

var (
	policy = &topic.Policy{
		Name: "aircraft", Prefix: "aircraft", Key: "hex", List: "aircraft",
		Legacy: &topic.Legacy{New: "aircraft:new", NewList: "aircraft", Removed: "aircraft:remove", RemovedList: "icaos"},
	}
	now  = time.Date(2026, 11, 21, 10, 0, 0, 250e6, time.FixedZone("CET", 3600))
	at   = topic.Position{Epoch: "e1", Seq: 7}
	span = wire.Span{Base: 5, At: at, View: "all"}
)

func aircraft(key string, fields ...record.Field) record.Record {
	return record.Record{Key: key, Fields: fields}
}

const limit = 1_000_000

func TestMessages(t *testing.T) {
	heard := record.Field{Name: "seen", Raw: record.Time(now.UnixMilli() - 1500)}
	change := &record.Change{
		Added:    []record.Record{aircraft("~A\"1", record.Field{Name: "flight", Raw: `"KLM23"`}, heard)},
		Updated:  []record.Record{aircraft("B2", record.Field{Name: "alt"}, record.Field{Name: "gs", Raw: "0"})},
		Removed:  []string{"C3", "D4"},
		Observed: now.UnixMilli() - 500,
	}
	lists := wire.Encode(policy, change, now)
	events := &topic.Policy{Name: "safety", Prefix: "safety", Key: "id", List: "events", Kind: topic.Event}
	happened := &record.Event{Name: "safety:event", Record: record.Record{Key: "9", Fields: record.Fields{{Name: "severity", Raw: `"low"`}, heard}}}
	legacy := wire.Legacy(policy, lists, limit, now)
	for name, tc := range map[string]struct {
		message *wire.Message
		event   string
		data    string
	}{
		"snapshot": {
			wire.Snapshot(policy, span, lists.Added, limit, now)[0], "aircraft:snapshot",
			`{"epoch":"e1","seq":7,"view":"all","count":1,"timestamp":"2026-11-21T09:00:00.250Z","aircraft":[{"hex":"~A\"1","flight":"KLM23","seen":1.5}]}`,
		},
		"empty snapshot": {
			wire.Snapshot(policy, wire.Span{View: "all"}, nil, limit, now)[0], "aircraft:snapshot",
			`{"epoch":"","seq":0,"view":"all","count":0,"timestamp":"2026-11-21T09:00:00.250Z","aircraft":[]}`,
		},
		"update": {
			wire.Update(policy, span, lists, limit, now)[0], "aircraft:update",
			`{"type":"delta","epoch":"e1","base":5,"seq":7,"view":"all","added":[{"hex":"~A\"1","flight":"KLM23","seen":1.5}],"updated":[{"hex":"B2","alt":null,"gs":0}],"removed":["C3","D4"],"timestamp":"2026-11-21T09:00:00.250Z","observed":"2026-11-21T08:59:59.750Z"}`,
		},
		"update that tells records whole": {
			wire.Update(&topic.Policy{Prefix: "positions", Key: "hex", List: "positions", Whole: true}, span, wire.Lists{Added: lists.Added, Removed: []string{"C3"}}, limit, now)[0], "positions:update",
			`{"epoch":"e1","base":5,"seq":7,"view":"all","positions":[{"hex":"~A\"1","flight":"KLM23","seen":1.5}],"count":1,"removed":["C3"],"timestamp":"2026-11-21T09:00:00.250Z"}`,
		},
		"update that only removes": {
			wire.Update(policy, wire.Span{Base: 6, At: at, View: "all"}, wire.Lists{Removed: []string{"A"}}, limit, now)[0], "aircraft:update",
			`{"type":"delta","epoch":"e1","base":6,"seq":7,"view":"all","added":[],"updated":[],"removed":["A"],"timestamp":"2026-11-21T09:00:00.250Z"}`,
		},
		"removed, for older clients": {
			legacy[0], "aircraft:remove",
			`{"icaos":["C3","D4"],"count":2,"timestamp":"2026-11-21T09:00:00.250Z"}`,
		},
		"new, for older clients": {
			legacy[1], "aircraft:new",
			`{"aircraft":[{"hex":"~A\"1","flight":"KLM23","seen":1.5}],"count":1,"timestamp":"2026-11-21T09:00:00.250Z"}`,
		},
		"event": {
			wire.Event(events, wire.Span{Base: 5, At: at}, happened, now), "safety:event",
			`{"epoch":"e1","base":5,"seq":7,"id":"9","severity":"low","seen":1.5}`,
		},
		"event whose key is a number": {
			wire.Event(events, wire.Span{Base: 5, At: at}, &record.Event{Name: "safety:event", Record: record.Record{Key: "7", Fields: record.Fields{{Name: "a", Raw: "1"}, {Name: "id", Raw: "7"}}}}, now), "safety:event",
			`{"epoch":"e1","base":5,"seq":7,"id":7,"a":1}`,
		},
		"what happened lately": {
			wire.Recent(events, span, []*record.Event{happened}, now), "safety:snapshot",
			`{"epoch":"e1","seq":7,"view":"all","count":1,"timestamp":"2026-11-21T09:00:00.250Z","events":[{"id":"9","severity":"low","seen":1.5}]}`,
		},
		"batch": {
			wire.Batch([]*wire.Message{{Event: "a", Data: []byte(`{}`)}, {Event: "b", Data: []byte(`1`)}}, limit, now)[0], "batch",
			`{"messages":[{"type":"a","data":{}},{"type":"b","data":1}],"count":2,"timestamp":"2026-11-21T09:00:00.250Z"}`,
		},
		"batch of one": {wire.Batch([]*wire.Message{{Event: "a", Data: []byte(`{}`)}}, limit, now)[0], "a", `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.message.Event != tc.event || string(tc.message.Data) != tc.data {
				t.Errorf("%s %s\nwant %s %s", tc.message.Event, tc.message.Data, tc.event, tc.data)
			}
			if !json.Valid(tc.message.Data) {
				t.Error("no valid JSON")
			}
		})
	}
	if n := len(wire.Legacy(policy, wire.Lists{Updated: lists.Updated}, limit, now)); n != 0 {
		t.Errorf("%d events for older clients of a change that adds and removes nothing", n)
	}
}

// What is too large for a message comes in parts, of which only the last tells
// the position.
func TestParts(t *testing.T) {
	var lists wire.Lists
	for i := range 100 {
		lists.Added = append(lists.Added, fmt.Appendf(nil, `{"hex":"A%02d","text":"%0100d"}`, i, i))
		lists.Updated = append(lists.Updated, fmt.Appendf(nil, `{"hex":"B%02d","gs":%d}`, i, i))
		lists.Removed = append(lists.Removed, fmt.Sprintf("C%02d", i))
	}
	const small = 2000
	type parts struct {
		Epoch       *string
		Base, Seq   *uint64
		View        *string
		Part, Parts int
		Aircraft    []struct{ Hex string }
		Added       []struct{ Hex string }
		Updated     []struct{ Hex string }
		Removed     []string
		Count       int
	}
	for name, messages := range map[string][]*wire.Message{
		"snapshot": wire.Snapshot(policy, span, lists.Added, small, now),
		"update":   wire.Update(policy, span, lists, small, now),
	} {
		var keys []string
		for i, m := range messages {
			if len(m.Packet("/")) > small {
				t.Errorf("%s: part %d has %d bytes", name, i+1, len(m.Data))
			}
			var p parts
			if err := json.Unmarshal(m.Data, &p); err != nil {
				t.Fatalf("%s: %v: %s", name, err, m.Data)
			}
			last := i == len(messages)-1
			if (p.Base != nil) != (last && name == "update") {
				t.Errorf("%s: part %d of %d: %s", name, i+1, len(messages), m.Data)
			}
			if p.Part != i+1 || p.Parts != len(messages) || (p.Epoch != nil) != last || (p.Seq != nil) != last || (p.View != nil) != last {
				t.Errorf("%s: part %d of %d is %s", name, i+1, len(messages), m.Data)
			}
			if m.More != (name == "snapshot" && !last) {
				t.Errorf("%s: part %d of %d: more to come: %v", name, i+1, len(messages), m.More)
			}
			for _, r := range slices.Concat(p.Aircraft, p.Added, p.Updated) {
				keys = append(keys, r.Hex)
			}
			keys = append(keys, p.Removed...)
		}
		want := 100
		if name == "update" {
			want = 300
		}
		if len(messages) < 5 || len(keys) != want || !slices.IsSorted(keys) {
			t.Errorf("%s: %d parts with %d keys: %v", name, len(messages), len(keys), keys)
		}
	}
	for _, m := range wire.Legacy(policy, lists, small, now) {
		if len(m.Packet("/")) > small {
			t.Errorf("%s has %d bytes", m.Event, len(m.Data))
		}
	}
	if got := wire.Batch(wire.Update(policy, span, lists, small, now), small, now); len(got) < 5 {
		t.Errorf("a batch over the limit is %d messages", len(got))
	}
}

func TestAnswers(t *testing.T) {
	records := []record.Record{aircraft("A1", record.Field{Name: "gs", Raw: "1"})}
	if got, want := string(wire.Records(policy, records, now)), `[{"hex":"A1","gs":1}]`; got != want {
		t.Errorf("Records: %s, want %s", got, want)
	}
	if got, want := string(wire.List(policy, records, now)), `{"count":1,"timestamp":"2026-11-21T09:00:00.250Z","aircraft":[{"hex":"A1","gs":1}]}`; got != want {
		t.Errorf("List: %s, want %s", got, want)
	}
	m, err := wire.New("error", wire.Error{Type: "error", Code: "c", Message: "<&>"})
	if err != nil || string(m.Data) != `{"type":"error","code":"c","message":"<&>"}` {
		t.Errorf("New: %s, %v", m.Data, err)
	}
	if _, err := wire.New("x", func() {}); err == nil {
		t.Error("what JSON cannot say was encoded")
	}
}

func TestPacket(t *testing.T) {
	m := &wire.Message{Event: "aircraft:update", Data: []byte(`{"a":1}`)}
	for namespace, want := range map[string]string{
		"/":      `2["aircraft:update",{"a":1}]`,
		"/audio": `2/audio,["aircraft:update",{"a":1}]`,
	} {
		if got := string(m.Packet(namespace)); got != want {
			t.Errorf("%s: %s, want %s", namespace, got, want)
		}
		made := 0
		for range 3 {
			form := m.Encoded(namespace, func(text []byte) any { made++; return string(text[wire.Room:]) })
			if form != want || made != 1 {
				t.Errorf("%s: %v, made %d times", namespace, form, made)
			}
		}
	}
}
