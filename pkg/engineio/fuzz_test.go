package engineio

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

func FuzzPayload(f *testing.F) {
	for _, seed := range []string{"", "4hello", "4a\x1e4b\x1ebAQIDBA==", "b", "bA", "\x1e", "4\xff", "1", "bAQ\x1e3"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		// What was understood, put together again, is understood the same way.
		var frames []*Frame
		collect := func(packet []byte, binary bool) error {
			if !binary && (len(packet) == 0 || packet[0] != packetMessage) {
				return io.EOF
			}
			if !binary {
				packet = packet[1:]
			}
			frames = append(frames, NewFrame(packet, binary))
			return nil
		}
		if decodePayload(bytes.Clone(body), collect) != nil || len(frames) == 0 {
			return
		}
		if !utf8.Valid(body) {
			t.Fatal("accepted what is no text")
		}
		again := bytes.Join(NewGroup(frames...).forPolling(), []byte{separator})
		first := frames
		frames = nil
		if err := decodePayload(again, collect); err != nil || len(frames) != len(first) {
			t.Fatalf("%q: %v, %d of %d packets", again, err, len(frames), len(first))
		}
		for i := range frames {
			if !bytes.Equal(frames[i].payload, first[i].payload) || frames[i].op != first[i].op {
				t.Fatalf("packet %d: %q, was %q", i, frames[i].payload, first[i].payload)
			}
		}
	})
}

func FuzzReader(f *testing.F) {
	add := func(frames ...ws.Frame) {
		var all []byte
		for _, frame := range frames {
			all = append(all, ws.MustCompileFrame(ws.MaskFrameWith(frame, [4]byte{1, 2, 3, 4}))...)
		}
		f.Add(all, true)
		f.Add(all, false)
	}
	small := ws.NewTextFrame(deflate([]byte("4hello")))
	small.Header.Rsv = ws.Rsv(true, false, false)
	add(ws.NewTextFrame([]byte("4hello")), ws.NewBinaryFrame([]byte{1}))
	add(ws.NewFrame(ws.OpText, false, []byte("4")), ws.NewPingFrame([]byte("p")), ws.NewFrame(ws.OpContinuation, true, nil))
	add(small, ws.NewCloseFrame(ws.NewCloseFrameBody(1000, "")))
	add(ws.NewTextFrame(bytes.Repeat([]byte("x"), 2000)))
	f.Fuzz(func(t *testing.T, stream []byte, compressed bool) {
		const limit = 1000
		// However the bytes arrive, they mean the same.
		var want []string
		for i, conn := range []io.Reader{bytes.NewReader(stream), iotest.OneByteReader(bytes.NewReader(stream))} {
			var got []string
			r := reader{conn: conn, limit: limit, deflate: compressed, pong: func(p []byte) { got = append(got, "pong"+string(p)) }}
			for {
				data, binary, err := r.message()
				if err != nil {
					var wrong *protocolError
					var gone *peerClosed
					if !errors.As(err, &wrong) && !errors.As(err, &gone) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
						t.Fatalf("an error of another kind: %v", err)
					}
					got = append(got, err.Error())
					break
				}
				if len(data) > limit || !binary && !utf8.Valid(data) {
					t.Fatalf("let through %d bytes: %.100q", len(data), data)
				}
				got = append(got, string(data))
			}
			if i == 0 {
				want = got
			} else if len(got) != len(want) || got[len(got)-1] != want[len(want)-1] {
				t.Fatalf("%q byte by byte, %q at once", got, want)
			}
		}
	})
}
