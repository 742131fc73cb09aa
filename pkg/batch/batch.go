// Package batch decides when waiting messages go out.
//
// A message that finds no open window goes out at once and opens one. What
// comes while it is open waits for its end, or for the count or the size that
// fills a batch. So a quiet topic has no delay, a busy one at most a window.
//
// A [Window] is a mechanism: it is told the time, holds no timer, no messages and
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
	// MaxMessage is how many bytes one message has at most, but for a single record:
	// clients cut the connection over what is larger than they take. A larger snapshot
	// goes in parts: 65,536 to 64 MiB.
	MaxMessage int `koanf:"max_message"`
}

// DefaultConfig is 200 ms, 50 messages, 1 MiB: the figures that the reference
// documents for its batcher; and messages of 1,000,000 bytes, which is what
// clients' libraries take.
func DefaultConfig() Config {
	return Config{Window: 200 * time.Millisecond, Messages: 50, Bytes: 1 << 20, MaxMessage: 1_000_000}
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
	case c.MaxMessage < 1<<16 || c.MaxMessage > 64<<20:
		return fmt.Errorf("max_message: %d is out of range: from 65536 to 67108864", c.MaxMessage)
	}
	return nil
}

// late is the part of a window by which a flush may be late.
const late = 10

// Traffic is what a topic has carried since it began.
type Traffic struct {
	Messages uint64
	Bytes    int // about
}

// Share is the part of a topic's traffic that an audience sees, about: 1 is all.
type Share float64

// ShareOf gives the share of who sees so many of all records.
func ShareOf(seen, all int) Share {
	if seen >= all {
		return 1
	}
	return Share(float64(seen) / float64(all))
}

// Window is one audience's batch. Use [New].
type Window struct {
	cfg      Config
	start    time.Time
	interval time.Duration

	end   time.Time // of the open window
	from  Traffic   // at the last flush
	share Share     // of what came since
}

// New gives a window that is not open. The windows of all audiences that have the
// same start end together, so that what a session gets of several topics leaves in
// one write. An interval that is longer than the window, for an audience that
// wants less, ends with the first of them that is late enough; 0 is the window's
// own.
func New(cfg Config, start time.Time, interval time.Duration) Window {
	return Window{cfg: cfg, start: start, interval: interval, share: 1}
}

// Due says whether what waits goes out now: no window is open, or it is full.
func (w *Window) Due(now time.Time, t Traffic) bool { return !now.Before(w.end) || w.Full(t) }

// Full says whether so much waits that it goes out before the window's end. (A pace of
// its own is kept however much waits.)
func (w *Window) Full(t Traffic) bool {
	return w.interval == 0 &&
		(t.Messages-w.from.Messages >= uint64(w.cfg.Messages) || float64(t.Bytes-w.from.Bytes)*float64(w.share) >= float64(w.cfg.Bytes))
}

// End is when what waits has to go out, while a window is open.
func (w *Window) End() time.Time { return w.end }

// Flushed says that all that waited has gone out, or is nothing to this audience;
// what was told opens the next window. The audience sees a share of what comes next.
func (w *Window) Flushed(now time.Time, t Traffic, share Share, told bool) {
	w.from, w.share = t, share
	if told {
		w.end = w.next(now)
	}
}

// next is the end of a window that opens now.
func (w *Window) next(now time.Time) time.Time {
	window := w.cfg.Window
	if window == 0 {
		return now.Add(w.interval)
	}
	since := now.Sub(w.start)
	if w.interval == 0 {
		return w.start.Add(since.Truncate(window) + window)
	}
	// A flush is always a little after the end of a window: that is no reason to let
	// another window pass.
	return w.start.Add((since + w.interval - window/late + window - 1).Truncate(window))
}
