package poll

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Config says what is asked, and how. Who has a Config of its own makes one of it, with
// settings of the same names.
type Config struct {
	// Name is what the source is called in logs.
	Name string
	// URL is what is asked for: http, https or file. It may hold a key, and is not
	// logged but for its host and path.
	URL string
	// Interval is the time from one question to the next: 1s to 24h. It varies by a
	// tenth, so that many who began together do not ask together.
	Interval time.Duration
	// Timeout is how long one answer may take: 1s to 5m.
	Timeout time.Duration
	// Header is sent along; nil is nothing.
	Header http.Header
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
	if address == "" {
		return nil, errors.New("is missing: the address of what is asked for, such as https://HOST/PATH")
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("is not an address: write it like https://HOST/PATH")
	}
	switch web := u.Scheme == "http" || u.Scheme == "https"; {
	case web && u.Host == "", !web && u.Scheme != "file":
		return nil, errors.New("must begin with http://HOST, https://HOST or file:///")
	case !web && (u.Host != "" || !strings.HasPrefix(u.Path, "/")):
		return nil, errors.New("a file's address has three slashes: file:///var/lib/skygate/notams.json")
	}
	u.Fragment = ""
	return u, nil
}
