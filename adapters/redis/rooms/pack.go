package rooms

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"
	"github.com/tinylib/msgp/msgp"

	"github.com/skygate-io/skygate/pkg/backplane"
)

// Node writes messages that hold binary parts as MessagePack, in classic mode also
// those that hold none. What comes is made JSON first, with binary parts set apart as
// Socket.IO does; so there is one reader of messages, whatever they were written in.

// maxNesting is how deep a message may be nested: 50 for what clients send, and
// what is around that.
const maxNesting = 60

// placeholder stands for a binary part.
const placeholder = `{"_placeholder":true,"num":`

// unpack makes a value of MessagePack.
func unpack(raw []byte) (backplane.Value, error) {
	u := unpacker{out: make([]byte, 0, len(raw)+len(raw)/4+16)}
	rest, err := u.value(raw, 0)
	switch {
	case err != nil:
		return backplane.Value{}, err
	case len(rest) > 0:
		return backplane.Value{}, refuse(badFormat, "%d bytes are left over", len(rest))
	}
	return backplane.Value{JSON: u.out, Binary: u.binary}, nil
}

type unpacker struct {
	out    []byte
	binary [][]byte
}

// value writes the first value of raw and gives what follows it. No length that is
// announced is believed: what is not there is an error, and costs nothing.
func (u *unpacker) value(raw []byte, depth int) (rest []byte, err error) {
	if depth > maxNesting {
		return nil, refuse(badDepth, "nested more than %d deep", maxNesting)
	}
	switch kind := msgp.NextType(raw); kind {
	case msgp.NilType:
		u.out = append(u.out, "null"...)
		return msgp.ReadNilBytes(raw)
	case msgp.BoolType:
		var v bool
		v, rest, err = msgp.ReadBoolBytes(raw)
		u.out = strconv.AppendBool(u.out, v)
	case msgp.IntType:
		var v int64
		v, rest, err = msgp.ReadInt64Bytes(raw)
		u.out = strconv.AppendInt(u.out, v, 10)
	case msgp.UintType:
		var v uint64
		v, rest, err = msgp.ReadUint64Bytes(raw)
		u.out = strconv.AppendUint(u.out, v, 10)
	case msgp.Float64Type, msgp.Float32Type:
		var v float64
		v, rest, err = msgp.ReadFloat64Bytes(raw)
		u.float(v)
	case msgp.StrType:
		var v []byte
		v, rest, err = msgp.ReadStringZC(raw)
		u.out = gjson.AppendJSONString(u.out, string(v))
	case msgp.BinType:
		var v []byte
		v, rest, err = msgp.ReadBytesZC(raw)
		u.out = strconv.AppendInt(append(u.out, placeholder...), int64(len(u.binary)), 10)
		u.out = append(u.out, '}')
		u.binary = append(u.binary, slices.Clone(v))
	case msgp.ArrayType:
		return u.list(raw, depth)
	case msgp.MapType:
		return u.object(raw, depth)
	case msgp.TimeType, msgp.ExtensionType: // which it takes some times for
		return u.time(raw)
	default:
		return nil, refuse(badFormat, "a value of type %s", kind)
	}
	return rest, err
}

// float writes a number; what JSON has none for is null, as in JavaScript.
func (u *unpacker) float(v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		u.out = append(u.out, "null"...)
		return
	}
	text, _ := json.Marshal(v)
	u.out = append(u.out, text...)
}

func (u *unpacker) list(raw []byte, depth int) ([]byte, error) {
	n, rest, err := msgp.ReadArrayHeaderBytes(raw)
	if err != nil {
		return nil, err
	}
	u.out = append(u.out, '[')
	for i := range n {
		if i > 0 {
			u.out = append(u.out, ',')
		}
		if rest, err = u.value(rest, depth+1); err != nil {
			return nil, err
		}
	}
	u.out = append(u.out, ']')
	return rest, nil
}

func (u *unpacker) object(raw []byte, depth int) ([]byte, error) {
	n, rest, err := msgp.ReadMapHeaderBytes(raw)
	if err != nil {
		return nil, err
	}
	u.out = append(u.out, '{')
	for i := range n {
		if i > 0 {
			u.out = append(u.out, ',')
		}
		var key []byte
		if key, rest, err = msgp.ReadStringZC(rest); err != nil {
			return nil, err
		}
		u.out = append(gjson.AppendJSONString(u.out, string(key)), ':')
		if rest, err = u.value(rest, depth+1); err != nil {
			return nil, err
		}
	}
	u.out = append(u.out, '}')
	return rest, nil
}

