//go:build !race

package wire_test

import (
	"testing"

	"github.com/skygate-io/skygate/pkg/wire"
)

func TestAllocEncodedOnce(t *testing.T) {
	m := &wire.Message{Event: "aircraft:update", Data: make([]byte, 1000)}
	encode := func(packet []byte) any { return packet }
	m.Encoded("/", encode)
	if n := testing.AllocsPerRun(100, func() { m.Encoded("/", encode) }); n != 0 {
		t.Errorf("the form for a further recipient allocates %v times, want 0", n)
	}
}
