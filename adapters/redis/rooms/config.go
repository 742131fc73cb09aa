package rooms

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The formats of Node's adapter.
const (
	Off     = "off"
	Classic = "classic"
	Sharded = "sharded"
)

// Config says how processes talk of their rooms. All of one cluster, those of
// Node too, must have the same mode, prefix and subscription mode.
type Config struct {
	// Mode is the format: classic (the default, as createAdapter), sharded (as
	// createShardedAdapter; Redis 7), or off: each process has its rooms for itself.
	Mode string `koanf:"mode"`
	// Prefix begins every channel, as Node's options key and channelPrefix: 1 to 40
	// letters, digits and "_", "-", ".". Default socket.io.
	Prefix string `koanf:"prefix"`
	// SubscriptionMode says, in mode sharded, which rooms have a channel of their own:
	// dynamic (the default: all but those of single sockets), dynamic-private (all) or
	// static (none).
	SubscriptionMode string `koanf:"subscription_mode"`
	// PythonChannel is where python-socketio's RedisManager(write_only=True) publishes;
	// "" is for not hearing it. Default socketio.
	PythonChannel string `koanf:"python_channel"`
	// RequestTimeout is how long other processes may take to answer: 100ms to 1m,
	// default 5s.
	RequestTimeout time.Duration `koanf:"request_timeout"`
	// QueueMessages and QueueBytes bound what waits for Redis: 16 to 1,000,000, default
	// 8192, and 1,000,000 to 1 GiB, default 32 MiB. What is oldest is dropped for what is new.
	QueueMessages int `koanf:"queue_messages"`
	QueueBytes    int `koanf:"queue_bytes"`
	// MaxPayload is the largest event that is taken from others, in bytes: 1,024 to
	// 16 MiB, default 1,000,000. Clients cut the connection at more than they expect.
	MaxPayload int `koanf:"max_payload"`
}

// DefaultConfig is what Node's adapter has.
func DefaultConfig() Config {
	return Config{
		Mode:             Classic,
		Prefix:           "socket.io",
		SubscriptionMode: subscribeDynamic,
		PythonChannel:    "socketio",
		RequestTimeout:   5 * time.Second,
		QueueMessages:    8192,
		QueueBytes:       32 << 20,
		MaxPayload:       1_000_000,
	}
}

var (
	modes             = []string{Off, Classic, Sharded}
	subscriptionModes = []string{subscribeStatic, subscribeDynamic, subscribeAllPrivate}
	prefixes          = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,40}$`)
	pythonChannels    = regexp.MustCompile(`^[!-~]{0,100}$`)
)

// Validate names the first value that cannot be.
func (c Config) Validate() error {
	switch {
	case !slices.Contains(modes, c.Mode):
		return fmt.Errorf("mode: %q is not one of %s", c.Mode, strings.Join(modes, ", "))
	case !prefixes.MatchString(c.Prefix):
		return fmt.Errorf("prefix: %q cannot be: 1 to 40 letters, digits, \"_\", \"-\" and \".\"", c.Prefix)
	case !slices.Contains(subscriptionModes, c.SubscriptionMode):
		return fmt.Errorf("subscription_mode: %q is not one of %s", c.SubscriptionMode, strings.Join(subscriptionModes, ", "))
	case !pythonChannels.MatchString(c.PythonChannel):
		return fmt.Errorf("python_channel: %q cannot be: up to 100 characters without spaces", c.PythonChannel)
	case c.RequestTimeout < 100*time.Millisecond || c.RequestTimeout > time.Minute:
		return fmt.Errorf("request_timeout: %v is out of range: from 100ms to 1m", c.RequestTimeout)
	case c.QueueMessages < 16 || c.QueueMessages > 1_000_000:
		return fmt.Errorf("queue_messages: %d is out of range: from 16 to 1000000", c.QueueMessages)
	case c.QueueBytes < 1_000_000 || c.QueueBytes > 1<<30:
		return fmt.Errorf("queue_bytes: %d is out of range: from 1000000 to 1073741824", c.QueueBytes)
	case c.MaxPayload < 1<<10 || c.MaxPayload > 16<<20:
		return fmt.Errorf("max_payload: %d is out of range: from 1024 to 16777216", c.MaxPayload)
	}
	return nil
}
