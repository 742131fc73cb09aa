package streams

import (
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// absence says that the log is away, and that it is back, once for all topics: with one
// server they all fail and return together. It is safe for concurrent use.
type absence struct {
	logger zerolog.Logger // static

	mu    sync.Mutex // guards all below
	away  map[string]bool
	since time.Time // when the first of them began to be away
}

// failed takes note that a topic cannot be read.
func (a *absence) failed(topicName string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.away) == 0 {
		a.since = time.Now()
		a.logger.Warn().Err(err).Str("first", topicName).Msg("the log cannot be read; trying until it can")
	}
	if a.away == nil {
		a.away = map[string]bool{}
	}
	a.away[topicName] = true
}

// read takes note that a topic can be read.
func (a *absence) read(topicName string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.away[topicName] {
		return
	}
	delete(a.away, topicName)
	if len(a.away) == 0 {
		a.logger.Info().Dur("after", time.Since(a.since)).Msg("the log can be read again, all topics of it")
	}
}
