package readsb

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/fetch"
	"github.com/skygate-io/skygate/pkg/geo"
)

// Config says which receiver to read, and how.
type Config struct {
	// Name is what the source is called in logs and in its status; the default is "readsb".
	Name string `koanf:"name"`
	// URL is where aircraft.json is: http, https or file. An address without a
	// path means /data/aircraft.json there, one that ends in "/" the aircraft.json
	// in that folder. Required.
	URL string `koanf:"url"`
	// Interval is the time from one poll to the next: 100ms to 1h, default 1s.
	Interval time.Duration `koanf:"interval"`
	// Timeout is how long one answer may take: 100ms to 1m, default 5s.
	Timeout time.Duration `koanf:"timeout"`
	// Receiver is the position that distances are measured from; nil (the
	// default) takes the one in receiver.json beside aircraft.json, if it is there.
	Receiver *geo.Point `koanf:"receiver"`
}

// DefaultConfig is a configuration that lacks only its URL.
func DefaultConfig() Config {
	return Config{Name: "readsb", Interval: time.Second, Timeout: 5 * time.Second}
}

// Validate names the values that cannot be.
func (c Config) Validate() error {
	var wrong []error
	if _, err := endpoint(c.URL); err != nil {
		wrong = append(wrong, fmt.Errorf("url: %w", err))
	}
	if c.Interval < 100*time.Millisecond || c.Interval > time.Hour {
		wrong = append(wrong, fmt.Errorf("interval: %v is out of range: from 100ms to 1h", c.Interval))
	}
	if c.Timeout < 100*time.Millisecond || c.Timeout > time.Minute {
		wrong = append(wrong, fmt.Errorf("timeout: %v is out of range: from 100ms to 1m", c.Timeout))
	}
	if c.Receiver != nil {
		if err := c.Receiver.Check(); err != nil {
			wrong = append(wrong, fmt.Errorf("receiver: %w", err))
		}
	}
	return errors.Join(wrong...)
}

// endpoint completes the address of aircraft.json. Errors do not repeat the
// address, which may hold a password.
func endpoint(address string) (*url.URL, error) {
	u, err := fetch.ParseURL(address, fetch.Example{
		Web: "http://192.168.1.10:8080/data/aircraft.json", File: "file:///run/readsb/aircraft.json",
	})
	if err != nil {
		return nil, err
	}
	switch web := u.Scheme != "file"; {
	case u.RawQuery != "":
	case web && strings.Trim(u.Path, "/") == "":
		u.Path = "/data/aircraft.json"
	case strings.HasSuffix(u.Path, "/"):
		u.Path += "aircraft.json"
	}
	return u, nil
}
