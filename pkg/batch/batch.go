// Package batch decides when waiting messages go out.
//
// A message that finds no open window goes out at once and opens one. What
// comes while it is open waits for its end, or for the count or the size that
// fills a batch. So a quiet topic has no delay, a busy one at most a window.
//
// A Window is a mechanism: it is told the time, holds no timer, no messages and
// no lock. Its owner keeps what waits and asks when it is due.
package batch

import (
	"fmt"
	"time"
)

// Config bounds a batch.
type Config struct {
	// Window is how long a batch is open: 0 (everything at once) to 10s.
	Window time.Duration `koanf:"window"`
	// Messages that wait together at most: 1 to 10,000.
	Messages int `koanf:"messages"`
	// Bytes that wait together, about, at most: 1,024 to 64 MiB.
	Bytes int `koanf:"bytes"`
}

// DefaultConfig is 200 ms, 50 messages, 1 MiB: the figures that the reference
// documents for its batcher.
func DefaultConfig() Config {
	return Config{Window: 200 * time.Millisecond, Messages: 50, Bytes: 1 << 20}
}

// Validate names the first value that is out of range.
func (c Config) Validate() error {
	switch {
	case c.Window < 0 || c.Window > 10*time.Second:
		return fmt.Errorf("window: %v is out of range: from 0s to 10s", c.Window)
	case c.Messages < 1 || c.Messages > 10_000:
		return fmt.Errorf("messages: %d is out of range: from 1 to 10000", c.Messages)
	case c.Bytes < 1<<10 || c.Bytes > 64<<20:
		return fmt.Errorf("bytes: %d is out of range: from 1024 to 67108864", c.Bytes)
	}
	return nil
}

// Window is one audience's batch. The zero value has no limits set: use [New].
type Window struct {
	cfg      Config
	end      time.Time
	messages int
	bytes    int
}

// New gives a window that is not open.
func New(cfg Config) Window { return Window{cfg: cfg} }

// Add counts one message of about that many bytes that waits as of now, and
// says whether what waits is due at once. If not, it is due at [Window.Due].
func (w *Window) Add(now time.Time, bytes int) (due bool) {
	w.messages++
	w.bytes += bytes
	return !now.Before(w.end) || w.messages >= w.cfg.Messages || w.bytes >= w.cfg.Bytes
}

// Waiting says whether messages were added since the last flush.
func (w *Window) Waiting() bool { return w.messages > 0 }

// Due is when what waits has to go out. It means something only while
// something waits.
func (w *Window) Due() time.Time { return w.end }

// Flushed says that all that waited has gone out: the next window opens.
func (w *Window) Flushed(now time.Time) {
	w.end = now.Add(w.cfg.Window)
	w.messages, w.bytes = 0, 0
}
