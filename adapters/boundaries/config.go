package boundaries

import (
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/poll"
)

// Config says where the file is, and how often it is looked at: by default every hour. URL
// is where the GeoJSON is.
type Config struct {
	poll.Config `koanf:",squash"`
}

// DefaultConfig is a configuration that lacks only its URL.
func DefaultConfig() Config { return Config{poll.Every(time.Hour, "boundaries")} }

// ParseAddress reads what a command line says in one text: the URL.
func ParseAddress(address string) (Config, error) {
	c := DefaultConfig()
	c.URL = address
	return c, c.Validate()
}

// New gives a source of boundaries. The error is that of [Config.Validate].
func New(c Config, log zerolog.Logger) (*poll.Source, error) {
	return poll.New(c.Config, Decode, log)
}
