package streams

import (
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// absence says that the log is away, and that it is back, once for all topics: with one
// server they all fail and return together. It is safe for concurrent use.
type absence struct {
	logger zerolog.Logger // static

	mu    sync.Mutex      // guards all below
	away  map[string]bool // by topic: whether it is damaged, which was said of it alone
	since time.Time       // when the first of them began to be away
}

// failed takes note that a topic cannot be read.
func (a *absence) failed(topicName string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	// Of a topic that is damaged it is said by itself: it does not return with the others.
	damaged := errors.Is(err, errDamaged)
	if damaged && !a.away[topicName] {
		a.logger.Error().Err(err).Str("topic", topicName).
			Msg("what redis has of the topic is damaged; whoever writes it begins it anew. If this stays, delete the keys of the topic: {prefix:topic}:log, :head and :snap")
	}
	if len(a.away) == 0 {
		a.since = time.Now()
		a.logger.Warn().Err(err).Str("first", topicName).Msg("the log cannot be read; trying until it can")
	}
	if a.away == nil {
		a.away = map[string]bool{}
	}
	a.away[topicName] = damaged || a.away[topicName]
}

// read takes note that a topic can be read.
func (a *absence) read(topicName string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, away := a.away[topicName]; !away {
		return
	}
	delete(a.away, topicName)
	if len(a.away) == 0 {
		a.logger.Info().Dur("after", time.Since(a.since)).Msg("the log can be read again, all topics of it")
	}
}
