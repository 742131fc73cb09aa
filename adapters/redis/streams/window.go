package streams

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/topic"
)

// What a window keeps for readers, who are rarely more than one entry behind. What is
// older is read from Redis. 20,000 records are two entries of 10,000 aircraft.
const (
	windowEntries = 256
	windowRecords = 20_000  // in all of them but the newest
	windowBytes   = 4 << 20 // of events
)

// window is the newest entries of a topic, as far as they have been read.
type window struct {
	mu      sync.Mutex // guards all below
	known   bool       // where the topic is has been seen
	at      topic.Position
	entries []*feedlog.Entry // the newest up to at
	former  []*feedlog.Entry // of events: those before the window began anew
	records int              // that they name
	bytes   int              // of events
	largest int              // records in the newest
	away    error            // why nothing can be read, nil when it can
	since   time.Time        // when that began
	grown   chan struct{}    // closed and replaced when something has changed
}

// position is where the window is.
func (w *window) position() topic.Position {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

// all gives the entries that are kept, and those before the window began anew.
func (w *window) all() []*feedlog.Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Concat(w.former, w.entries)
}

// isLarge says whether entries are so large that few are to be read at once.
func (w *window) isLarge() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.largest > windowRecords/100
}

// see takes note of where the topic is: if that is not ahead, the window is of what is
// no longer so, and begins anew there.
func (w *window) see(at topic.Position) {
	w.mu.Lock()
	defer w.mu.Unlock()
	changed := !w.known || w.away != nil
	w.known, w.away = true, nil
	if at.Epoch != w.at.Epoch || at.Seq < w.at.Seq {
		w.restartLocked(at)
		changed = true
	}
	if changed {
		w.wakeLocked()
	}
}

// take adds an entry. One that does not follow has others before it that are gone.
func (w *window) take(e *feedlog.Entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.wakeLocked()
	if e.At.Seq == 0 {
		w.restartLocked(e.At)
		return
	}
	if e.At.Epoch != w.at.Epoch || e.Base != w.at.Seq {
		w.restartLocked(topic.Position{Epoch: e.At.Epoch, Seq: e.Base})
	}
	size := 0
	if e.Change.Event != nil {
		size = e.Change.Size()
	}
	drop := 0
	for drop < len(w.entries) && (len(w.entries)-drop >= windowEntries || w.records > windowRecords || w.bytes+size > windowBytes) {
		old := w.entries[drop].Change
		w.records -= old.Len()
		if old.Event != nil {
			w.bytes -= old.Size()
		}
		drop++
	}
	w.entries = append(slices.Delete(w.entries, 0, drop), e)
	w.largest = e.Change.Len()
	w.records += w.largest
	w.bytes += size
	w.at = e.At
}

// isOfEpoch says whether an entry is of the epoch where the window is.
func (w *window) isOfEpoch(id string) bool {
	ms, _, _ := strings.Cut(id, "-")
	of, _ := timeOf(w.position().Epoch)
	return of == ms
}

// skip goes behind an entry that cannot be read.
func (w *window) skip(id string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	ms, seq, _ := strings.Cut(id, "-")
	if of, _ := timeOf(w.at.Epoch); of != ms {
		return fmt.Errorf("%w: entry %s is of no epoch that is known", errDamaged, id)
	}
	at, err := place(w.at.Epoch, seq)
	if err != nil {
		return err
	}
	w.restartLocked(at)
	w.wakeLocked()
	return nil
}

// fail takes note that nothing can be read.
func (w *window) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.away == nil {
		w.since = time.Now()
	}
	w.away = err
	w.wakeLocked()
}

// after gives the entries after a position, or where the window is and what is closed
// when that changes.
func (w *window) after(after topic.Position) (entries []*feedlog.Entry, at topic.Position, grown <-chan struct{}, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.away != nil {
		return nil, w.at, nil, w.away
	}
	if !w.known {
		return nil, after, w.grown, nil // wait
	}
	if after.Epoch == w.at.Epoch && after.Seq < w.at.Seq && w.at.Seq-after.Seq <= uint64(len(w.entries)) {
		missing := int(w.at.Seq - after.Seq)
		return slices.Clone(w.entries[len(w.entries)-missing:]), w.at, nil, nil
	}
	return nil, w.at, w.grown, nil
}

func (w *window) restartLocked(at topic.Position) {
	if len(w.entries) > 0 && w.entries[0].Change.Event != nil {
		w.former = w.entries
	}
	w.at, w.entries, w.records, w.bytes, w.largest = at, nil, 0, 0, 0
}

func (w *window) wakeLocked() {
	close(w.grown)
	w.grown = make(chan struct{})
}
