package feedtest

import (
	"slices"
	"strings"
	"sync"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/record"
)

// Sink collects what it is given.
type Sink struct {
	mu   sync.Mutex // guards all below
	got  []record.Update
	puts []int // how many updates came at a time
}

var _ feed.Sink = (*Sink)(nil)

// Put implements [feed.Sink].
func (s *Sink) Put(updates []record.Update) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.puts = append(s.puts, len(updates))
	for _, u := range updates {
		u.Fields = slices.Clone(u.Fields)
		s.got = append(s.got, u)
	}
}

// Updates gives what came so far.
func (s *Sink) Updates() []record.Update {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

// Puts gives how many updates came at a time.
func (s *Sink) Puts() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.puts)
}

// Keys gives the keys of what came so far, with spaces between them.
func (s *Sink) Keys() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := make([]string, len(s.got))
	for i, u := range s.got {
		keys[i] = u.Key
	}
	return strings.Join(keys, " ")
}
