package engineio

import (
	"sync"
	"time"
)

// tasks counts the goroutines of a Server, so that Close can wait for them.
// (A sync.WaitGroup may not be added to while it is waited for at zero.)
type tasks struct {
	mu   sync.Mutex // guards what follows
	n    int
	zero chan struct{} // closed when n falls to 0, if somebody waits
}

func (t *tasks) run(f func()) {
	t.mu.Lock()
	t.n++
	t.mu.Unlock()
	go func() {
		defer t.done()
		f()
	}()
}

func (t *tasks) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n--
	if t.n == 0 && t.zero != nil {
		close(t.zero)
		t.zero = nil
	}
}

// wait says whether all ended in time.
func (t *tasks) wait(limit time.Duration) bool {
	t.mu.Lock()
	if t.n == 0 {
		t.mu.Unlock()
		return true
	}
	if t.zero == nil {
		t.zero = make(chan struct{})
	}
	zero := t.zero
	t.mu.Unlock()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-zero:
		return true
	case <-timer.C:
		return false
	}
}
