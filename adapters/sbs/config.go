package sbs

import "github.com/skygate-io/skygate/pkg/lines"

// port is the customary one.
const port = 30003

// Config says which decoder to read, and how. Connect is where the decoder serves SBS.
type Config struct {
	lines.Config `koanf:",squash"`
	// UTC says that the times in the lines are UTC, and to be believed; by default
	// a message counts as heard when it comes.
	UTC bool `koanf:"utc"`
}

// DefaultConfig is a configuration that lacks only where to connect to.
func DefaultConfig() Config { return Config{Config: lines.At("sbs", "")} }

// ParseAddress reads an address from a command line, HOST or HOST:PORT.
func ParseAddress(address string) (Config, error) {
	return Config{Config: lines.At("sbs", address)}, nil
}

// Validate names the values that cannot be.
func (c Config) Validate() error { return c.ValidateFor(port) }
