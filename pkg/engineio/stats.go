package engineio

import (
	"maps"
	"sync"
	"sync/atomic"
)

// Reason says why a connection ended. Any text will do for Close and Discard.
type Reason string

// The reasons that this package gives.
const (
	ReasonTransportClose Reason = "transport close" // the client ended it
	ReasonTransportError Reason = "transport error" // broken transport, or its rules broken
	ReasonParseError     Reason = "parse error"     // not Engine.IO
	ReasonPingTimeout    Reason = "ping timeout"
	ReasonWriteTimeout   Reason = "write timeout"      // took nothing for WriteTimeout
	ReasonPriorityFull   Reason = "priority lane full" // see Conn.Send
	ReasonHandlerPanic   Reason = "handler panic"
	ReasonNotAccepted    Reason = "not accepted" // accept gave no Handler
	ReasonShutdown       Reason = "server shutting down"
)

// The names under which Stats counts drops and refusals.
const (
	DropState  = "state"  // State frames that were refused
	DropEvent  = "event"  // Event frames that found no room
	DropPurged = "purged" // State frames dropped by Purge
	DropClosed = "closed" // frames that waited when the connection ended

	RefusedTransport = "transport unknown"
	RefusedSession   = "session unknown"
	RefusedMethod    = "bad handshake method"
	RefusedRequest   = "bad request"
	RefusedForbidden = "forbidden"
	RefusedOrigin    = "origin"
	RefusedVersion   = "unsupported protocol version"
	RefusedFull      = "too many connections"
	RefusedShutdown  = "server shutting down"
	RefusedSecond    = "second websocket"
	RefusedProbe     = "probe failed"
)

// Stats are the counters of a Server since it was made.
type Stats struct {
	Conns     int    // open now
	Opened    uint64 // handshakes
	Upgraded  uint64 // from polling to WebSocket
	FramesOut uint64 // frames, a group being one, and packets in polling
	BytesOut  uint64 // of frames and packets, headers included
	Writes    uint64 // system calls, or polling answers
	FramesIn  uint64 // packets received
	BytesIn   uint64 // of them

	Closes  map[Reason]uint64 // connections ended
	Drops   map[string]uint64 // frames not sent
	Refused map[string]uint64 // requests refused
}

type counters struct {
	opened, upgraded            atomic.Uint64
	framesOut, bytesOut, writes atomic.Uint64
	framesIn, bytesIn           atomic.Uint64

	mu      sync.Mutex // guards the maps
	closes  map[Reason]uint64
	drops   map[string]uint64
	refused map[string]uint64
}

func newCounters() *counters {
	return &counters{closes: map[Reason]uint64{}, drops: map[string]uint64{}, refused: map[string]uint64{}}
}

func (c *counters) wrote(frames, bytes int) {
	c.writes.Add(1)
	c.framesOut.Add(uint64(frames))
	c.bytesOut.Add(uint64(bytes))
}

func (c *counters) received(bytes int) {
	c.framesIn.Add(1)
	c.bytesIn.Add(uint64(bytes))
}

func (c *counters) closed(reason Reason) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closes[reason]++
}

func (c *counters) dropped(name string, n int) {
	if n == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drops[name] += uint64(n)
}

func (c *counters) refuse(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused[name]++
}

// Stats reads the counters.
func (s *Server) Stats() Stats {
	c := s.counters
	c.mu.Lock()
	defer c.mu.Unlock()
	return Stats{
		Conns:     s.Conns(),
		Opened:    c.opened.Load(),
		Upgraded:  c.upgraded.Load(),
		FramesOut: c.framesOut.Load(),
		BytesOut:  c.bytesOut.Load(),
		Writes:    c.writes.Load(),
		FramesIn:  c.framesIn.Load(),
		BytesIn:   c.bytesIn.Load(),
		Closes:    maps.Clone(c.closes),
		Drops:     maps.Clone(c.drops),
		Refused:   maps.Clone(c.refused),
	}
}
