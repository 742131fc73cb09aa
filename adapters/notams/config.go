package notams

import (
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/poll"
)

// Config says what is asked, and how often: by default every 15 minutes. URL is the question
// to one service, such as https://external-api.faa.gov/notamapi/v1/notams?icaoLocation=KJFK.
type Config struct {
	poll.Config `koanf:",squash"`
	// ClientID and ClientSecret are those of the FAA's interface, Token that of AVWX; each
	// is sent when it is not "" (the default), and to that host alone.
	ClientID     string `koanf:"client_id"`
	ClientSecret string `koanf:"client_secret"`
	Token        string `koanf:"token"`
}

// DefaultConfig is a configuration that lacks only its URL.
func DefaultConfig() Config { return Config{Config: poll.Every(15*time.Minute, "notams")} }

// ParseAddress reads what a command line says in one text: the URL.
func ParseAddress(address string) (Config, error) {
	c := DefaultConfig()
	c.URL = address
	return c, c.Validate()
}

// header is what is sent along.
func (c Config) header() http.Header {
	header := http.Header{}
	for name, value := range map[string]string{"client_id": c.ClientID, "client_secret": c.ClientSecret} {
		if value != "" {
			header[name] = []string{value} // as the FAA spells them
		}
	}
	if c.Token != "" {
		header.Set("Authorization", "BEARER "+c.Token)
	}
	return header
}

// New gives a source of NOTAMs. The error is that of [Config.Validate].
func New(c Config, log zerolog.Logger) (*poll.Source, error) {
	address, err := poll.ParseURL(c.URL)
	if err != nil {
		return nil, c.Validate()
	}
	c.Header = c.header()
	return poll.New(c.Config, pages{address}.decode, log)
}
