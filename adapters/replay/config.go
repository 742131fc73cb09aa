package replay

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/skygate-io/skygate/pkg/geo"
)

// Config says what to play, and how.
type Config struct {
	// Name is what the source is called in logs; the default is "replay".
	Name string `koanf:"name"`
	// Path is the recording: a file or a folder. Required.
	Path string `koanf:"path"`
	// Speed is how many times faster than it was recorded it is played: above 0,
	// up to 1000; default 1.
	Speed float64 `koanf:"speed"`
	// Loop starts the recording over when it is at its end; default false.
	Loop bool `koanf:"loop"`
	// Receiver is the position that distances are measured from; default nil, unknown.
	Receiver *geo.Point `koanf:"receiver"`
}

// DefaultConfig is a configuration that lacks only its path.
func DefaultConfig() Config { return Config{Name: "replay", Speed: 1} }

// Validate names the values that cannot be. Whether the recording is there
// shows when it is played.
func (c Config) Validate() error {
	var wrong []error
	switch {
	case c.Path == "":
		wrong = append(wrong, errors.New("path: is missing: an aircraft.json, lines of them (.jsonl), or a folder with history_*.json"))
	case strings.Contains(c.Path, "://"):
		wrong = append(wrong, errors.New("path: is an address: write the path of a file or a folder, like /recordings/flights.jsonl.gz"))
	}
	if !(c.Speed > 0 && c.Speed <= 1000) {
		wrong = append(wrong, fmt.Errorf("speed: %v is out of range: above 0 and up to 1000", c.Speed))
	}
	if c.Receiver != nil {
		if err := c.Receiver.Check(); err != nil {
			wrong = append(wrong, fmt.Errorf("receiver: %w", err))
		}
	}
	return errors.Join(wrong...)
}

// ParseAddress reads a recording's address from a command line: its path, and
// after a "?" settings joined by "&", such as
//
//	flights.jsonl.gz?speed=10&loop=true
//
// The last "?" counts. What is not set has its default.
func ParseAddress(address string) (Config, error) {
	c := DefaultConfig()
	text := ""
	c.Path = address
	if i := strings.LastIndexByte(address, '?'); i >= 0 {
		c.Path, text = address[:i], address[i+1:]
	}
	settings, err := url.ParseQuery(text)
	if err != nil {
		return Config{}, fmt.Errorf("%q are no settings, write them like speed=10&loop=true", text)
	}
	for key, values := range settings {
		if err := c.set(key, values[len(values)-1]); err != nil {
			return Config{}, err
		}
	}
	if err := c.Validate(); err != nil {
		return Config{}, err
	}
	return c, nil
}

func (c *Config) set(key, value string) (err error) {
	switch key {
	case "speed":
		if c.Speed, err = strconv.ParseFloat(value, 64); err != nil {
			return fmt.Errorf("speed: %q is no number", value)
		}
	case "loop":
		if c.Loop, err = strconv.ParseBool(value); err != nil {
			return fmt.Errorf("loop: %q is neither true nor false", value)
		}
	case "name":
		c.Name = value
	default:
		return fmt.Errorf("%s: no such setting, there are speed, loop and name", key)
	}
	return nil
}
