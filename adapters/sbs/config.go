package sbs

import (
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/lines"
)

// port is the customary one.
const port = 30003

// Config says which decoder to read, and how.
type Config struct {
	// Name is what the source is called in logs; the default is "sbs".
	Name string `koanf:"name"`
	// Connect is where the decoder serves SBS, HOST or HOST:PORT; the default of the
	// port is 30003. Required.
	Connect string `koanf:"connect"`
	// Timeout is how long nothing may come before the connection counts as dead:
	// 1s to 1h, default 2m.
	Timeout time.Duration `koanf:"timeout"`
	// UTC says that the times in the lines are UTC, and to be believed; by default
	// a message counts as heard when it comes.
	UTC bool `koanf:"utc"`
	// Receiver is the position that distances are measured from; default nil,
	// unknown.
	Receiver *geo.Point `koanf:"receiver"`
}

// DefaultConfig is a configuration that lacks only where to connect to.
func DefaultConfig() Config { return Config{Name: "sbs", Timeout: lines.DefaultTimeout} }

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
