//go:build linux

package swarm

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/skygate-io/skygate/test/bench/swarm/swarmtest"
)

func TestCutFrame(t *testing.T) {
	for name, size := range map[string]int{
		"empty": 0, "longest with one byte": 125, "shortest with two": 126, "longest with two": 1<<16 - 1, "shortest with eight": 1 << 16,
	} {
		t.Run(name, func(t *testing.T) {
			payload := bytes.Repeat([]byte{'x'}, size)
			data := swarmtest.Frame(0x81, payload)
			f, rest, whole, err := cutFrame(append(bytes.Clone(data), "next"...))
			if err != nil || !whole || f.op != opText || !f.final || !bytes.Equal(f.payload, payload) || string(rest) != "next" {
				t.Errorf("cut %d %t %t %v, %d bytes, and left %q", f.op, f.final, whole, err, len(f.payload), rest)
			}
			for n := 0; n < len(data); n += 1 + n/3 {
				if _, rest, whole, err := cutFrame(data[:n]); whole || err != nil || len(rest) != n {
					t.Fatalf("of %d bytes of %d: whole %t, %v, left %d", n, len(data), whole, err, len(rest))
				}
			}
		})
	}
}

func TestCutFrameRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		data []byte
		want error
	}{
		"masked":    {clientFrame(opText, []byte("x")), errMasked},
		"too large": {[]byte{0x81, 127, 0, 0, 0, 0, 1, 0, 0, 1}, errTooLarge},
		"negative":  {[]byte{0x81, 127, 255, 255, 255, 255, 255, 255, 255, 255}, errTooLarge},
	} {
		if _, _, whole, err := cutFrame(tc.data); whole || !errors.Is(err, tc.want) {
			t.Errorf("%s: %t, %v, want %v", name, whole, err, tc.want)
		}
	}
}

func FuzzCutFrame(f *testing.F) {
	f.Add(swarmtest.Frame(0x81, []byte("42[]")))
	f.Add(swarmtest.Frame(0x02, make([]byte, 300)))
	f.Add(swarmtest.Frame(0x80, make([]byte, 70_000))[:80])
	f.Fuzz(func(t *testing.T, data []byte) {
		for {
			f, rest, whole, err := cutFrame(data)
			if err != nil || !whole {
				if len(rest) != len(data) {
					t.Fatalf("nothing was cut off, but %d of %d bytes are left", len(rest), len(data))
				}
				return
			}
			if cut := len(data) - len(rest); cut < 2+len(f.payload) || cut > 10+len(f.payload) {
				t.Fatalf("%d bytes for a payload of %d", cut, len(f.payload))
			}
			cutMessage(f.payload)
			cutTold(f.payload)
			stampOf(f.payload)
			data = rest
		}
	})
}

func TestMessage(t *testing.T) {
	for _, size := range []int{MinSize, 200, 1024} {
		m := Message(42, 1234*time.Second, size)
		if len(m) != size {
			t.Errorf("a message of %d bytes has %d", size, len(m))
		}
		for name, payload := range map[string]string{
			"raw":        string(m),
			"Socket.IO":  `42["m",` + string(m) + `]`,
			"Centrifuge": `{"push":{"channel":"m","pub":{"data":` + string(m) + `}}}`,
		} {
			number, sent, _, ok := cutMessage([]byte(payload))
			if !ok || number != 42 || sent != 1234*time.Second {
				t.Errorf("%s: cut %d, %v, %t", name, number, sent, ok)
			}
		}
	}
	two := append(append(Message(1, 1, 100), '\n'), Message(2, 1, 100)...)
	_, _, rest, _ := cutMessage(two)
	if number, _, rest, ok := cutMessage(rest); !ok || number != 2 {
		t.Errorf("the second message is %d, %t", number, ok)
	} else if _, _, _, ok := cutMessage(rest); ok {
		t.Error("there is a third message")
	}
	for _, none := range []string{"", "2", `42["other",{"n":1}]`, `{"n":"`, `{"n":"00000000x1","t":"0000000000000000000"`} {
		if _, _, _, ok := cutMessage([]byte(none)); ok {
			t.Errorf("%q is taken for a message", none)
		}
	}
}
