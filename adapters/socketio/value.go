package socketio

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/zishang520/engine.io/v2/types"
	"github.com/zishang520/socket.io-go-parser/v2/parser"

	"github.com/skygate-io/skygate/pkg/backplane"
)

// eventOf gives the event of a packet of a namespace that has been written, as other
// processes are told of it; false when it could not be written.
func eventOf(text []byte, attachments [][]byte, namespace string) (backplane.Value, bool) {
	rest := text[1:]
	if len(attachments) > 0 {
		_, rest, _ = bytes.Cut(rest, []byte{'-'})
	}
	if namespace != "/" {
		rest = bytes.TrimPrefix(rest, []byte(namespace+","))
	}
	rest = bytes.TrimLeft(rest, "0123456789") // the id
	return backplane.Value{JSON: rest, Binary: attachments}, len(rest) > 0
}

// eventText writes an event that another process told; id is nil for none.
func eventText(v backplane.Value, namespace string, id *uint64) []byte {
	text := []byte{typeEvent}
	if len(v.Binary) > 0 {
		text = append(strconv.AppendInt([]byte{typeBinaryEvent}, int64(len(v.Binary)), 10), '-')
	}
	if namespace != "/" {
		text = append(append(text, namespace...), ',')
	}
	if id != nil {
		text = strconv.AppendUint(text, *id, 10)
	}
	return append(text, v.JSON...)
}

// valueOf writes anything that an event may hold; null where it cannot be written.
func valueOf(v any) backplane.Value {
	p, parts := parser.DeconstructPacket(&parser.Packet{Data: []any{v}})
	raw, err := json.Marshal(p.Data)
	if err != nil || len(raw) < 2 {
		return backplane.Value{JSON: json.RawMessage("null")}
	}
	return backplane.Value{JSON: raw[1 : len(raw)-1], Binary: bytesOf(parts)}
}

// listOf writes a list, such as an event and its arguments.
func listOf(values []any) (backplane.Value, error) {
	p, parts := parser.DeconstructPacket(&parser.Packet{Data: values})
	raw, err := json.Marshal(p.Data)
	return backplane.Value{JSON: raw, Binary: bytesOf(parts)}, err
}

func bytesOf(parts []types.BufferInterface) (out [][]byte) {
	for _, part := range parts {
		out = append(out, bytes.Clone(part.Bytes()))
	}
	return out
}

// read gives what a value says, as handlers get what clients send: numbers are
// json.Number, binary parts []byte.
func read(v backplane.Value) (any, error) {
	kind := byte(typeEvent)
	if len(v.Binary) > 0 {
		kind = typeBinaryEvent
	}
	m := message{packet: &packet{kind: kind, args: []json.RawMessage{v.JSON}}, binary: v.Binary}
	values, err := m.values()
	if err != nil {
		return nil, err
	}
	return values[0], nil
}
