package swarm

import (
	"encoding/binary"
	"errors"
)

// Opcodes of RFC 6455, section 5.2.
const (
	opContinuation = 0
	opText         = 1
	opBinary       = 2
	opClose        = 8
	opPing         = 9
	opPong         = 10
)

// maxFrame is the largest frame taken from a server, in bytes.
const maxFrame = 16 << 20

var (
	errMasked   = errors.New("the server masked a frame")
	errTooLarge = errors.New("a frame is too large")
)

// frame is one websocket frame; its payload is a part of what was read.
type frame struct {
	op      byte
	final   bool // the last of its message
	payload []byte
}

// cutFrame cuts the first frame off what was read. whole is false, and nothing
// cut off, when its end is missing.
func cutFrame(data []byte) (f frame, rest []byte, whole bool, err error) {
	if len(data) < 2 {
		return f, data, false, nil
	}
	if data[1]&0x80 != 0 {
		return f, data, false, errMasked
	}
	header, size := 2, uint64(data[1])
	switch size {
	case 126:
		header = 4
	case 127:
		header = 10
	}
	if len(data) < header {
		return f, data, false, nil
	}
	switch header {
	case 4:
		size = uint64(binary.BigEndian.Uint16(data[2:]))
	case 10:
		size = binary.BigEndian.Uint64(data[2:])
	}
	if size > maxFrame {
		return f, data, false, errTooLarge
	}
	if uint64(len(data)-header) < size {
		return f, data, false, nil
	}
	end := header + int(size)
	return frame{op: data[0] & 0x0f, final: data[0]&0x80 != 0, payload: data[header:end]}, data[end:], true, nil
}

// clientFrame gives a frame of at most 65,535 bytes. Its mask is zero: that is
// allowed, and the server's work is the same.
func clientFrame(op byte, payload []byte) []byte {
	frame := []byte{0x80 | op, 0x80 | byte(len(payload))}
	if n := len(payload); n > 125 {
		frame[1] = 0x80 | 126
		frame = binary.BigEndian.AppendUint16(frame, uint16(n))
	}
	return append(append(frame, 0, 0, 0, 0), payload...)
}
