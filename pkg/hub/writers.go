package hub

import (
	"context"
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/topic"
)

// askEvery is how often it is asked whether anybody writes a topic, how long that has
// been silent then, and how long the answer may take. So one that moves costs nothing,
// and one that does not costs a question, however many clients there are.
const askEvery = 2 * time.Second

// Ask has the hub ask whether anybody writes a topic of which nothing is heard, and tell
// clients when nobody does: what they have would grow old unnoticed. It is called before
// Run. failover is how long a topic may be without a writer while another process takes
// it over.
//
// Only topics of state whose records have a time to live are asked for: of others what was
// told holds as long as nobody says otherwise. One that nobody has ever written is not
// missed.
func (h *Hub) Ask(writers feedlog.Writers, failover time.Duration) {
	h.writers, h.failover = writers, failover
}

// ask asks until ctx ends.
func (h *Hub) ask(ctx context.Context) {
	asked := map[string][]*stream{} // by what the log has them under
	var names []string
	for _, s := range h.streams {
		if s.policy.Kind != topic.State || s.policy.TTL == 0 {
			continue
		}
		name := s.policy.Source()
		if asked[name] == nil {
			names = append(names, name)
		}
		asked[name] = append(asked[name], s)
	}
	every := time.NewTicker(askEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		for _, name := range names {
			h.askFor(ctx, name, asked[name])
		}
	}
}

// askFor asks for a topic, which one or several streams show.
func (h *Hub) askFor(ctx context.Context, name string, shown []*stream) {
	asked := time.Now()
	if !slices.ContainsFunc(shown, func(s *stream) bool { return s.isSilent(asked) }) {
		return
	}
	call, cancel := context.WithTimeout(ctx, askEvery)
	defer cancel()
	written, err := h.writers.Written(call, name)
	for _, s := range shown {
		s.answered(asked, written, err, h.failover)
	}
}

// isSilent says whether nothing is heard of a topic that somebody has written, that can
// be read, and that the log has not lost: who holds a lost one has not begun it.
func (s *stream) isSilent(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.isSilentLocked(now)
}

func (s *stream) isSilentLocked(now time.Time) bool {
	return s.at != nowhere && s.stale.away.IsZero() && s.stale.lost.IsZero() && now.Sub(s.heard) >= askEvery
}

// answered takes note of an answer to what was asked at a time.
func (s *stream) answered(asked time.Time, written bool, err error, failover time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !s.isSilentLocked(asked): // somebody has written since
	case err != nil:
		s.stale.doubted = time.Time{} // whoever writes may be cut off from there, too
	case written:
		s.writtenLocked(asked)
	default:
		s.unwrittenLocked(asked, failover)
	}
}
