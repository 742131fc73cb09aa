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

// Snapshot is the whole view at a position. When that is more than limit bytes
// it is a message and updates that add to it; only the last part tells the
// position, so that nobody resumes from a state that they never had.
func Snapshot(p *topic.Policy, s Span, records [][]byte, limit int, now time.Time) []*Message {
	parts := split(Lists{Added: records}, limit)
	out := updates(p, s, parts, false, now)
	first := parts[0]
	event := p.Prefix + ":snapshot"
	data := append(begin(event, first.size()), '{')
	if len(parts) == 1 {
		data = append(appendSpan(data, s, false), ',')
	}
	data = appendCount(data, len(records), now.UnixMilli())
	data = append(data, ',')
	data = record.AppendString(data, p.List)
	data = append(data, ':')
	data = appendObjects(data, first.Added)
	data = append(appendPart(data, 0, len(parts)), '}')
	out[0] = end(p, event, data, Whole)
	for _, m := range out[:len(out)-1] {
		m.More = true
	}
	return out
}

// Update is what changed in a view, in parts as in a [Snapshot] when it is more
// than limit bytes.
func Update(p *topic.Policy, s Span, l Lists, limit int, now time.Time) []*Message {
	return updates(p, s, split(l, limit), true, now)
}

// updates makes a message of each part; based says that they lead from a base.
func updates(p *topic.Policy, s Span, parts []Lists, based bool, now time.Time) []*Message {
	out, event := make([]*Message, len(parts)), p.Prefix+":update"
	for i, part := range parts {
		data := append(begin(event, part.size()), '{')
		if !p.Whole {
			data = append(data, `"type":"delta",`...)
		}
		if i == len(parts)-1 {
			data = append(appendSpan(data, s, based), ',')
		}
		if p.Whole {
			data = append(record.AppendString(data, p.List), ':')
			data = appendObjects(data, part.Added)
			data = append(data, `,"count":`...)
			data = strconv.AppendInt(data, int64(len(part.Added)), 10)
		} else {
			data = append(data, `"added":`...)
			data = appendObjects(data, part.Added)
			data = append(data, `,"updated":`...)
			data = appendObjects(data, part.Updated)
		}
		data = append(data, `,"removed":`...)
		data = appendKeys(data, part.Removed)
		data = append(data, `,"timestamp":`...)
		data = appendTimestamp(data, now.UnixMilli())
		if part.Observed != 0 {
			data = append(data, `,"observed":`...)
			data = appendTimestamp(data, part.Observed)
		}
		data = append(appendPart(data, i, len(parts)), '}')
		out[i] = end(p, event, data, State)
	}
	return out
}

// Legacy are the events that older clients know a change by, in the order in
// which they are sent; none when the change adds and removes nothing.
func Legacy(p *topic.Policy, l Lists, limit int, now time.Time) []*Message {
	names := p.Legacy
	if names == nil {
		return nil
	}
	ms := now.UnixMilli()
	var out []*Message
	for _, part := range split(Lists{Removed: l.Removed}, limit) {
		if n := len(part.Removed); n > 0 {
			data := append(begin(names.Removed, part.size()), `{"`+names.RemovedList+`":`...)
			data = append(appendKeys(data, part.Removed), ',')
			out = append(out, end(p, names.Removed, append(appendCount(data, n, ms), '}'), State))
		}
	}
	for _, part := range split(Lists{Added: l.Added}, limit) {
		if n := len(part.Added); n > 0 {
			data := append(begin(names.New, part.size()), `{"`+names.NewList+`":`...)
			data = append(appendObjects(data, part.Added), ',')
			out = append(out, end(p, names.New, append(appendCount(data, n, ms), '}'), State))
		}
	}
	return out
}

// Event is something that happened, as clients get it: what there is to say of
// it, and its place. It leads from base to at.
func Event(p *topic.Policy, s Span, e *record.Event, now time.Time) *Message {
	data := append(begin(e.Name, 512), '{')
	data = append(appendPlace(data, s, true), ',')
	data = append(e.AppendMembers(data, p.Key, now.UnixMilli()), '}')
	m := end(p, e.Name, data, Happened)
	m.Base, m.Seq = s.Base, s.At.Seq
	return m
}

// Recent is what happened lately, newest first, and the position that it is as of.
func Recent(p *topic.Policy, s Span, events []*record.Event, now time.Time) *Message {
	ms := now.UnixMilli()
	event := p.Prefix + ":snapshot"
	data := append(begin(event, 256+512*len(events)), '{')
	data = append(appendSpan(data, s, false), ',')
	data = append(appendCount(data, len(events), ms), ',')
	data = append(record.AppendString(data, p.List), ':', '[')
	for i, e := range events {
		if i > 0 {
			data = append(data, ',')
		}
		data = e.AppendJSON(data, p.Key, ms)
	}
	m := end(p, event, append(data, "]}"...), Ordered)
	m.Base, m.Seq = s.At.Seq, s.At.Seq
	return m
}

// Batch is several messages as one event, if that is no more than limit bytes;
// otherwise, and when it is a single one, they stay as they are.
func Batch(messages []*Message, limit int, now time.Time) []*Message {
	size := 64
	for _, m := range messages {
		size += len(m.Event) + len(m.Data) + 24
	}
	if len(messages) == 1 || size > limit {
		return messages
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
	first, last := messages[0], messages[len(messages)-1]
	return []*Message{{
		Event: "batch", Data: data, Topic: first.Topic, Class: first.Class, Bypass: first.Bypass,
		Base: first.Base, Seq: last.Seq,
	}}
}

// Records is a bare list of records, as answers to requests carry it.
func Records(p *topic.Policy, records []record.Record, now time.Time) []byte {
	return appendRecords(make([]byte, 0, 2+512*len(records)), p.Key, records, now.UnixMilli())
}

// List is an object with the records under the topic's key, their count and the
// time. It carries no position: it is no place in the stream.
func List(p *topic.Policy, records []record.Record, now time.Time) []byte {
	data := append(make([]byte, 0, 64+512*len(records)), '{')
	data = appendCount(data, len(records), now.UnixMilli())
	data = append(data, ',')
	data = record.AppendString(data, p.List)
	data = append(data, ':')
	return append(appendRecords(data, p.Key, records, now.UnixMilli()), '}')
}

// appendSpan appends `"epoch":…,"base":…,"seq":…,"view":…`; a snapshot has no base.
func appendSpan(dst []byte, s Span, base bool) []byte {
	dst = append(appendPlace(dst, s, base), `,"view":`...)
	return record.AppendString(dst, s.View)
}

// appendPlace appends a span without its view.
func appendPlace(dst []byte, s Span, base bool) []byte {
	dst = append(dst, `"epoch":`...)
	dst = record.AppendString(dst, s.At.Epoch)
	if base {
		dst = append(dst, `,"base":`...)
		dst = strconv.AppendUint(dst, s.Base, 10)
	}
	dst = append(dst, `,"seq":`...)
	return strconv.AppendUint(dst, s.At.Seq, 10)
}

// appendPart appends `,"part":…,"parts":…` when there are several.
func appendPart(dst []byte, i, n int) []byte {
	if n == 1 {
		return dst
	}
	dst = append(dst, `,"part":`...)
	dst = strconv.AppendInt(dst, int64(i+1), 10)
	dst = append(dst, `,"parts":`...)
	return strconv.AppendInt(dst, int64(n), 10)
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

func appendObjects(dst []byte, objects [][]byte) []byte {
	dst = append(dst, '[')
	for i, object := range objects {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, object...)
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
