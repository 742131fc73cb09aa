package socketio

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/skygate-io/skygate/pkg/record"
)

// The types of Socket.IO packets (protocol v5), as they stand on the wire.
const (
	typeConnect      = '0'
	typeDisconnect   = '1'
	typeEvent        = '2'
	typeAck          = '3'
	typeConnectError = '4'
	typeBinaryEvent  = '5'
	typeBinaryAck    = '6'
)

// The bounds of a packet. What is over them ends the connection; but an event that is
// nested too deeply, and has no attachments, is answered by an error.
const (
	maxAttachments = 10   // as in the reference server
	maxNamespace   = 256  // bytes
	maxNesting     = 50   // of the payload
	maxArguments   = 1000 // of an event
)

// packet is what a client sent, before any of its payload is decoded.
type packet struct {
	kind      byte
	namespace string
	// id asks for an acknowledgement, or is the one that it acknowledges.
	id    uint64
	hasID bool
	// auth is the payload of a CONNECT, nil when there is none.
	auth json.RawMessage
	// event is an event's name. args are what comes with it, or with an
	// acknowledgement. An event or acknowledgement without any payload has none of
	// both: it is ignored, as the reference server does.
	event string
	args  []json.RawMessage
	// deep says that what came with the event was nested too deeply, and is left out.
	deep bool
	// attachments is how many binary frames follow.
	attachments int
}

// empty says whether it is to be ignored.
func (p *packet) empty() bool {
	return p.args == nil && p.event == "" && p.kind != typeConnect && p.kind != typeDisconnect
}

var errPacket = errors.New("socketio: not a packet of the protocol")

func wrongPacket(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errPacket, fmt.Sprintf(format, args...))
}

// reserved are the events that the server itself emits to its handlers: a
// client that could send one would be believed.
func reserved(event string) bool {
	switch event {
	case "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener":
		return true
	}
	return false
}

// parsePacket reads a packet from the text of an Engine.IO message.
//
// Layout: <type>[<attachments>-][<namespace>,][<id>][<JSON>], without spaces. The
// namespace begins with "/" and is left out when it is just that.
func parsePacket(text []byte) (*packet, error) {
	if len(text) == 0 {
		return nil, wrongPacket("it is empty")
	}
	p := &packet{kind: text[0], namespace: "/"}
	if p.kind < typeConnect || p.kind > typeBinaryAck {
		return nil, wrongPacket("unknown type %q", text[0])
	}
	if !utf8.Valid(text) {
		return nil, wrongPacket("it is not UTF-8")
	}
	rest := text[1:]
	var err error
	if p.kind == typeBinaryEvent || p.kind == typeBinaryAck {
		if rest, err = p.readAttachments(rest); err != nil {
			return nil, err
		}
	}
	if len(rest) > 0 && rest[0] == '/' {
		if rest, err = p.readNamespace(rest); err != nil {
			return nil, err
		}
	}
	if rest, err = p.readID(rest); err != nil {
		return nil, err
	}
	if err := p.readPayload(rest); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *packet) readAttachments(rest []byte) ([]byte, error) {
	digits, after, found := bytes.Cut(rest, []byte{'-'})
	n, err := strconv.ParseUint(string(digits), 10, 32)
	if !found || err != nil || len(digits) > 1 && digits[0] == '0' {
		return nil, wrongPacket("the number of attachments is missing")
	}
	if n > maxAttachments {
		return nil, wrongPacket("%d attachments; %d are allowed", n, maxAttachments)
	}
	p.attachments = int(n)
	return after, nil
}

func (p *packet) readNamespace(rest []byte) ([]byte, error) {
	name, after, _ := bytes.Cut(rest, []byte{','})
	if len(name) > maxNamespace {
		return nil, wrongPacket("a namespace of %d bytes; %d are allowed", len(name), maxNamespace)
	}
	// What follows a "?" was a query in older protocols; the reference drops it.
	clean, _, _ := strings.Cut(string(name), "?")
	p.namespace = clean
	return after, nil
}

func (p *packet) readID(rest []byte) ([]byte, error) {
	n := 0
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	if n == 0 {
		return rest, nil
	}
	id, err := strconv.ParseUint(string(rest[:n]), 10, 64)
	if err != nil || id > math.MaxInt64>>10 { // 2^53: what every client can count to
		return nil, wrongPacket("the id of %d digits is too large", n)
	}
	p.id, p.hasID = id, true
	return rest[n:], nil
}

func (p *packet) readPayload(raw []byte) error {
	if len(raw) == 0 {
		return nil
	}
	if p.kind == typeDisconnect {
		return wrongPacket("a disconnect with a payload")
	}
	if p.deep = record.Depth(raw) > maxNesting; p.deep && p.kind != typeEvent {
		return wrongPacket("nested more than %d deep", maxNesting)
	}
	if !json.Valid(raw) {
		return wrongPacket("the payload is no JSON, or more than one value")
	}
	switch p.kind {
	case typeConnect:
		if raw[0] != '{' {
			return wrongPacket("the payload of a connect is no object")
		}
		p.auth = raw
		return nil
	case typeConnectError:
		return nil // clients have no business sending one; who gets it decides
	}
	if raw[0] != '[' {
		return wrongPacket("the payload is no list")
	}
	p.args = elements(raw)
	if len(p.args) > maxArguments {
		return wrongPacket("%d arguments; %d are allowed", len(p.args), maxArguments)
	}
	if p.kind == typeEvent || p.kind == typeBinaryEvent {
		return p.readEvent()
	}
	return nil
}

func (p *packet) readEvent() error {
	if len(p.args) == 0 {
		return wrongPacket("an event without a name")
	}
	name := p.args[0]
	switch c := name[0]; {
	case c == '"':
		if err := json.Unmarshal(name, &p.event); err != nil {
			return wrongPacket("the event's name is no text")
		}
	case c == '-' || c >= '0' && c <= '9':
		p.event = string(name) // the reference accepts numbers
	default:
		return wrongPacket("the event's name is no text")
	}
	if reserved(p.event) {
		return wrongPacket("the event name %q is reserved", p.event)
	}
	p.args = p.args[1:]
	if p.deep {
		p.args = nil
	}
	return nil
}

// elements gives the values of a valid JSON list, each as it stands there.
func elements(list []byte) []json.RawMessage {
	out := []json.RawMessage{}
	gjson.ParseBytes(list).ForEach(func(_, value gjson.Result) bool {
		out = append(out, json.RawMessage(value.Raw))
		return true
	})
	return out
}
