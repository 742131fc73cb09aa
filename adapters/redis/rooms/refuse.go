package rooms

import (
	"fmt"
	"sync"
)

// Why a message from Redis is refused, as counted in [Health].
const (
	badFormat    = "format"    // it is not what it should be
	badPickle    = "pickle"    // likewise: an old python-socketio
	badSize      = "size"      // it is larger than a client's may be
	badDepth     = "depth"     // it is nested deeper than a client's may be
	badEvent     = "event"     // its event has no name, or one that is reserved
	badBinary    = "binary"    // its binary parts are too many, or are not in place
	badNamespace = "namespace" // nobody here serves that
	badType      = "type"      // it is of no kind that is known
	badCallback  = "callback"  // it asks for what only Python's servers can give
	badPanic     = "panic"     // who was told of it panicked
)

// refusal is an error with the reason that it is counted under.
type refusal struct{ reason, text string }

func (r *refusal) Error() string { return r.text }

func refuse(reason, format string, args ...any) error {
	return &refusal{reason: reason, text: fmt.Sprintf(format, args...)}
}

// counts counts by reason. The zero value is ready.
type counts struct {
	mu sync.Mutex
	by map[string]uint64 // guarded by mu
}

// add counts one more, and says whether it is the first.
func (c *counts) add(reason string, n int) (first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil {
		c.by = map[string]uint64{}
	}
	c.by[reason] += uint64(n)
	return c.by[reason] == uint64(n)
}

func (c *counts) all() map[string]uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make(map[string]uint64, len(c.by))
	for reason, n := range c.by {
		all[reason] = n
	}
	return all
}

// sum is how many there are for whatever reason.
func (c *counts) sum() (n uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range c.by {
		n += one
	}
	return n
}
