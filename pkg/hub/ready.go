package hub

import "time"

// Unready are the topics that do not deliver, in the order of their policies: they
// have not been loaded yet, or their log has not been readable for a while (then
// those who see them have been told "stream:stale").
func (h *Hub) Unready() (names []string) {
	now := time.Now()
	for _, s := range h.streams {
		s.mu.Lock()
		unready := !s.loaded || s.stale.isAway(now)
		s.mu.Unlock()
		if unready {
			names = append(names, s.policy.Name)
		}
	}
	return names
}

// Unwritten are the topics that can be read and that no process writes any more, in the
// order of their policies: those who see them have been told "stream:stale". Another
// process has nothing newer. So are those that the log has lost, until somebody begins
// them again.
func (h *Hub) Unwritten() (names []string) {
	now := time.Now()
	for _, s := range h.streams {
		s.mu.Lock()
		unwritten := s.stale.unwritten && !s.stale.isAway(now)
		s.mu.Unlock()
		if unwritten {
			names = append(names, s.policy.Name)
		}
	}
	return names
}

// Subscribers is how many sessions see each topic, by its name. Topics that go along
// with another are not named.
func (h *Hub) Subscribers() map[string]int {
	counts := make(map[string]int, len(h.streams))
	for _, s := range h.streams {
		if s.policy.Along != "" {
			continue
		}
		s.mu.Lock()
		n := len(s.parked) + len(s.owed)
		for _, a := range s.audiences {
			for _, c := range a.cohorts {
				n += len(c.members)
			}
		}
		s.mu.Unlock()
		counts[s.policy.Name] = n
	}
	return counts
}
