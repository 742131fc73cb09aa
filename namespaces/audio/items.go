package audio

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// mostRecent is how many transmissions a snapshot has; fewRecent how many the list
// of the reference's name has, mostPending how far it counts.
const (
	mostRecent  = 50
	fewRecent   = 10
	mostPending = 100
)

// reference are the fields that an item of the reference has.
var reference = []string{
	"created_at", "filename", "s3_url", "file_size_bytes", "duration_seconds", "format", "frequency_mhz", "channel_name",
	"squelch_level", "transcription_status", "transcription_queued_at", "transcription_completed_at",
	"transcript", "transcript_confidence", "transcript_language", "identified_airframes",
}

// otherNames are names that events have for fields of an item.
var otherNames = map[string]string{
	"audio_url": "s3_url", "confidence": "transcript_confidence", "language": "transcript_language", "text": "transcript",
}

// item is a transmission, by all that was told of it: raw JSON by name. What was
// not told is null.
type item map[string]json.RawMessage

// text gives a field that is a text; "" for any other.
func (i item) text(name string) string {
	var s string
	if json.Unmarshal(i[name], &s) != nil {
		return ""
	}
	return s
}

func (i item) has(name string) bool {
	raw := i[name]
	return len(raw) > 0 && string(raw) != "null"
}

// take adds what an event tells; its name is "" when that is not known.
func (i item) take(event string, told item, at time.Time) {
	for name, raw := range told {
		if !told.has(name) {
			continue
		}
		i[name] = raw
		if other := otherNames[name]; other != "" && !told.has(other) {
			i[other] = raw
		}
	}
	when := told["timestamp"]
	if !told.has("timestamp") {
		when = json.RawMessage(record.String(wire.Timestamp(at)))
	}
	if !i.has("created_at") {
		i["created_at"] = when
	}
	status := told.text("transcription_status")
	if status == "" {
		if status = statusAfter(event, told.text("status")); status == "" {
			return
		}
		i["transcription_status"] = json.RawMessage(record.String(status))
	}
	switch {
	case status == "completed" && !i.has("transcription_completed_at"):
		i["transcription_completed_at"] = when
	case isPending(status) && !i.has("transcription_queued_at"):
		i["transcription_queued_at"] = when
	}
}

// statusAfter is how far a transcription is by an event that does not say.
func statusAfter(event, status string) string {
	switch event {
	case eventStarted:
		return "processing"
	case eventCompleted:
		return "completed"
	case eventFailed:
		return "failed"
	}
	if status == "processing" || status == "completed" || status == "failed" {
		return status
	}
	return ""
}

func isPending(status string) bool {
	return status == "pending" || status == "queued" || status == "processing"
}

// items are all transmissions that are known. It is immutable once it is made.
type items struct {
	byID  map[string]item
	order []string // oldest first
}

// library keeps the transmissions that the events of the topic are of, as of the
// newest event. It is safe for concurrent use.
type library struct {
	hub *hub.Hub

	mu    sync.Mutex // guards all below
	at    topic.Position
	items *items
}

// known gives all that are remembered.
func (l *library) known() (*items, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.hub.Position(topicAll)
	if l.items != nil && l.at == at {
		return l.items, nil
	}
	events, err := l.hub.Events(topicAll)
	if err != nil {
		return &items{}, err
	}
	l.at, l.items = at, itemsOf(events)
	return l.items, nil
}

func itemsOf(events []*feedlog.Entry) *items {
	all := &items{byID: map[string]item{}}
	for _, e := range events {
		told := item{}
		for _, f := range e.Change.Event.Fields {
			told[f.Name] = json.RawMessage(f.Raw)
		}
		all.take(e.Change.Event.Key, e.Change.Event.Name, told, time.UnixMilli(e.Time))
	}
	return all
}

func (a *items) take(id, event string, told item, at time.Time) {
	one := a.byID[id]
	if one == nil {
		one = item{"id": json.RawMessage(record.String(id))}
		if told["id"] != nil { // a number
			one["id"] = told["id"]
		}
		for _, name := range reference {
			one[name] = json.RawMessage("null")
		}
		a.byID[id] = one
		a.order = append(a.order, id)
	}
	delete(told, "id")
	one.take(event, told, at)
}

// newest gives those that are wanted, newest first, up to a number.
func (a *items) newest(most int, wanted func(item) bool) []item {
	out := []item{}
	for i := len(a.order) - 1; i >= 0 && len(out) < most; i-- {
		if one := a.byID[a.order[i]]; wanted(one) {
			out = append(out, one)
		}
	}
	return out
}

// snapshot is what "audio:snapshot" tells: under one name for the reference's
// clients, under the other for what its documents promise.
type snapshot struct {
	Epoch         string `json:"epoch"`
	Seq           uint64 `json:"seq"`
	View          string `json:"view"`
	Count         int    `json:"count"`
	Timestamp     string `json:"timestamp"`
	Pending       int    `json:"pending_transcriptions"`
	Recent        []item `json:"recent_transmissions"`
	Transmissions []item `json:"transmissions"`
}

// snapshot makes the hub's snapshot, of events, one of what they are of. What came
// since the items were looked up is in it.
func (a *items) snapshot(m *wire.Message) *wire.Message {
	var told snapshot
	if a == nil || json.Unmarshal(m.Data, &told) != nil {
		return m
	}
	now := &items{byID: maps.Clone(a.byID), order: slices.Clone(a.order)}
	for _, event := range slices.Backward(told.Transmissions) { // newest first
		at, err := time.Parse(time.RFC3339, told.Timestamp)
		if err == nil {
			id := event.text("id")
			if id == "" {
				id = string(event["id"]) // a number
			}
			if one := now.byID[id]; one != nil {
				now.byID[id] = maps.Clone(one)
			}
			now.take(id, "", event, at)
		}
	}
	all := func(item) bool { return true }
	told.Transmissions, told.Recent = now.newest(mostRecent, all), now.newest(fewRecent, all)
	told.Count = len(told.Transmissions)
	told.Pending = len(now.newest(mostPending, func(i item) bool { return isPending(i.text("transcription_status")) }))
	out, err := wire.New(m.Event, told)
	if err != nil {
		return m
	}
	out.Topic, out.Class, out.Bypass, out.Base, out.Seq = m.Topic, m.Class, m.Bypass, m.Base, m.Seq
	return out
}

// number reads a number, or a text that is one.
func number(raw json.RawMessage) (v float64, ok bool) {
	v, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}
