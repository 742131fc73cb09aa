package streams

import (
	"sync"

	"github.com/skygate-io/skygate/pkg/topic"
)

// seen is how far topics of events were read here, which is noted before a reader gets
// there. A log that ends before that, in the same epoch, has lost something (a fail-over
// to a replica that lagged): nobody is to be led back, so an epoch has to be opened
// first. It is safe for concurrent use.
type seen struct {
	mu sync.Mutex // guards all below
	at map[string]topic.Position
}

// note takes note that a topic was read up to a position.
func (s *seen) note(topicName string, at topic.Position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at.Epoch == "" || isBehind(at, s.at[topicName]) {
		return
	}
	if s.at == nil {
		s.at = map[string]topic.Position{}
	}
	s.at[topicName] = at
}

// of gives how far a topic was read. A log that is asked afterwards where it is, and is
// behind that, has been set back.
func (s *seen) of(topicName string) topic.Position {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at[topicName]
}

// isBehind says whether a position is before another one of the same epoch.
func isBehind(at, other topic.Position) bool {
	return at.Epoch == other.Epoch && at.Seq < other.Seq
}
