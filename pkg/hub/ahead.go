package hub

import (
	"time"

	"github.com/skygate-io/skygate/pkg/wire"
)

// aheadFor is how long a session whose position is ahead of this process waits for
// the log: it comes from another process, which had read further.
const aheadFor = 250 * time.Millisecond

// await waits until the topics are where the session was, or the time is over.
// (Then a topic of state begins with an older snapshot, and one of events goes on
// once it gets there.)
func (m *Member) await(since map[string]wire.Position) {
	var late <-chan time.Time
	for name, at := range since {
		s := m.hub.byName[name]
		for s != nil {
			moved := s.behind(at)
			if moved == nil {
				break
			}
			if late == nil {
				late = time.After(aheadFor)
			}
			select {
			case <-moved:
			case <-late:
				return
			}
		}
	}
}

// behind gives what is closed when the topic moves, if it has yet to get to a
// position of its epoch.
func (s *stream) behind(at wire.Position) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at.Epoch != s.at.Epoch || at.Seq <= s.at.Seq {
		return nil
	}
	if s.moved == nil {
		s.moved = make(chan struct{})
	}
	return s.moved
}

// movedLocked wakes who waits for the topic to get somewhere.
func (s *stream) movedLocked() {
	if s.moved != nil {
		close(s.moved)
		s.moved = nil
	}
}
