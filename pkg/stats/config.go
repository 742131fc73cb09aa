package stats

import (
	"fmt"
	"time"
)

// Repeat is how often figures are told that do not change. The topic remembers longer.
const Repeat = 10 * time.Minute

// Config says how often figures are told. The defaults are the reference's.
type Config struct {
	// Tick is how often there is a tick: 1s to 1m, default 10s.
	Tick time.Duration `koanf:"tick"`
	// Update is how often aircraft, top, safety and acars_stats are looked at, and told
	// when they changed: 1s to 10m, default 60s.
	Update time.Duration `koanf:"update"`
	// Quality is that of tracking_quality and geographic: 1s to 10m, default 2m.
	Quality time.Duration `koanf:"quality"`
	// Antenna is that of antenna_analytics, which are large: 5s to 10m, default 5m.
	Antenna time.Duration `koanf:"antenna"`
}

// DefaultConfig is what the reference has.
func DefaultConfig() Config {
	return Config{Tick: 10 * time.Second, Update: time.Minute, Quality: 2 * time.Minute, Antenna: 5 * time.Minute}
}

// Validate names the first value that is out of range.
func (c *Config) Validate() error {
	if c.Tick < time.Second || c.Tick > time.Minute {
		return fmt.Errorf("tick: %v is out of range: from 1s to 1m", c.Tick)
	}
	for _, p := range []struct {
		key          string
		value, least time.Duration
	}{{"update", c.Update, time.Second}, {"quality", c.Quality, time.Second}, {"antenna", c.Antenna, 5 * time.Second}} {
		if p.value < p.least || p.value > Repeat {
			return fmt.Errorf("%s: %v is out of range: from %v to 10m", p.key, p.value, p.least)
		}
	}
	return nil
}
