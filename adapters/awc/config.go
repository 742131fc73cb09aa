package awc

import (
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/poll"
)

// Config says what is asked, and how often.
type Config struct {
	// Name is what the source is called in logs and in its status; the default is "awc".
	Name string `koanf:"name"`
	// URL is the address of one product, such as
	// https://aviationweather.gov/api/data/airsigmet?format=json. Required.
	URL string `koanf:"url"`
	// Interval is the time from one question to the next: 1s to 24h, default 5m.
	Interval time.Duration `koanf:"interval"`
	// Timeout is how long one answer may take: 1s to 5m, default 30s.
	Timeout time.Duration `koanf:"timeout"`
}

// DefaultConfig is a configuration that lacks only its URL.
func DefaultConfig() Config {
	return Config{Name: "awc", Interval: 5 * time.Minute, Timeout: 30 * time.Second}
}

// ParseAddress reads what a command line says in one text: the URL.
func ParseAddress(address string) (Config, error) {
	c := DefaultConfig()
	c.URL = address
	return c, c.Validate()
}

// Validate names the first value that cannot be.
func (c Config) Validate() error { return c.poll().Validate() }

func (c Config) poll() poll.Config {
	return poll.Config{Name: c.Name, URL: c.URL, Interval: c.Interval, Timeout: c.Timeout}
}

// New gives a source of advisories. The error is that of [Config.Validate].
func New(c Config, log zerolog.Logger) (*poll.Source, error) {
	return poll.New(c.poll(), Decode, log)
}
