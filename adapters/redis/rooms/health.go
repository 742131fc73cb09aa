package rooms

import "time"

// Health says how the processes are linked.
type Health struct {
	// Subscribed is whether all that others tell is heard, Since from when on it is, or
	// is not; Error says why not.
	Subscribed bool      `json:"subscribed"`
	Since      time.Time `json:"since"`
	Error      string    `json:"error,omitempty"`
	// Servers is how many processes serve each namespace, this one included.
	Servers map[string]int `json:"servers"`
	// Queue is how many messages wait to be published.
	Queue int `json:"queue"`
	// Sent and Received count messages, Dropped those that were not published and Bad
	// those that were refused, by reason.
	Sent     uint64            `json:"sent"`
	Received uint64            `json:"received"`
	Dropped  map[string]uint64 `json:"dropped,omitempty"`
	Bad      map[string]uint64 `json:"bad,omitempty"`
}

// Health tells how it is now.
func (b *Backplane) Health() Health {
	h := Health{
		Servers: map[string]int{}, Queue: b.queue.len(),
		Sent: b.sent.Load(), Received: b.received.Load(),
		Dropped: b.dropped.all(), Bad: b.bad.all(),
	}
	b.lines.mu.Lock()
	h.Subscribed, h.Since = b.lines.ready, b.lines.since
	if b.lines.err != nil && !h.Subscribed {
		h.Error = b.lines.err.Error()
	}
	b.lines.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, n := range b.nodes {
		h.Servers[name] = n.Servers()
	}
	return h
}
