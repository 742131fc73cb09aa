package engineio

import (
	"encoding/base64"
	"encoding/binary"
	"sync"

	"github.com/gobwas/ws"
)

// The types of Engine.IO packets.
const (
	packetOpen    = '0'
	packetClose   = '1'
	packetPing    = '2'
	packetPong    = '3'
	packetMessage = '4'
	packetUpgrade = '5'
	packetNoop    = '6'
	packetBinary  = 'b' // in polling only: base64 follows
)

// rsv1 marks a compressed message in the first byte of its WebSocket frame.
const rsv1 = 0x40

// frameCost is what a frame counts besides its payload in the bytes of a lane.
const frameCost = 16

// Frame is an outbound message. It is immutable, and shared by any number of
// connections: each encoding is made when it is first needed, once.
type Frame struct {
	op      ws.OpCode
	kind    byte // of the packet
	payload []byte
	room    []byte   // what is free in front of the payload
	parts   []*Frame // of a group, which has no payload
	topic   string
	size    int

	onceWire, oncePackets, onceDeflated sync.Once

	wire     []byte   // as WebSocket frames
	deflated []byte   // likewise, compressed where that is smaller
	packets  [][]byte // as polling packets
}

// NewFrame makes a message of a payload, which must not change any more.
func NewFrame(payload []byte, binary bool) *Frame {
	f := &Frame{op: ws.OpText, kind: packetMessage, payload: payload, size: len(payload) + frameCost}
	if binary {
		f.op = ws.OpBinary
	}
	return f
}

// NewFrameIn makes a text message of what follows the first room bytes of a buffer,
// which is the frame's from now on. With room for its header (11 bytes) it is
// written once, and never copied.
func NewFrameIn(buffer []byte, room int) *Frame {
	f := NewFrame(buffer[room:], false)
	f.room = buffer
	return f
}

// NewGroup makes one Frame of several that nothing may come between, like a
// Socket.IO event and its attachments. It is accepted, dropped and counted as
// one; in polling it may spread over several answers when it has more packets
// than one holds.
func NewGroup(frames ...*Frame) *Frame {
	g := &Frame{}
	for _, f := range frames {
		if f.parts != nil {
			g.parts = append(g.parts, f.parts...)
		} else {
			g.parts = append(g.parts, f)
		}
		g.size += f.size
	}
	return g
}

// WithTopic names what the frame is about, for Conn.Purge, and returns it. It
// must come before the frame is sent for the first time.
func (f *Frame) WithTopic(topic string) *Frame {
	f.topic = topic
	return f
}

// Topic is the name given by WithTopic, or "".
func (f *Frame) Topic() string { return f.topic }

// Size is what the frame counts in the bytes of a lane.
func (f *Frame) Size() int { return f.size }

// newPacket makes a text packet of the protocol itself.
func newPacket(kind byte, payload string) *Frame {
	return &Frame{op: ws.OpText, kind: kind, payload: []byte(payload), size: len(payload) + frameCost}
}

// newControl makes a control frame of WebSocket. In polling a close frame is a
// close packet.
func newControl(op ws.OpCode, payload []byte) *Frame {
	return &Frame{op: op, kind: packetClose, payload: payload, size: len(payload) + frameCost}
}

// encoded gives the frame for a WebSocket: compressed if threshold is above 0
// and it has that many bytes, and is smaller for it.
func (f *Frame) encoded(threshold int) []byte {
	if threshold > 0 && f.size >= threshold {
		f.onceDeflated.Do(func() { f.deflated = f.encode(threshold) })
		return f.deflated
	}
	f.onceWire.Do(func() { f.wire = f.encode(0) })
	return f.wire
}

func (f *Frame) encode(threshold int) []byte {
	if f.parts != nil {
		var all []byte
		for _, part := range f.parts {
			all = append(all, part.encoded(threshold)...)
		}
		return all
	}
	if threshold > 0 && len(f.payload) >= threshold && f.op.IsData() {
		if small := deflate(f.packet()); len(small) < len(f.payload) {
			b := appendHeader(make([]byte, 0, ws.MaxHeaderSize+len(small)), f.op, len(small))
			b[0] |= rsv1
			return append(b, small...)
		}
		return f.encoded(0)
	}
	if head := len(f.room) - len(f.payload); head > ws.MaxHeaderSize {
		b := append(appendHeader(f.room[:0:head], f.op, 1+len(f.payload)), f.kind)
		start := head - len(b)
		copy(f.room[start:], b)
		return f.room[start:]
	}
	b := make([]byte, 0, ws.MaxHeaderSize+1+len(f.payload))
	if f.op == ws.OpText {
		b = appendHeader(b, f.op, 1+len(f.payload))
		b = append(b, f.kind)
	} else {
		b = appendHeader(b, f.op, len(f.payload))
	}
	return append(b, f.payload...)
}

// packet is what a WebSocket message holds: type and payload, or the payload
// alone if it is binary.
func (f *Frame) packet() []byte {
	if f.op != ws.OpText {
		return f.payload
	}
	return append([]byte{f.kind}, f.payload...)
}

// forPolling gives the packets of the frame.
func (f *Frame) forPolling() [][]byte {
	f.oncePackets.Do(func() {
		switch {
		case f.parts != nil:
			for _, part := range f.parts {
				f.packets = append(f.packets, part.forPolling()...)
			}
		case f.op == ws.OpText:
			f.packets = [][]byte{f.packet()}
		case f.op == ws.OpBinary:
			f.packets = [][]byte{base64.StdEncoding.AppendEncode([]byte{packetBinary}, f.payload)}
		case f.op == ws.OpClose:
			f.packets = [][]byte{{packetClose}}
		}
	})
	return f.packets
}

// appendHeader appends the header of a final, unmasked WebSocket frame.
// Layout: RFC 6455, 5.2.
func appendHeader(b []byte, op ws.OpCode, length int) []byte {
	b = append(b, 0x80|byte(op))
	switch {
	case length < 126:
		return append(b, byte(length))
	case length < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, 126), uint16(length))
	}
	return binary.BigEndian.AppendUint64(append(b, 127), uint64(length))
}
