package puppet

import (
	"strings"
	"sync"
)

// Text is what a program has written so far. It is safe for concurrent use; the zero
// value is empty and ready.
type Text struct {
	mu   sync.Mutex // guards text
	text strings.Builder
}

// Write implements [io.Writer].
func (t *Text) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

// String gives all of it.
func (t *Text) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}
