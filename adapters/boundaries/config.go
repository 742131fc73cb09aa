package boundaries

import (
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/poll"
)

// Config says where the file is, and how often it is looked at.
type Config struct {
	// Name is what the source is called in logs and in its status; the default is
	// "boundaries".
	Name string `koanf:"name"`
	// URL is where the GeoJSON is: http, https or file. Required.
	URL string `koanf:"url"`
	// Interval is the time from one look to the next: 1s to 24h, default 1h.
	Interval time.Duration `koanf:"interval"`
	// Timeout is how long one answer may take: 1s to 5m, default 30s.
	Timeout time.Duration `koanf:"timeout"`
}

// DefaultConfig is a configuration that lacks only its URL.
func DefaultConfig() Config {
	return Config{Name: "boundaries", Interval: time.Hour, Timeout: 30 * time.Second}
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

// New gives a source of boundaries. The error is that of [Config.Validate].
func New(c Config, log zerolog.Logger) (*poll.Source, error) {
	return poll.New(c.poll(), Decode, log)
}
