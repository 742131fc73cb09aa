//go:build !race

package engineio

import (
	"io"
	"math"
	"testing"
)

// A broadcast makes no garbage per recipient, and one system call.
func TestAllocBroadcast(t *testing.T) {
	const clients = 50
	f := start(t, nil, nil)
	var peers []*peer
	for range clients {
		c := f.openWebSocket()
		go func() { _, _ = io.Copy(io.Discard, c.conn) }()
		peers = append(peers, f.peer())
	}
	frame, attached := big(1000), NewFrame(make([]byte, 100), true)
	for name, send := range map[string]func(p *peer) int{
		"one frame":  func(p *peer) int { return p.Send(State, frame) },
		"two frames": func(p *peer) int { return p.Send(Event, frame, attached) },
		"priority":   func(p *peer) int { return p.Send(Priority, frame) },
	} {
		const runs, tries = 100, 3
		perRun, writes := math.Inf(1), uint64(math.MaxUint64)
		for range tries { // a reader that is not given the processor falls behind, and that costs
			before := f.Stats().Writes
			perRun = min(perRun, testing.AllocsPerRun(runs, func() {
				for _, p := range peers {
					if send(p) == 0 {
						t.Fatal("refused")
					}
				}
			}))
			writes = min(writes, f.Stats().Writes-before)
		}
		// A run in which the garbage collector empties a pool may cost a few.
		if perRun/clients > 0.05 {
			t.Errorf("%s: %.2f allocations per recipient", name, perRun/clients)
		}
		if writes > clients*(runs+1)*101/100 {
			t.Errorf("%s: %d writes for %d sends", name, writes, clients*(runs+1))
		}
	}
}

// An idle polling connection's outbox makes no garbage either once it has grown.
func TestAllocQueue(t *testing.T) {
	var q queue
	frame := big(10)
	if n := testing.AllocsPerRun(100, func() {
		for range 20 {
			q.push(frame, true)
		}
		for range 20 {
			q.pop()
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
