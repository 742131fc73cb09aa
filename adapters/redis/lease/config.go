package lease

import (
	"fmt"
	"time"
)

// longest is the most that a lease may last. What lasts longer in Redis is nobody's.
const longest = time.Minute

// Config says how soon a topic has another writer.
type Config struct {
	// Duration is how long a writer that says nothing is believed to be there: 500ms to
	// 1m, default 3s.
	Duration time.Duration `koanf:"duration"`
	// Deaf is how long the sources of a writer may be silent until it leaves the topic
	// to another whose sources have not been silent for so long: 500ms to 24h, default
	// 5s. It is longer than the pauses between the reports of a source that is well.
	Deaf time.Duration `koanf:"deaf"`
}

// DefaultConfig has a topic without a writer for a few seconds at most.
func DefaultConfig() Config { return Config{Duration: 3 * time.Second, Deaf: 5 * time.Second} }

// Validate names the first value that is out of range.
func (c Config) Validate() error {
	switch {
	case c.Duration < 500*time.Millisecond || c.Duration > longest:
		return fmt.Errorf("duration: %v is out of range: from 500ms to 1m", c.Duration)
	case c.Deaf < 500*time.Millisecond || c.Deaf > 24*time.Hour:
		return fmt.Errorf("deaf: %v is out of range: from 500ms to 24h", c.Deaf)
	}
	return nil
}

// For gives the settings for sources of which the slowest reports at such an interval:
// three of them are no silence.
func (c Config) For(interval time.Duration) Config {
	c.Deaf = max(c.Deaf, 3*interval)
	return c
}
