package socketio

import (
	"sync"

	"github.com/rs/zerolog"
)

// maxTurns is how many things may wait for their turn. Those beyond are dropped.
const maxTurns = 1024

// turns does one thing after the other, in a goroutine that there is only while there
// is something to do. The zero value is ready, but for the logger.
type turns struct {
	logger zerolog.Logger

	mu      sync.Mutex // guards all below
	waiting []func()
	works   bool
	dropped uint64
}

func (t *turns) do(what func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) == maxTurns {
		if t.dropped++; t.dropped == 1 {
			t.logger.Warn().Msg("handlers of what other servers tell do not keep up: some of it is dropped")
		}
		return
	}
	t.waiting = append(t.waiting, what)
	if !t.works {
		t.works = true
		go t.work()
	}
}

func (t *turns) work() {
	for {
		t.mu.Lock()
		if len(t.waiting) == 0 {
			t.works, t.waiting = false, nil
			t.mu.Unlock()
			return
		}
		what := t.waiting[0]
		t.waiting = t.waiting[1:]
		t.mu.Unlock()
		t.call(what)
	}
}

// call keeps a panic of a handler from ending the process.
func (t *turns) call(what func()) {
	defer func() {
		if value := recover(); value != nil {
			t.logger.Error().Interface("panic", value).Stack().Msg("a handler of what other servers tell panicked")
		}
	}()
	what()
}
