package cannonball

import (
	"sync"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
)

// watch follows the paths of all aircraft to watch out for, for all sessions. It is
// safe for concurrent use.
type watch struct {
	mu       sync.Mutex // guards all below
	looked   time.Time
	paths    map[string]*Path
	patterns map[string][]Pattern // those that are any
}

func newWatch() *watch { return &watch{paths: map[string]*Path{}, patterns: map[string][]Pattern{}} }

// due says whether it is time to look.
func (w *watch) due(now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return now.Sub(w.looked) >= pathStep
}

// look takes note of where the aircraft are. Those that are gone are forgotten.
func (w *watch) look(records []record.Record, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
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
	w.paths, w.patterns = paths, patterns
}

// of gives the patterns of an aircraft; they are not changed.
func (w *watch) of(hex string) []Pattern {
	w.mu.Lock()
	defer w.mu.Unlock()
	if found := w.patterns[hex]; found != nil {
		return found
	}
	return []Pattern{}
}
