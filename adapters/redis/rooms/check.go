package rooms

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/skygate-io/skygate/pkg/backplane"
	"github.com/skygate-io/skygate/pkg/record"
)

// What an event from Redis may be, as what clients send may be: a client that got
// more would end its connection.
const (
	maxArguments   = 1000
	maxEventDepth  = 50
	maxAttachments = 10
	// maxEnvelope is what a message may have around its payload: the names of rooms.
	maxEnvelope = 256 << 10
	// maxAnswer is what other processes may answer at once: each of their sockets has
	// the headers of its handshake.
	maxAnswer = 32 << 20
)

// open reads a message, JSON or MessagePack, of most bytes at most.
func open(raw []byte, most int) (backplane.Value, error) {
	switch {
	case len(raw) == 0:
		return backplane.Value{}, refuse(badFormat, "it is empty")
	case len(raw) > most:
		return backplane.Value{}, refuse(badSize, "%d bytes; %d are allowed", len(raw), most)
	case raw[0] != '{':
		v, err := unpack(raw)
		if err == nil && len(v.Binary) > 0 && bytes.Count(v.JSON, []byte(`"_placeholder":true`)) != len(v.Binary) {
			err = refuse(badBinary, "something in it looks like a binary part")
		}
		return v, err
	case record.Depth(raw) > maxNesting:
		return backplane.Value{}, refuse(badDepth, "nested more than %d deep", maxNesting)
	case !json.Valid(raw) || !utf8.Valid(raw): // a client ends its connection over text that is none
		return backplane.Value{}, refuse(badFormat, "it is no JSON")
	}
	return backplane.Value{JSON: raw}, nil
}

// event checks the list of an event's name and arguments.
func event(list gjson.Result, binary [][]byte, most int) (backplane.Value, error) {
	v := backplane.Value{JSON: []byte(list.Raw), Binary: binary}
	switch {
	case !list.IsArray():
		return v, refuse(badFormat, "the event is no list")
	case v.Size() > most:
		return v, refuse(badSize, "an event of %d bytes; %d are allowed", v.Size(), most)
	case record.Depth(list.Raw) > maxEventDepth:
		return v, refuse(badDepth, "nested more than %d deep", maxEventDepth)
	case len(binary) > maxAttachments:
		return v, refuse(badBinary, "%d binary parts; %d are allowed", len(binary), maxAttachments)
	}
	values := list.Array()
	switch {
	case len(values) > maxArguments:
		return v, refuse(badEvent, "%d arguments; %d are allowed", len(values), maxArguments)
	case len(values) == 0 || values[0].Type != gjson.String && values[0].Type != gjson.Number:
		return v, refuse(badEvent, "the event has no name")
	}
	return v, nil
}

// toClients refuses the events that servers and clients themselves tell.
func toClients(v backplane.Value) error {
	switch name := gjson.GetBytes(v.JSON, "0").String(); name {
	case "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener":
		return refuse(badEvent, "the event name %q is reserved", name)
	}
	return nil
}

// toServers likewise refuses those of a namespace.
func toServers(v backplane.Value) error {
	switch name := gjson.GetBytes(v.JSON, "0").String(); name {
	case "connect", "connection", "new_namespace":
		return refuse(badEvent, "the event name %q is reserved", name)
	}
	return nil
}

// names reads a list of rooms, which in JavaScript may be numbers, too. What is no
// list is none.
func names(list gjson.Result) ([]string, error) {
	if !list.IsArray() {
		if list.Exists() && list.Type != gjson.Null {
			return nil, refuse(badFormat, "the rooms are no list")
		}
		return nil, nil
	}
	var out []string
	for _, v := range list.Array() {
		if v.Type != gjson.String && v.Type != gjson.Number {
			return nil, refuse(badFormat, "a room is no text")
		}
		out = append(out, v.String())
	}
	return out, nil
}

// audience reads {rooms, except}.
func audience(opts gjson.Result) (to backplane.Audience, err error) {
	if to.Rooms, err = names(opts.Get("rooms")); err == nil {
		to.Except, err = names(opts.Get("except"))
	}
	return to, err
}

// flags reads those of a broadcast.
func flags(f gjson.Result) (out backplane.Flags) {
	out.Volatile = f.Get("volatile").Type == gjson.True
	if c := f.Get("compress"); c.Type == gjson.True || c.Type == gjson.False {
		compress := c.Bool()
		out.Compress = &compress
	}
	return out
}

// broadcast reads the packet and the options of one, in a namespace.
func broadcast(packet, opts gjson.Result, binary [][]byte, namespace string, most int) (b backplane.Broadcast, err error) {
	if nsp := packet.Get("nsp"); nsp.Exists() && nsp.String() != namespace || !nsp.Exists() && namespace != "/" {
		return b, refuse(badNamespace, "it is for the namespace %q", nsp.String())
	}
	if kind := packet.Get("type"); kind.Num != 2 && kind.Num != 5 {
		return b, refuse(badType, "a packet of type %s", kind.Raw)
	}
	if b.Event, err = event(packet.Get("data"), binary, most); err != nil {
		return b, err
	}
	if err := toClients(b.Event); err != nil {
		return b, err
	}
	b.Flags = flags(opts.Get("flags"))
	b.To, err = audience(opts)
	return b, err
}

// sockets reads those that another process has.
func sockets(list gjson.Result, binary [][]byte) ([]backplane.Socket, error) {
	if !list.IsArray() {
		return nil, refuse(badFormat, "the sockets are no list")
	}
	var out []backplane.Socket
	for _, v := range list.Array() {
		s := backplane.Socket{ID: v.Get("id").String(), Handshake: []byte(v.Get("handshake").Raw)}
		if data := v.Get("data"); data.Exists() {
			s.Data = backplane.Value{JSON: []byte(data.Raw), Binary: binary}
		}
		var err error
		if s.Rooms, err = names(v.Get("rooms")); err != nil || s.ID == "" {
			return nil, refuse(badFormat, "a socket without id or rooms")
		}
		out = append(out, s)
	}
	return out, nil
}

// answer gives what somebody answered; null where that was nothing.
func answer(v gjson.Result, binary [][]byte) backplane.Value {
	if !v.Exists() {
		return backplane.Value{JSON: []byte("null")}
	}
	return backplane.Value{JSON: []byte(v.Raw), Binary: binary}
}
