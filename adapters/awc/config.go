package awc

import (
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/poll"
)

// Config says what is asked, and how often: by default every 5 minutes. URL is the address
// of one product, such as https://aviationweather.gov/api/data/airsigmet?format=json.
type Config struct {
	poll.Config `koanf:",squash"`
}

// DefaultConfig is a configuration that lacks only its URL.
func DefaultConfig() Config { return Config{poll.Every(5*time.Minute, "awc")} }

// ParseAddress reads what a command line says in one text: the URL.
func ParseAddress(address string) (Config, error) {
	c := DefaultConfig()
	c.URL = address
	return c, c.Validate()
}

// New gives a source of advisories. The error is that of [Config.Validate].
func New(c Config, log zerolog.Logger) (*poll.Source, error) {
	return poll.New(c.Config, Decode, log)
}
