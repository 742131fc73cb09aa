package webhook

import (
	"fmt"
	"time"
)

// Config says how alerts are delivered.
type Config struct {
	// Secret signs what is sent; "" (the default) signs nothing. At least 16 bytes.
	Secret string `koanf:"secret"`
	// Timeout is how long one attempt may take: 100ms to 1m, default 5s.
	Timeout time.Duration `koanf:"timeout"`
	// Attempts is how often one alert is tried at most: 1 to 20, default 6.
	Attempts int `koanf:"attempts"`
	// Queue is how many alerts may wait: 1 to 100000, default 1000.
	Queue int `koanf:"queue"`
	// AllowPrivate lets addresses be of this machine and of private networks;
	// default false.
	AllowPrivate bool `koanf:"allow_private"`
}

// DefaultConfig is one that sends unsigned, and to public addresses alone.
func DefaultConfig() Config {
	return Config{Timeout: 5 * time.Second, Attempts: 6, Queue: 1000}
}

// Validate names the first value that cannot be.
func (c Config) Validate() error {
	switch {
	case c.Secret != "" && len(c.Secret) < 16:
		return fmt.Errorf("secret: %d bytes are too few: at least 16", len(c.Secret))
	case c.Timeout < 100*time.Millisecond || c.Timeout > time.Minute:
		return fmt.Errorf("timeout: %v is out of range: from 100ms to 1m", c.Timeout)
	case c.Attempts < 1 || c.Attempts > 20:
		return fmt.Errorf("attempts: %d is out of range: from 1 to 20", c.Attempts)
	case c.Queue < 1 || c.Queue > 100_000:
		return fmt.Errorf("queue: %d is out of range: from 1 to 100000", c.Queue)
	}
	return nil
}
