package wire_test

import (
	"encoding/json"
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
	now = time.Date(2026, 11, 21, 10, 0, 0, 250e6, time.FixedZone("CET", 3600))
	at  = topic.Position{Epoch: "e1", Seq: 7}
)

func aircraft(key string, fields ...record.Field) record.Record {
	return record.Record{Key: key, Fields: fields}
}

func TestMessages(t *testing.T) {
	heard := record.Field{Name: "seen", Raw: record.Time(now.UnixMilli() - 1500)}
	change := &record.Change{
		Added:    []record.Record{aircraft("~A\"1", record.Field{Name: "flight", Raw: `"KLM23"`}, heard)},
		Updated:  []record.Record{aircraft("B2", record.Field{Name: "alt"}, record.Field{Name: "gs", Raw: "0"})},
		Removed:  []string{"C3", "D4"},
		Observed: now.UnixMilli() - 500,
	}
	legacy := wire.Legacy(policy, change, now)
	for name, tc := range map[string]struct {
		message *wire.Message
		event   string
		data    string
	}{
		"snapshot": {
			wire.Snapshot(policy, "all", at, change.Added, now), "aircraft:snapshot",
			`{"epoch":"e1","seq":7,"view":"all","count":1,"timestamp":"2026-11-21T09:00:00.250Z","aircraft":[{"hex":"~A\"1","flight":"KLM23","seen":1.5}]}`,
		},
		"empty snapshot": {
			wire.Snapshot(policy, "all", topic.Position{}, nil, now), "aircraft:snapshot",
			`{"epoch":"","seq":0,"view":"all","count":0,"timestamp":"2026-11-21T09:00:00.250Z","aircraft":[]}`,
		},
		"update": {
			wire.Update(policy, wire.Span{Base: 5, At: at, View: "all"}, change, now), "aircraft:update",
			`{"type":"delta","epoch":"e1","base":5,"seq":7,"view":"all","added":[{"hex":"~A\"1","flight":"KLM23","seen":1.5}],"updated":[{"hex":"B2","alt":null,"gs":0}],"removed":["C3","D4"],"timestamp":"2026-11-21T09:00:00.250Z","observed":"2026-11-21T08:59:59.750Z"}`,
		},
		"update that only removes": {
			wire.Update(policy, wire.Span{Base: 6, At: at, View: "all"}, &record.Change{Removed: []string{"A"}}, now), "aircraft:update",
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
		"batch": {
			wire.Batch([]*wire.Message{{Event: "a", Data: []byte(`{}`)}, {Event: "b", Data: []byte(`1`)}}, now), "batch",
			`{"messages":[{"type":"a","data":{}},{"type":"b","data":1}],"count":2,"timestamp":"2026-11-21T09:00:00.250Z"}`,
		},
		"batch of one": {wire.Batch([]*wire.Message{{Event: "a", Data: []byte(`{}`)}}, now), "a", `{}`},
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
	if n := len(wire.Legacy(policy, &record.Change{Updated: change.Updated}, now)); n != 0 {
		t.Errorf("%d events for older clients of a change that adds and removes nothing", n)
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
			form := m.Encoded(namespace, func(packet []byte) any { made++; return string(packet) })
			if form != want || made != 1 {
				t.Errorf("%s: %v, made %d times", namespace, form, made)
			}
		}
	}
}
