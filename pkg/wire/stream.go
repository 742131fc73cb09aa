package wire

import (
	"strconv"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// Span is the place of a message in a view of a topic: it leads from Base to At.
type Span struct {
	Base uint64
	At   topic.Position
	View string
}

// Snapshot is the whole view at a position.
func Snapshot(p *topic.Policy, view string, at topic.Position, records []record.Record, now time.Time) *Message {
	ms := now.UnixMilli()
	data := make([]byte, 0, 256+512*len(records))
	data = append(data, `{"epoch":`...)
	data = record.AppendString(data, at.Epoch)
	data = append(data, `,"seq":`...)
	data = strconv.AppendUint(data, at.Seq, 10)
	data = append(data, `,"view":`...)
	data = record.AppendString(data, view)
	data = appendList(append(data, ','), p, records, ms)
	return &Message{Event: p.Prefix + ":snapshot", Data: append(data, '}'), Topic: p.Name, Class: Whole}
}

// Update is what changed in a view.
func Update(p *topic.Policy, s Span, c *record.Change, now time.Time) *Message {
	ms := now.UnixMilli()
	data := make([]byte, 0, 256+512*len(c.Added)+160*len(c.Updated)+10*len(c.Removed))
	data = append(data, `{"type":"delta","epoch":`...)
	data = record.AppendString(data, s.At.Epoch)
	data = append(data, `,"base":`...)
	data = strconv.AppendUint(data, s.Base, 10)
	data = append(data, `,"seq":`...)
	data = strconv.AppendUint(data, s.At.Seq, 10)
	data = append(data, `,"view":`...)
	data = record.AppendString(data, s.View)
	data = append(data, `,"added":`...)
	data = appendRecords(data, p.Key, c.Added, ms)
	data = append(data, `,"updated":`...)
	data = appendRecords(data, p.Key, c.Updated, ms)
	data = append(data, `,"removed":`...)
	data = appendKeys(data, c.Removed)
	data = append(data, `,"timestamp":`...)
	data = appendTimestamp(data, ms)
	if c.Observed != 0 {
		data = append(data, `,"observed":`...)
		data = appendTimestamp(data, c.Observed)
	}
	return &Message{Event: p.Prefix + ":update", Data: append(data, '}'), Topic: p.Name, Class: State}
}

// Legacy are the events that older clients know a change by, in the order in
// which they are sent; none when the change adds and removes nothing.
func Legacy(p *topic.Policy, c *record.Change, now time.Time) []*Message {
	l := p.Legacy
	if l == nil {
		return nil
	}
	ms := now.UnixMilli()
	var out []*Message
	if len(c.Removed) > 0 {
		data := []byte(`{"` + l.RemovedList + `":`)
		data = appendKeys(data, c.Removed)
		data = append(appendCount(append(data, ','), len(c.Removed), ms), '}')
		out = append(out, &Message{Event: l.Removed, Data: data, Topic: p.Name, Class: State})
	}
	if len(c.Added) > 0 {
		data := append(make([]byte, 0, 64+512*len(c.Added)), `{"`+l.NewList+`":`...)
		data = appendRecords(data, p.Key, c.Added, ms)
		data = append(appendCount(append(data, ','), len(c.Added), ms), '}')
		out = append(out, &Message{Event: l.New, Data: data, Topic: p.Name, Class: State})
	}
	return out
}

// Batch is several messages as one event. A single one stays as it is.
func Batch(messages []*Message, now time.Time) *Message {
	if len(messages) == 1 {
		return messages[0]
	}
	size := 64
	for _, m := range messages {
		size += len(m.Event) + len(m.Data) + 24
	}
	data := append(make([]byte, 0, size), `{"messages":[`...)
	for i, m := range messages {
		if i > 0 {
			data = append(data, ',')
		}
		data = append(data, `{"type":`...)
		data = record.AppendString(data, m.Event)
		data = append(data, `,"data":`...)
		data = append(data, m.Data...)
		data = append(data, '}')
	}
	data = append(data, `],`...)
	data = append(appendCount(data, len(messages), now.UnixMilli()), '}')
	return &Message{Event: "batch", Data: data, Topic: messages[0].Topic, Class: messages[0].Class}
}

// Records is a bare list of records, as answers to requests carry it.
func Records(p *topic.Policy, records []record.Record, now time.Time) []byte {
	return appendRecords(make([]byte, 0, 2+512*len(records)), p.Key, records, now.UnixMilli())
}

// List is an object with the records under the topic's key, their count and the
// time. It carries no position: it is no place in the stream.
func List(p *topic.Policy, records []record.Record, now time.Time) []byte {
	data := append(make([]byte, 0, 64+512*len(records)), '{')
	return append(appendList(data, p, records, now.UnixMilli()), '}')
}

// appendList appends `"count":…,"timestamp":…,"<name>":[…]`.
func appendList(dst []byte, p *topic.Policy, records []record.Record, now int64) []byte {
	dst = appendCount(dst, len(records), now)
	dst = append(dst, ',')
	dst = record.AppendString(dst, p.List)
	dst = append(dst, ':')
	return appendRecords(dst, p.Key, records, now)
}

// appendCount appends `"count":…,"timestamp":…`.
func appendCount(dst []byte, n int, now int64) []byte {
	dst = append(dst, `"count":`...)
	dst = strconv.AppendInt(dst, int64(n), 10)
	dst = append(dst, `,"timestamp":`...)
	return appendTimestamp(dst, now)
}

func appendRecords(dst []byte, key string, records []record.Record, now int64) []byte {
	dst = append(dst, '[')
	for i := range records {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = records[i].AppendJSON(dst, key, now)
	}
	return append(dst, ']')
}

func appendKeys(dst []byte, keys []string) []byte {
	dst = append(dst, '[')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = record.AppendString(dst, key)
	}
	return append(dst, ']')
}
