package uat

import (
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/lines"
)

// port is the customary one.
const port = 30979

// Config says which decoder to read.
type Config struct {
	// Name is what the source is called in logs; the default is "uat".
	Name string `koanf:"name"`
	// Connect is where dump978-fa's --json-port is, HOST or HOST:PORT; the default
	// of the port is 30979. Required.
	Connect string `koanf:"connect"`
	// Timeout is how long nothing may come before the connection counts as dead:
	// 1s to 1h, default 2m.
	Timeout time.Duration `koanf:"timeout"`
	// Receiver is the position that distances are measured from; default nil,
	// unknown.
	Receiver *geo.Point `koanf:"receiver"`
}

// DefaultConfig is a configuration that lacks only where to connect to.
func DefaultConfig() Config { return Config{Name: "uat", Timeout: lines.DefaultTimeout} }

// ParseAddress reads an address from a command line, HOST or HOST:PORT.
func ParseAddress(address string) (Config, error) {
	c := DefaultConfig()
	c.Connect = address
	return c, nil
}

// Validate names the first value that cannot be.
func (c Config) Validate() error { return c.lines().Validate() }

func (c Config) lines() lines.Config {
	return lines.Config{Name: c.Name, Connect: c.Connect, Port: port, Timeout: c.Timeout, Receiver: c.Receiver}
}
