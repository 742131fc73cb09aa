package engineio

import "github.com/gobwas/ws"

// Lane says where a frame waits while its client is behind.
type Lane int

const (
	// Priority goes ahead of everything in the stream lane.
	Priority Lane = iota
	// Urgent is in the priority lane, of which it leaves half to others; like an Event
	// it is handed back when it finds no room.
	Urgent
	// Event is in the stream lane and never dropped.
	Event
	// State is in the stream lane and may be refused or purged: newer state
	// makes up for it.
	State
)

// outbox is what waits for one connection. It is guarded by the connection's mu.
type outbox struct {
	priority, stream queue

	// What is left of the frame that is partly written: bytes on a WebSocket,
	// packets in polling. It belongs to no lane any more, so nothing drops it.
	wire    []byte
	partial *Frame // the frame whose packets were begun
	begun   int    // how many of them are out

	gate bool // State is refused until Drained
	owed bool // something was refused: Drained is due when all is out
}

func (o *outbox) empty() bool {
	return o.wire == nil && o.partial == nil && o.priority.len() == 0 && o.stream.len() == 0
}

// push takes what fits and says how many frames that was.
func (o *outbox) push(lane Lane, frames []*Frame, cfg *Config) (taken int) {
	switch lane {
	case Priority:
		return o.priority.fill(frames, cfg.PriorityFrames, cfg.PriorityBytes)
	case Urgent:
		return o.priority.fill(frames, max(cfg.PriorityFrames/2, 1), cfg.PriorityBytes/2)
	case Event:
		return o.stream.fill(frames, cfg.StreamFrames, cfg.StreamBytes)
	case State:
		if o.gate || !o.fitsAll(frames, cfg) {
			o.gate = true
			return 0
		}
		for _, f := range frames {
			o.stream.push(f, true)
		}
		taken = len(frames)
	}
	return taken
}

// fitsAll: an empty lane takes any State, or a snapshot beyond the bounds could
// never be sent.
func (o *outbox) fitsAll(frames []*Frame, cfg *Config) bool {
	if o.stream.len() == 0 && o.wire == nil && o.partial == nil {
		return true
	}
	bytes := o.stream.bytes
	for _, f := range frames {
		bytes += f.size
	}
	return o.stream.len()+len(frames) <= bound(cfg.StateFrames, cfg.StreamFrames) && bytes <= bound(cfg.StateBytes, cfg.StreamBytes)
}

// bound gives a bound of its own, or the lane's where that is not set or wider.
func bound(own, lane int) int {
	if own > 0 && own < lane {
		return own
	}
	return lane
}

// pop takes the next frame due.
func (o *outbox) pop() *Frame {
	switch {
	case o.priority.len() > 0:
		return o.priority.pop()
	case o.stream.len() > 0:
		return o.stream.pop()
	}
	return nil
}

// gather collects what is due next for a WebSocket, in order.
func (o *outbox) gather(bufs [][]byte, threshold int) [][]byte {
	if o.wire != nil {
		bufs = append(bufs, o.wire)
	}
	for _, q := range [...]*queue{&o.priority, &o.stream} {
		for _, e := range q.entries[q.head:] {
			if len(bufs) == cap(bufs) {
				return bufs
			}
			bufs = append(bufs, e.frame.encoded(threshold))
		}
	}
	return bufs
}

// wrote accounts for n bytes of what gather gave, and says how many frames that
// completed.
func (o *outbox) wrote(n, threshold int) (frames int) {
	for n > 0 {
		if o.wire == nil {
			o.wire = o.pop().encoded(threshold)
		}
		k := min(n, len(o.wire))
		o.wire = o.wire[k:]
		n -= k
		if len(o.wire) == 0 {
			o.wire = nil
			frames++
		}
	}
	return frames
}

// takePackets gives the packets of the next polling answer: at most n of them
// and, beyond the first, at most limit bytes.
func (o *outbox) takePackets(n, limit int) (packets [][]byte) {
	size := 0
	for len(packets) < n {
		if o.partial == nil {
			o.partial, o.begun = o.pop(), 0
			if o.partial == nil {
				return packets
			}
		}
		if len(packets) > 0 && o.partial.op == ws.OpClose {
			// A close goes alone: socket.io-client hands packets on in a later turn,
			// and would forget those that came with it.
			return packets
		}
		all := o.partial.forPolling()
		for o.begun < len(all) && len(packets) < n {
			size += len(all[o.begun]) + 1
			if len(packets) > 0 && size > limit {
				return packets
			}
			packets = append(packets, all[o.begun])
			o.begun++
		}
		if o.begun == len(all) {
			o.partial = nil
		}
	}
	return packets
}

// toWebSocket turns what polling left of a group into bytes.
func (o *outbox) toWebSocket(threshold int) {
	if o.partial == nil {
		return
	}
	left := []*Frame{o.partial}
	if o.partial.parts != nil {
		left = o.partial.parts[o.begun:]
	} else if o.begun > 0 {
		left = nil
	}
	o.partial = nil
	for _, f := range left {
		o.wire = append(o.wire, f.encoded(threshold)...)
	}
}

// drop forgets what waits but not what is partly written.
func (o *outbox) drop() {
	o.priority.clear()
	o.stream.clear()
}
