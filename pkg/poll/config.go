package poll

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/skygate-io/skygate/pkg/fetch"
)

// DefaultTimeout is how long one answer may take where nothing else is said.
const DefaultTimeout = 30 * time.Second

// Config says what is asked, and how. It is what the configurations of all such sources
// have in common: each holds one, squashed.
type Config struct {
	// Name is what the source is called in logs; the default is its kind.
	Name string `koanf:"name"`
	// URL is what is asked for: http, https or file. It may hold a key, and is not
	// logged but for its host and path. Required.
	URL string `koanf:"url"`
	// Interval is the time from one question to the next: 1s to 24h; the default is the
	// kind's own. It varies by a tenth, so that many who began together do not ask together.
	Interval time.Duration `koanf:"interval"`
	// Timeout is how long one answer may take: 1s to 5m, default 30s.
	Timeout time.Duration `koanf:"timeout"`
	// Header is sent along, to the host of the URL alone; nil is nothing. It is no
	// setting: what a kind sends along it makes of its own.
	Header http.Header `koanf:"-"`
}

// Every is the default configuration of a kind, which asks so often. It lacks its URL.
func Every(interval time.Duration, kind string) Config {
	return Config{Name: kind, Interval: interval, Timeout: DefaultTimeout}
}

// Validate names the first value that cannot be.
func (c Config) Validate() error {
	if _, err := ParseURL(c.URL); err != nil {
		return fmt.Errorf("url: %w", err)
	}
	switch {
	case c.Interval < time.Second || c.Interval > 24*time.Hour:
		return fmt.Errorf("interval: %v is out of range: from 1s to 24h", c.Interval)
	case c.Timeout < time.Second || c.Timeout > 5*time.Minute:
		return fmt.Errorf("timeout: %v is out of range: from 1s to 5m", c.Timeout)
	}
	return nil
}

// ParseURL reads an address. Errors do not repeat it: it may hold a key.
func ParseURL(address string) (*url.URL, error) {
	return fetch.ParseURL(address, fetch.Example{Web: "https://HOST/PATH", File: "file:///var/lib/skygate/notams.json"})
}
