package publish

import (
	"fmt"
	"time"

	"github.com/skygate-io/skygate/pkg/feed"
)

// Config bounds what one key may publish.
type Config struct {
	// Rate is how many events a second, on average: above 0, up to 100000. Default
	// 100. A request costs one at least.
	Rate float64 `koanf:"rate"`
	// Burst is how many at once, and in one request: 1 to 10000. Default 500.
	Burst int `koanf:"burst"`
	// MaxBody is the largest body of a request, in bytes: 1024 to 67108864. Default
	// 1 MiB.
	MaxBody int64 `koanf:"max_body"`
}

// DefaultConfig gives the defaults.
func DefaultConfig() Config { return Config{Rate: 100, Burst: 500, MaxBody: 1 << 20} }

// Validate names the first value that is out of range.
func (c Config) Validate() error {
	switch {
	case !(c.Rate > 0 && c.Rate <= 100_000):
		return fmt.Errorf("rate: %v is out of range: above 0 and up to 100000 (events a second)", c.Rate)
	case c.Burst < 1 || c.Burst > 10_000:
		return fmt.Errorf("burst: %d is out of range: from 1 to 10000 (events)", c.Burst)
	case c.MaxBody < 1024 || c.MaxBody > 64<<20:
		return fmt.Errorf("max_body: %d is out of range: from 1024 to 67108864 (bytes)", c.MaxBody)
	}
	return nil
}

// Remember is how long a request that is sent again is known for that, and of how
// many events of a topic: what the publishers of topics are made with.
var Remember = feed.Remember{For: time.Hour, Most: 10_000}
