package demo

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
)

// Config says where the simulated aircraft fly, and how many.
type Config struct {
	// Centre is where the airport and the receiver stand, in degrees: latitude
	// -89 to 89 (at a pole no direction is north). Default 50.0333, 8.5706.
	Centre geo.Point `koanf:"centre"`
	// Aircraft is how many are heard at a time: 1 to 20000. Default 150.
	Aircraft int `koanf:"aircraft"`
	// Interval is the time between two reports of an aircraft: 100ms to 10s.
	// Default 1s.
	Interval time.Duration `koanf:"interval"`
	// Seed makes a simulation repeatable; with 0 each run is another.
	Seed uint64 `koanf:"seed"`
}

// The ranges of the settings.
const (
	maxLatitude = 89
	maxAircraft = 20000
	minInterval = 100 * time.Millisecond
	maxInterval = 10 * time.Second
)

// DefaultConfig is the traffic of one large airport.
func DefaultConfig() Config {
	return Config{
		Centre:   geo.Point{Lat: 50.0333, Lon: 8.5706},
		Aircraft: 150,
		Interval: time.Second,
	}
}

// Validate names the first value that is out of range.
func (c Config) Validate() error {
	switch {
	case !c.Centre.Valid() || c.Centre.Lat > maxLatitude || c.Centre.Lat < -maxLatitude:
		return fmt.Errorf("centre: %v,%v is out of range: latitude from -%d to %d, longitude from -180 to 180",
			c.Centre.Lat, c.Centre.Lon, maxLatitude, maxLatitude)
	case c.Aircraft < 1 || c.Aircraft > maxAircraft:
		return fmt.Errorf("aircraft: %d is out of range: from 1 to %d", c.Aircraft, maxAircraft)
	case c.Interval < minInterval || c.Interval > maxInterval:
		return fmt.Errorf("interval: %v is out of range: from %v to %v", c.Interval, minInterval, maxInterval)
	}
	return nil
}

// ParseAddress reads a simulation from one line, as a command line has it:
//
//	                                           the default
//	50.03,8.57                                 another centre
//	50.03,8.57?aircraft=500&seed=7&interval=500ms
//	?aircraft=500                              the default centre
//
// What the address leaves out has its default. The error begins with the part
// that is wrong.
func ParseAddress(address string) (Config, error) {
	c := DefaultConfig()
	place, options, _ := strings.Cut(address, "?")
	if place != "" {
		centre, err := parsePoint(place)
		if err != nil {
			return Config{}, fmt.Errorf("centre: %q is not <latitude>,<longitude>: %w", place, err)
		}
		c.Centre = centre
	}
	values, err := url.ParseQuery(options)
	if err != nil {
		return Config{}, fmt.Errorf("options: %q is not <name>=<value>&...: %w", options, err)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if given := values[name]; len(given) > 1 {
			return Config{}, fmt.Errorf("%s: given %d times", name, len(given))
		}
		if err := c.set(name, values.Get(name)); err != nil {
			return Config{}, err
		}
	}
	if err := c.Validate(); err != nil {
		return Config{}, err
	}
	return c, nil
}

func (c *Config) set(name, value string) error {
	var err error
	form := "a whole number"
	switch name {
	case "aircraft":
		c.Aircraft, err = strconv.Atoi(value)
	case "seed":
		c.Seed, err = strconv.ParseUint(value, 10, 64)
	case "interval":
		form = "a duration like 500ms or 2s"
		c.Interval, err = time.ParseDuration(value)
	default:
		return fmt.Errorf("%s: there is no such option: use aircraft, seed or interval", name)
	}
	if err != nil {
		return fmt.Errorf("%s: %q is not %s", name, value, form)
	}
	return nil
}

var errNoComma = errors.New("there is no comma")

func parsePoint(text string) (geo.Point, error) {
	lat, lon, ok := strings.Cut(text, ",")
	if !ok {
		return geo.Point{}, errNoComma
	}
	var p geo.Point
	var err error
	if p.Lat, err = parseDegrees(lat); err != nil {
		return geo.Point{}, err
	}
	if p.Lon, err = parseDegrees(lon); err != nil {
		return geo.Point{}, err
	}
	return p, nil
}

func parseDegrees(text string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number of degrees", text)
	}
	return v, nil
}
