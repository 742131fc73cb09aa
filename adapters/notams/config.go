package notams

import (
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/poll"
)

// Config says what is asked, and how often.
type Config struct {
	// Name is what the source is called in logs and in its status; the default is "notams".
	Name string `koanf:"name"`
	// URL is the question to one service, such as
	// https://external-api.faa.gov/notamapi/v1/notams?icaoLocation=KJFK. Required.
	URL string `koanf:"url"`
	// ClientID and ClientSecret are those of the FAA's interface, Token that of AVWX; each
	// is sent when it is not "" (the default), and to that host alone.
	ClientID     string `koanf:"client_id"`
	ClientSecret string `koanf:"client_secret"`
	Token        string `koanf:"token"`
	// Interval is the time from one question to the next: 1s to 24h, default 15m.
	Interval time.Duration `koanf:"interval"`
	// Timeout is how long one answer may take: 1s to 5m, default 30s.
	Timeout time.Duration `koanf:"timeout"`
}

// DefaultConfig is a configuration that lacks only its URL.
func DefaultConfig() Config {
	return Config{Name: "notams", Interval: 15 * time.Minute, Timeout: 30 * time.Second}
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
	header := http.Header{}
	for name, value := range map[string]string{"client_id": c.ClientID, "client_secret": c.ClientSecret} {
		if value != "" {
			header[name] = []string{value} // as the FAA spells them
		}
	}
	if c.Token != "" {
		header.Set("Authorization", "BEARER "+c.Token)
	}
	return poll.Config{Name: c.Name, URL: c.URL, Interval: c.Interval, Timeout: c.Timeout, Header: header}
}

// New gives a source of NOTAMs. The error is that of [Config.Validate].
func New(c Config, log zerolog.Logger) (*poll.Source, error) {
	cfg := c.poll()
	address, err := poll.ParseURL(cfg.URL)
	if err != nil {
		return nil, cfg.Validate()
	}
	return poll.New(cfg, pages{address}.decode, log)
}
