package socketio

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// inbound puts a client's packets together: a packet with attachments is
// complete when as many binary frames have followed it. The zero value is ready,
// but for the bound. It is owned by the connection's reading goroutine.
type inbound struct {
	maxBytes int // of all attachments of a packet

	waiting     *packet // for more attachments; nil when none is
	attachments [][]byte
	bytes       int
}

// message is a complete packet.
type message struct {
	*packet
	binary [][]byte
}

// add takes a frame and gives the packet that it completes, nil when there is
// more to come.
func (in *inbound) add(data []byte, binary bool) (*message, error) {
	if binary {
		return in.attach(data)
	}
	if in.waiting != nil {
		return nil, wrongPacket("%d attachments were announced, %d came", in.waiting.attachments, len(in.attachments))
	}
	p, err := parsePacket(data)
	if err != nil {
		return nil, err
	}
	if p.attachments > 0 {
		in.waiting, in.attachments, in.bytes = p, nil, 0
		return nil, nil
	}
	return in.complete(p, nil)
}

func (in *inbound) attach(data []byte) (*message, error) {
	if in.waiting == nil {
		return nil, wrongPacket("a binary frame that no packet announced")
	}
	if in.bytes += len(data); in.bytes > in.maxBytes {
		return nil, wrongPacket("attachments of more than %d bytes", in.maxBytes)
	}
	in.attachments = append(in.attachments, data)
	if len(in.attachments) < in.waiting.attachments {
		return nil, nil
	}
	p, binary := in.waiting, in.attachments
	in.waiting, in.attachments = nil, nil
	return in.complete(p, binary)
}

func (in *inbound) complete(p *packet, binary [][]byte) (*message, error) {
	m := &message{packet: p, binary: binary}
	if p.kind == typeBinaryEvent || p.kind == typeBinaryAck {
		if _, err := m.values(); err != nil { // a placeholder out of range ends the connection
			return nil, err
		}
	}
	return m, nil
}

// values decodes the arguments: numbers are json.Number, attachments []byte.
func (m *message) values() ([]any, error) {
	out := make([]any, len(m.args))
	for i, raw := range m.args {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		if err := d.Decode(&out[i]); err != nil {
			return nil, wrongPacket("argument %d: %v", i+1, err)
		}
		if m.kind != typeBinaryEvent && m.kind != typeBinaryAck {
			continue
		}
		var err error
		if out[i], err = m.fill(out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// fill replaces the placeholders in a value by their attachments.
func (m *message) fill(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case []any:
		for i := range v {
			if v[i], err = m.fill(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		if v["_placeholder"] == true {
			return m.attachment(v["num"])
		}
		for name := range v {
			if v[name], err = m.fill(v[name]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

func (m *message) attachment(num any) ([]byte, error) {
	text, _ := num.(json.Number)
	n, err := strconv.Atoi(text.String())
	if err != nil || n < 0 || n >= len(m.binary) {
		return nil, wrongPacket("a placeholder for attachment %v of %d", num, len(m.binary))
	}
	return m.binary[n], nil
}
