//go:build !race

package wire_test

import (
	"testing"

	"github.com/skygate-io/skygate/pkg/wire"
)

func TestAllocPacketIsMadeOnce(t *testing.T) {
	m := &wire.Message{Event: "aircraft:update", Data: make([]byte, 1000)}
	m.Packet("/")
	if n := testing.AllocsPerRun(100, func() { m.Packet("/") }); n != 0 {
		t.Errorf("the packet for a further recipient allocates %v times, want 0", n)
	}
}
