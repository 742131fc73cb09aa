package engineio

import (
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Config is what a Server is made with.
type Config struct {
	// PingInterval is the pause before each ping, 10ms to 1h.
	PingInterval time.Duration `koanf:"ping_interval"`
	// PingTimeout is how long a pong may take, and the body of a POST, 10ms to 1h.
	PingTimeout time.Duration `koanf:"ping_timeout"`
	// UpgradeTimeout is how long a WebSocket may take over its probe, 10ms to 1h.
	UpgradeTimeout time.Duration `koanf:"upgrade_timeout"`
	// WriteTimeout is how long a client may take nothing of what is being
	// written to it, and how long Conn.Close waits; 10ms to 1h.
	WriteTimeout time.Duration `koanf:"write_timeout"`

	// MaxPayload is the largest inbound message or polling body, in bytes, 1 to
	// 1 GiB; clients are told. It bounds a polling answer of several packets too.
	MaxPayload int `koanf:"max_payload"`

	// StreamFrames and StreamBytes bound the stream lane of one connection.
	// At least 1; an empty lane takes one frame of any size.
	StreamFrames int `koanf:"stream_frames"`
	StreamBytes  int `koanf:"stream_bytes"`
	// StateFrames and StateBytes bound what may wait there when a State frame
	// comes: what is newer makes up for it, so a client that is behind is better
	// served by a fresh one than by a queue of old ones. 0 is the lane's own bound.
	StateFrames int `koanf:"state_frames"`
	StateBytes  int `koanf:"state_bytes"`
	// PriorityFrames and PriorityBytes bound the priority lane likewise.
	PriorityFrames int `koanf:"priority_frames"`
	PriorityBytes  int `koanf:"priority_bytes"`

	// DeflateThreshold is the size in bytes from which frames are offered
	// compressed to clients that negotiated permessage-deflate; 0 turns the
	// extension off.
	DeflateThreshold int `koanf:"deflate_threshold"`
	// PollingPackets is how many packets one polling answer holds at most, 1 or
	// more: python-engineio cuts the connection above 16.
	PollingPackets int `koanf:"polling_packets"`
	// MaxConns is how many connections there may be; 0 is no limit.
	MaxConns int `koanf:"max_conns"`

	// Origins lists the origins that may connect, as browsers send them
	// ("https://example.org"); "*" is all. A request without Origin, or from the
	// same host, always may.
	Origins []string `koanf:"origins"`

	// Allow may refuse a handshake: its error is the message of a 403.
	Allow func(*http.Request) error `koanf:"-"`
	// OnPanic, if set, is told of a panic in a Handler, with the stack. The
	// connection has ended, the process lives on.
	OnPanic func(c *Conn, value any, stack []byte) `koanf:"-"`
}

// DefaultConfig gives the values of the reference server, and bounds.
func DefaultConfig() Config {
	return Config{
		PingInterval:   25 * time.Second,
		PingTimeout:    20 * time.Second,
		UpgradeTimeout: 10 * time.Second,
		WriteTimeout:   10 * time.Second,
		MaxPayload:     1_000_000,
		StreamFrames:   256,
		StreamBytes:    4 << 20,
		PriorityFrames: 256,
		PriorityBytes:  1 << 20,
		PollingPackets: 16,
	}
}

// Validate says which value is out of range; the error starts with its key.
func (c Config) Validate() error {
	for _, d := range []struct {
		key   string
		value time.Duration
	}{
		{"ping_interval", c.PingInterval},
		{"ping_timeout", c.PingTimeout},
		{"upgrade_timeout", c.UpgradeTimeout},
		{"write_timeout", c.WriteTimeout},
	} {
		if d.value < 10*time.Millisecond || d.value > time.Hour {
			return fmt.Errorf("%s: %v is out of range: 10ms to 1h", d.key, d.value)
		}
	}
	for _, n := range []struct {
		key        string
		value, min int
	}{
		{"max_payload", c.MaxPayload, 1},
		{"stream_frames", c.StreamFrames, 1},
		{"stream_bytes", c.StreamBytes, 1},
		{"priority_frames", c.PriorityFrames, 1},
		{"priority_bytes", c.PriorityBytes, 1},
		{"deflate_threshold", c.DeflateThreshold, 0},
		{"polling_packets", c.PollingPackets, 1},
		{"max_conns", c.MaxConns, 0},
	} {
		if n.value < n.min || n.value > 1<<30 {
			return fmt.Errorf("%s: %d is out of range: %d to %d", n.key, n.value, n.min, 1<<30)
		}
	}
	for _, origin := range c.Origins {
		if u, err := url.Parse(origin); origin != "*" && (err != nil || u.Scheme == "" || u.Host == "") {
			return fmt.Errorf("origins: %q is no origin: like https://example.org, or *", origin)
		}
	}
	return nil
}
