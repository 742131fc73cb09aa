package feedtest

import (
	"bytes"
	"strings"
	"sync"
)

// Logs is where a source logs to. It is safe for concurrent use.
type Logs struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (l *Logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *Logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// States gives the states that were logged, with spaces between them.
func (l *Logs) States() string {
	var list []string
	for line := range strings.Lines(l.String()) {
		_, state, _ := strings.Cut(line, `"state":"`)
		state, _, _ = strings.Cut(state, `"`)
		list = append(list, state)
	}
	return strings.Join(list, " ")
}
