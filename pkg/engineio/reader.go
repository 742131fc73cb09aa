package engineio

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

const (
	// readBuffer holds a small message with its header; of larger ones the
	// payload is read to where it belongs. Every connection has one.
	readBuffer = 512
	// firstChunk is how much is reserved on the word of a frame's header; more
	// only as it arrives.
	firstChunk = 4096
)

// protocolError is a client's breach of the rules of WebSocket or Engine.IO.
type protocolError struct {
	code   ws.StatusCode // of the close frame
	reason Reason
	text   string
}

func (e *protocolError) Error() string { return "engineio: " + e.text }

var (
	errTooBig     = &protocolError{ws.StatusMessageTooBig, ReasonTransportError, "message too big"}
	errBadUTF8    = &protocolError{ws.StatusInvalidFramePayloadData, ReasonTransportError, "invalid UTF-8"}
	errBadDeflate = &protocolError{ws.StatusInvalidFramePayloadData, ReasonTransportError, "bad compressed data"}
	errBadPacket  = &protocolError{ws.StatusProtocolError, ReasonParseError, "bad packet"}
)

func breach(err error) error {
	return &protocolError{ws.StatusProtocolError, ReasonTransportError, err.Error()}
}

// peerClosed says that a close frame came; code is the answer.
type peerClosed struct{ code ws.StatusCode }

func (e *peerClosed) Error() string { return fmt.Sprintf("engineio: closed by the peer (%d)", e.code) }

// reader reads messages from a WebSocket. It belongs to one goroutine.
type reader struct {
	conn    io.Reader
	limit   int  // of a message, in bytes
	deflate bool // permessage-deflate was negotiated
	pong    func(payload []byte)

	buf        []byte
	start, end int // of what is read ahead, in buf
	header     [ws.MaxHeaderSize]byte
}

// Read reads through the buffer, or past it what is larger.
func (r *reader) Read(p []byte) (int, error) {
	if r.start == r.end {
		if len(p) >= readBuffer {
			return r.conn.Read(p)
		}
		if r.buf == nil {
			r.buf = make([]byte, readBuffer)
		}
		n, err := r.conn.Read(r.buf[:cap(r.buf)])
		r.start, r.end = 0, n
		r.buf = r.buf[:cap(r.buf)]
		if n == 0 {
			return 0, err
		}
	}
	n := copy(p, r.buf[r.start:r.end])
	r.start += n
	return n, nil
}

// message reads the next message of text or binary data and answers pings on
// the way. Its errors are *protocolError, *peerClosed and those of the
// connection.
func (r *reader) message() (data []byte, binary bool, err error) {
	state := ws.StateServerSide
	var compressed bool
	for {
		h, err := r.nextHeader(state)
		if err != nil {
			return nil, false, err
		}
		if h.OpCode.IsControl() {
			if err := r.control(h); err != nil {
				return nil, false, err
			}
			continue
		}
		if h.OpCode != ws.OpContinuation {
			binary = h.OpCode == ws.OpBinary
			compressed = h.Rsv1()
		}
		if data, err = r.payload(data, h); err != nil {
			return nil, false, err
		}
		if h.Fin {
			break
		}
		state = state.Set(ws.StateFragmented)
	}
	if compressed {
		if data, err = inflate(data, r.limit); err != nil {
			return nil, false, err
		}
	}
	if !binary && !utf8.Valid(data) {
		return nil, false, errBadUTF8
	}
	return data, binary, nil
}

// nextHeader reads a header that is allowed in this place.
func (r *reader) nextHeader(state ws.State) (ws.Header, error) {
	h, err := ws.ReadHeaderBuffer(r, r.header[:])
	switch {
	case errors.Is(err, ws.ErrHeaderLengthMSB), errors.Is(err, ws.ErrHeaderLengthUnexpected):
		return h, breach(err)
	case err != nil:
		return h, err
	}
	plain := h
	if r.deflate && (h.OpCode == ws.OpText || h.OpCode == ws.OpBinary) {
		_, rsv2, rsv3 := ws.RsvBits(h.Rsv)
		plain.Rsv = ws.Rsv(false, rsv2, rsv3)
	}
	if err := ws.CheckHeader(plain, state); err != nil {
		return h, breach(err)
	}
	return h, nil
}

// payload appends a frame's payload, if the message stays within the limit, and
// reserves no more than twice what has arrived.
func (r *reader) payload(data []byte, h ws.Header) ([]byte, error) {
	if h.Length > int64(r.limit-len(data)) {
		return nil, errTooBig
	}
	left := int(h.Length)
	if data == nil {
		data = []byte{}
	}
	for done := 0; left > 0; {
		n := min(left, max(firstChunk, len(data)))
		data = slices.Grow(data, n)
		chunk := data[len(data) : len(data)+n]
		if _, err := io.ReadFull(r, chunk); err != nil {
			return nil, err
		}
		ws.Cipher(chunk, h.Mask, done)
		data = data[:len(data)+n]
		done += n
		left -= n
	}
	return data, nil
}

// control reads the payload of a control frame and does what it asks for.
func (r *reader) control(h ws.Header) error {
	payload := make([]byte, h.Length)
	if _, err := io.ReadFull(r, payload); err != nil {
		return err
	}
	ws.Cipher(payload, h.Mask, 0)
	switch {
	case h.OpCode == ws.OpPing:
		r.pong(payload)
	case h.OpCode != ws.OpClose:
	case len(payload) == 0:
		return &peerClosed{ws.StatusNormalClosure}
	default:
		code, text := ws.ParseCloseFrameData(payload)
		if err := ws.CheckCloseFrameData(code, text); err != nil {
			code = ws.StatusProtocolError
		}
		return &peerClosed{code}
	}
	return nil
}
