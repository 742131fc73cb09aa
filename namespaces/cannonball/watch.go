package cannonball

import (
	"sync"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
)

// watch follows the paths of all aircraft to watch out for, for all sessions.
type watch struct {
	// Owned by Run.
	looked time.Time
	paths  map[string]*Path

	mu       sync.Mutex // guards patterns
	patterns map[string][]Pattern
}

func newWatch() *watch { return &watch{paths: map[string]*Path{}, patterns: map[string][]Pattern{}} }

// due says whether it is time to look.
func (w *watch) due(now time.Time) bool { return now.Sub(w.looked) >= pathStep }

// look takes note of where the aircraft are. Those that are gone are forgotten. Nobody
// waits for it: what 1,000 paths look like takes some 90 ms (BenchmarkPatterns).
func (w *watch) look(records []record.Record, now time.Time) {
	w.looked = now
	paths, patterns := make(map[string]*Path, len(w.paths)), map[string][]Pattern{}
	for i := range records {
		s, ok := sight(&records[i])
		if !ok {
			continue
		}
		path := w.paths[s.hex]
		if path == nil {
			path = &Path{}
		}
		paths[s.hex] = path
		path.Add(now, s.where)
		if found := path.Patterns(); len(found) > 0 {
			patterns[s.hex] = found
		}
	}
	w.paths = paths
	w.mu.Lock()
	defer w.mu.Unlock()
	w.patterns = patterns
}

// of gives the patterns of an aircraft; they are not changed. It is safe for concurrent
// use.
func (w *watch) of(hex string) []Pattern {
	w.mu.Lock()
	defer w.mu.Unlock()
	if found := w.patterns[hex]; found != nil {
		return found
	}
	return []Pattern{}
}
