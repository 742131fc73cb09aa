package uat

import "github.com/skygate-io/skygate/pkg/lines"

// port is the customary one.
const port = 30979

// Config says which decoder to read. Connect is where dump978-fa's --json-port is.
type Config struct {
	lines.Config `koanf:",squash"`
}

// DefaultConfig is a configuration that lacks only where to connect to.
func DefaultConfig() Config { return Config{Config: lines.At("uat", "")} }

// ParseAddress reads an address from a command line, HOST or HOST:PORT.
func ParseAddress(address string) (Config, error) {
	return Config{Config: lines.At("uat", address)}, nil
}

// Validate names the values that cannot be.
func (c Config) Validate() error { return c.ValidateFor(port) }
