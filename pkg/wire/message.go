// Package wire is what clients see: the events of a topic and their payloads,
// as JSON, encoded once and shared by all who get them.
//
// # Flow
//
//	client                                server
//	subscribe {topics, filters, rate, fields, since, batch, legacy} →
//	                                  ←   subscribed {topics, joined, denied, unknown, filters, views, positions, resumed}
//	                                  ←   <prefix>:snapshot {epoch, seq, view, count, timestamp, <list>}, of several sorts of records with a list for each
//	                                  ←   <prefix>:update {type: "delta", epoch, base, seq, view, added, updated, removed, timestamp, observed}
//	                                  ←   what happened, by its own name, with {epoch, base, seq} and the topic's key
//	unsubscribe {topics}              →
//	                                  ←   unsubscribed {topics, remaining}
//	request {type, request_id, params} →
//	                                  ←   response {type, request_id, request_type, data}, or error {type, request_id, code, message}
//	                                  ←   stream:pace {topic, hz, reason}
//
// # Position
//
// A topic's changes are numbered within an epoch. An update leads from the
// state at base to the state at seq. A client applies the update whose base is
// its own seq, ignores one whose seq is not above its own, and otherwise has
// missed something: then it subscribes again, from where it is, and gets what leads
// from there or a snapshot.
//
// Ages ("seen") are in seconds before the message's timestamp.
package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/skygate-io/skygate/pkg/topic"
)

// Message is one event for clients. It is immutable, and shared by all who get it.
type Message struct {
	// Event is its name.
	Event string
	// Data is its payload, as JSON.
	Data []byte
	// Topic is the topic that it belongs to; "" for what belongs to none.
	Topic string
	// Class says how it is to be sent.
	Class Class
	// Bypass says that the topic's messages go ahead of what is waiting.
	Bypass bool
	// Base and Seq are its place among a topic's events: it leads from Base to Seq.
	Base, Seq uint64
	// More says that it is a part, and that the next one follows when it has left.
	More bool

	text []byte // room for a transport, then the packet for "/"; nil when it is yet to be made

	atRoot  sync.Once
	root    any // what a transport makes of it in "/"
	encoded atomic.Pointer[encoded]
}

// Room is how many bytes there are in front of a packet that [Message.Encoded]
// hands to a transport, for what the transport puts there. So the bytes of a
// message are written once, and copied by nobody but the kernel. (To 2,000
// viewports, a message each: 47 ms a flush with copies, 33 without.)
const Room = 16

// begin begins the text of a message for "/" that will have about size bytes; what
// is appended is its payload.
func begin(event string, size int) []byte {
	return appendHead(make([]byte, Room, Room+len(event)+size+8), "/", event)
}

// end makes a message of a text that was begun, and a payload appended to it.
func end(p *topic.Policy, event string, text []byte, class Class) *Message {
	head := Room + len(event) + 5 // 2["…",
	text = append(text, ']')
	return &Message{
		Event: event, Data: text[head : len(text)-1 : len(text)-1], text: text,
		Topic: p.Name, Class: class, Bypass: p.Bypass,
	}
}

// Class says what may happen to a message on its way to a client that is slow.
type Class int

const (
	// Reply answers one client; it has no place in the order of a topic, and may
	// overtake what waits.
	Reply Class = iota
	// Ordered keeps its place among what comes before and after it, and is not dropped.
	Ordered
	// State may be dropped; then nothing of its topic goes out before the next Whole.
	State
	// Whole is a state that needs none before it.
	Whole
	// Happened is an event of a topic: it is never dropped for good. One that finds
	// no room is handed back, and the topic goes on from there when there is room.
	Happened
)

// encoded is the message as a transport sends it in a namespace.
type encoded struct {
	namespace string
	form      any
}

// Encoded gives what a transport makes of the message in a namespace: it is made
// once per namespace that asks in a row, and shared by all who get it. encode gets
// [Room] bytes and then the packet, and owns them all.
func (m *Message) Encoded(namespace string, encode func(text []byte) any) any {
	if namespace == "/" {
		m.atRoot.Do(func() {
			text := m.text
			if text == nil {
				text = m.packet("/")
			}
			m.root = encode(text)
		})
		return m.root
	}
	if e := m.encoded.Load(); e != nil && e.namespace == namespace {
		return e.form
	}
	e := &encoded{namespace, encode(m.packet(namespace))}
	m.encoded.Store(e)
	return e.form
}

// Packet is the message as a Socket.IO event packet of a namespace ("/" and so
// on), in text.
//
// Layout: the packet type ('2', an event), for other namespaces than "/" the
// namespace and a comma, then a JSON array of the event's name and the payload.
func (m *Message) Packet(namespace string) []byte { return m.packet(namespace)[Room:] }

func (m *Message) packet(namespace string) []byte {
	text := appendHead(make([]byte, Room, Room+len(m.Data)+len(m.Event)+len(namespace)+8), namespace, m.Event)
	text = append(text, m.Data...)
	return append(text, ']')
}

// appendHead appends what is before the payload. An event's name needs no escapes.
func appendHead(dst []byte, namespace, event string) []byte {
	dst = append(dst, '2')
	if namespace != "/" {
		dst = append(dst, namespace...)
		dst = append(dst, ',')
	}
	dst = append(dst, '[', '"')
	dst = append(dst, event...)
	return append(dst, '"', ',')
}

// New encodes a payload as a message of no topic.
func New(event string, payload any) (*Message, error) {
	data, err := Marshal(payload)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", event, err)
	}
	return &Message{Event: event, Data: data}, nil
}

// Marshal is json.Marshal without the escapes for HTML: nothing here is pasted
// into a page.
func Marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte{'\n'}), nil
}

// timeLayout is ISO 8601 in UTC, to the millisecond.
const timeLayout = "2006-01-02T15:04:05.000Z"

// Timestamp gives a moment as clients get it: ISO 8601, UTC, milliseconds.
func Timestamp(t time.Time) string { return t.UTC().Format(timeLayout) }

func appendTimestamp(dst []byte, unixMilli int64) []byte {
	dst = append(dst, '"')
	dst = time.UnixMilli(unixMilli).UTC().AppendFormat(dst, timeLayout)
	return append(dst, '"')
}