// time writes a Date as JavaScript does.
func (u *unpacker) time(raw []byte) ([]byte, error) {
	t, rest, err := msgp.ReadTimeUTCBytes(raw)
	if err != nil {
		return nil, err
	}
	u.out = append(u.out, t.Format(`"2006-01-02T15:04:05.000Z"`)...)
	return rest, nil
}

var errNumber = errors.New("a number that cannot be told")

// appendPacked writes a value as MessagePack.
func appendPacked(out []byte, v backplane.Value) ([]byte, error) {
	if !gjson.ValidBytes(v.JSON) {
		return nil, errors.New("the value is no JSON")
	}
	p := packer{out: out, binary: v.Binary}
	if err := p.value(gjson.ParseBytes(v.JSON)); err != nil {
		return nil, err
	}
	return p.out, nil
}

type packer struct {
	out    []byte
	binary [][]byte
}

func (p *packer) value(v gjson.Result) error {
	switch v.Type {
	case gjson.Null:
		p.out = msgp.AppendNil(p.out)
	case gjson.True, gjson.False:
		p.out = msgp.AppendBool(p.out, v.Bool())
	case gjson.String:
		p.out = msgp.AppendString(p.out, v.String())
	case gjson.Number:
		return p.number(v)
	case gjson.JSON:
		if v.IsArray() {
			return p.list(v.Array())
		}
		return p.object(v)
	}
	return nil
}

func (p *packer) number(v gjson.Result) error {
	if n, err := strconv.ParseInt(v.Raw, 10, 64); err == nil {
		p.out = msgp.AppendInt64(p.out, n)
		return nil
	}
	if n, err := strconv.ParseUint(v.Raw, 10, 64); err == nil {
		p.out = msgp.AppendUint64(p.out, n)
		return nil
	}
	n, err := strconv.ParseFloat(v.Raw, 64)
	if err != nil {
		return fmt.Errorf("%w: %s", errNumber, v.Raw)
	}
	p.out = msgp.AppendFloat64(p.out, n)
	return nil
}

func (p *packer) list(values []gjson.Result) error {
	p.out = msgp.AppendArrayHeader(p.out, uint32(len(values)))
	for _, v := range values {
		if err := p.value(v); err != nil {
			return err
		}
	}
	return nil
}

func (p *packer) object(v gjson.Result) (err error) {
	if len(p.binary) > 0 && v.Get("_placeholder").Type == gjson.True {
		n := v.Get("num")
		if n.Type != gjson.Number || n.Num < 0 || n.Num >= float64(len(p.binary)) {
			return errors.New("a placeholder for no part")
		}
		p.out = msgp.AppendBytes(p.out, p.binary[int(n.Num)])
		return nil
	}
	members := uint32(0)
	v.ForEach(func(_, _ gjson.Result) bool { members++; return true })
	p.out = msgp.AppendMapHeader(p.out, members)
	v.ForEach(func(key, value gjson.Result) bool {
		p.out = msgp.AppendString(p.out, key.String())
		err = p.value(value)
		return err == nil
	})
	return err
}

// inline gives a value as JSON alone, with its binary parts as Node writes a Buffer.
func inline(v backplane.Value) json.RawMessage {
	if len(v.Binary) == 0 {
		return v.JSON
	}
	return appendInline(nil, gjson.ParseBytes(v.JSON), v.Binary)
}

func appendInline(out []byte, v gjson.Result, binary [][]byte) []byte {
	if v.Type != gjson.JSON {
		return append(out, v.Raw...)
	}
	if n := v.Get("num"); v.IsObject() && v.Get("_placeholder").Type == gjson.True && n.Num >= 0 && n.Num < float64(len(binary)) {
		numbers := make([]int, len(binary[int(n.Num)]))
		for i, b := range binary[int(n.Num)] {
			numbers[i] = int(b)
		}
		text, _ := json.Marshal(map[string]any{"type": "Buffer", "data": numbers})
		return append(out, text...)
	}
	out = append(out, v.Raw[0])
	first := true
	v.ForEach(func(key, value gjson.Result) bool {
		if !first {
			out = append(out, ',')
		}
		first = false
		if v.IsObject() {
			out = append(append(out, key.Raw...), ':')
		}
		out = appendInline(out, value, binary)
		return true
	})
	if v.IsObject() {
		return append(out, '}')
	}
	return append(out, ']')
}
