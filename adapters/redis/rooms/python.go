package rooms

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/skygate-io/skygate/pkg/backplane"
	"github.com/skygate-io/skygate/pkg/record"
)

// python-socketio's RedisManager publishes JSON on one channel, for all namespaces:
//
//	{method: "emit", event, data: [..], binary, namespace, room, skip_sid, callback, host_id}
//	{method: "disconnect", sid, namespace, host_id}
//	{method: "enter_room", sid, room, ..}, {method: "leave_room", ..}, {method: "close_room", room, ..}
//
// With binary, data is [data with placeholders, base64, ..]. room and skip_sid are
// null, a text or a list. Older versions publish pickles, which nobody but Python
// should read.

// pickleMark begins a pickle.
const pickleMark = 0x80

// readPython reads a message.
func readPython(raw []byte, most int) (namespace string, command backplane.Command, err error) {
	switch {
	case len(raw) > 0 && raw[0] == pickleMark:
		return "", nil, refuse(badPickle, "it is a pickle: python-socketio has published JSON since 5.14; update it there")
	case len(raw) > 2*most+maxEnvelope: // base64, and escapes
		return "", nil, refuse(badSize, "%d bytes; %d are allowed", len(raw), 2*most+maxEnvelope)
	case record.Depth(raw) > maxNesting:
		return "", nil, refuse(badDepth, "nested more than %d deep", maxNesting)
	case !json.Valid(raw) || raw[0] != '{' || !utf8.Valid(raw):
		return "", nil, refuse(badFormat, "it is no JSON object")
	}
	m := gjson.ParseBytes(raw)
	if namespace = m.Get("namespace").String(); namespace == "" {
		namespace = "/"
	}
	switch method := m.Get("method").String(); method {
	case "emit":
		command, err = readPythonEmit(m, most)
	case "disconnect":
		var to backplane.Audience
		to, err = theSocket(m)
		command = backplane.Disconnect{To: to}
	case "enter_room", "leave_room":
		command, err = readPythonMove(m, method)
	case "close_room":
		rooms, failed := oneOrMore(m.Get("room"))
		if failed == nil && len(rooms) == 0 {
			failed = refuse(badFormat, "it names no room")
		}
		command, err = backplane.Leave{To: backplane.Audience{Rooms: rooms}, Rooms: rooms}, failed
	case "callback":
		err = refuse(badCallback, "callbacks are between Python's servers")
	default:
		err = refuse(badType, "the method %q", method)
	}
	return namespace, command, err
}

func readPythonEmit(m gjson.Result, most int) (backplane.Command, error) {
	if callback := m.Get("callback"); callback.Exists() && callback.Type != gjson.Null {
		return nil, refuse(badCallback, "an event with a callback; those go to Python's servers only")
	}
	if m.Get("event").Type != gjson.String {
		return nil, refuse(badEvent, "the event has no name")
	}
	args, binary, err := pythonArguments(m)
	if err != nil {
		return nil, err
	}
	var list bytes.Buffer // Python writes spaces
	_ = json.Compact(&list, []byte("["+strings.Join(append([]string{m.Get("event").Raw}, args...), ",")+"]"))
	b := backplane.Broadcast{}
	if b.Event, err = event(gjson.ParseBytes(list.Bytes()), binary, most); err != nil {
		return nil, err
	}
	if err := toClients(b.Event); err != nil {
		return nil, err
	}
	if b.To.Rooms, err = oneOrMore(m.Get("room")); err != nil {
		return nil, err
	}
	b.To.Except, err = oneOrMore(m.Get("skip_sid"))
	return b, err
}

// pythonArguments gives an event's arguments, each as JSON, and their binary parts.
func pythonArguments(m gjson.Result) (args []string, binary [][]byte, err error) {
	data := m.Get("data")
	if m.Get("binary").Type == gjson.True {
		parts := data.Array()
		if len(parts) == 0 {
			return nil, nil, refuse(badBinary, "it holds no data")
		}
		for _, part := range parts[1:] {
			decoded, err := base64.StdEncoding.DecodeString(part.String())
			if err != nil {
				return nil, nil, refuse(badBinary, "a binary part is not base64: %v", err)
			}
			binary = append(binary, decoded)
		}
		data = parts[0]
		if placeholders(data) != len(binary) {
			return nil, nil, refuse(badBinary, "%d binary parts, and other places for them", len(binary))
		}
	}
	switch {
	case !data.Exists():
	case !data.IsArray(): // older versions
		args = []string{data.Raw}
	default:
		for _, v := range data.Array() {
			args = append(args, v.Raw)
		}
		if len(args) == 1 && args[0] == "null" { // emit(event) without data
			args = nil
		}
	}
	return args, binary, nil
}

// placeholders counts the places for binary parts; -1 when one is for none, or for
// one that has another.
func placeholders(v gjson.Result) int {
	found := map[int64]bool{}
	ok := true
	var look func(gjson.Result)
	look = func(v gjson.Result) {
		if v.IsObject() && v.Get("_placeholder").Type == gjson.True {
			n := v.Get("num")
			ok = ok && n.Type == gjson.Number && n.Int() >= 0 && !found[n.Int()]
			found[n.Int()] = true
			return
		}
		if v.Type == gjson.JSON {
			v.ForEach(func(_, v gjson.Result) bool { look(v); return true })
		}
	}
	look(v)
	for n := range found {
		ok = ok && n < int64(len(found))
	}
	if !ok {
		return -1
	}
	return len(found)
}

func readPythonMove(m gjson.Result, method string) (backplane.Command, error) {
	to, err := theSocket(m)
	if err != nil {
		return nil, err
	}
	rooms, err := oneOrMore(m.Get("room"))
	switch {
	case err != nil:
		return nil, err
	case len(rooms) == 0:
		return nil, refuse(badFormat, "it names no room")
	case method == "enter_room":
		return backplane.Join{To: to, Rooms: rooms}, nil
	}
	return backplane.Leave{To: to, Rooms: rooms}, nil
}

// theSocket is the audience of one socket.
func theSocket(m gjson.Result) (backplane.Audience, error) {
	sid := m.Get("sid")
	if sid.Type != gjson.String || sid.String() == "" {
		return backplane.Audience{}, refuse(badFormat, "it says of no socket")
	}
	return backplane.Audience{Rooms: []string{sid.String()}}, nil
}

// oneOrMore reads null, a text or a list of them.
func oneOrMore(v gjson.Result) ([]string, error) {
	if v.Type == gjson.String || v.Type == gjson.Number {
		return []string{v.String()}, nil
	}
	return names(v)
}
