package jsonlines

import "github.com/skygate-io/skygate/pkg/lines"

// port is the customary one.
const port = 30047

// Config says which receiver to read. Connect is where readsb's --net-json-port is.
type Config struct {
	lines.Config `koanf:",squash"`
}

// DefaultConfig is a configuration that lacks only where to connect to.
func DefaultConfig() Config { return Config{Config: lines.At("jsonlines", "")} }

// ParseAddress reads an address from a command line, HOST or HOST:PORT.
func ParseAddress(address string) (Config, error) {
	return Config{Config: lines.At("jsonlines", address)}, nil
}

// Validate names the values that cannot be.
func (c Config) Validate() error { return c.ValidateFor(port) }
