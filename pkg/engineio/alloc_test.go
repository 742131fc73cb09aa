//go:build !race

package engineio

import (
	"sync/atomic"
	"testing"
	"time"
)

// A broadcast makes no garbage per recipient, and one system call.
func TestAllocBroadcast(t *testing.T) {
	const clients = 50
	f := start(t, nil, nil)
	var peers []*peer
	var read atomic.Int64
	for range clients {
		c := f.openWebSocket()
		go func() {
			buf := make([]byte, 64<<10)
			for {
				n, err := c.conn.Read(buf)
				if err != nil {
					return
				}
				read.Add(int64(n))
			}
		}()
		peers = append(peers, f.peer())
	}
	out := &f.counters.bytesOut
	base := int64(out.Load())
	frame, attached := big(1000), NewFrame(make([]byte, 100), true)
	for name, send := range map[string]func(p *peer) int{
		"one frame":  func(p *peer) int { return p.Send(State, frame) },
		"two frames": func(p *peer) int { return p.Send(Event, frame, attached) },
		"priority":   func(p *peer) int { return p.Send(Priority, frame) },
	} {
		const runs = 100
		before := f.Stats().Writes
		perRun := testing.AllocsPerRun(runs, func() {
			for _, p := range peers {
				if send(p) == 0 {
					t.Fatal("refused")
				}
			}
			for read.Load() < int64(out.Load())-base { // nobody falls behind: that costs
				time.Sleep(20 * time.Microsecond)
			}
		})
		writes := f.Stats().Writes - before
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
