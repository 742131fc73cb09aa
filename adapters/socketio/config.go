package socketio

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/engineio"
)

// Config is what an operator may set about the Socket.IO server.
type Config struct {
	// Path is where the server answers, by default /socket.io.
	Path string `koanf:"path"`
	// Origins are the browser origins that may connect; "*" allows all of them.
	Origins []string `koanf:"origins"`
	// PingInterval is how often a connection is asked whether it lives: 1s to 5m.
	PingInterval time.Duration `koanf:"ping_interval"`
	// PingTimeout is how long it may take to answer: 1s to 5m.
	PingTimeout time.Duration `koanf:"ping_timeout"`
	// MaxPayload is the largest message taken from a client, in bytes: 1,024 to 64 MiB.
	MaxPayload int64 `koanf:"max_payload"`
	// DeflateThreshold is the size in bytes from which messages are compressed for
	// clients that can take that: 0 (never) to 1 MiB.
	DeflateThreshold int `koanf:"deflate_threshold"`
}

// DefaultConfig holds the defaults of the reference server: ping every 25 s,
// 20 s to answer, messages up to 1,000,000 bytes.
func DefaultConfig() Config {
	return Config{
		Path:         "/socket.io",
		Origins:      []string{"*"},
		PingInterval: 25 * time.Second,
		PingTimeout:  20 * time.Second,
		MaxPayload:   1_000_000,

		DeflateThreshold: 1024,
	}
}

// engine gives the settings of the engine below.
func (c Config) engine() engineio.Config {
	e := engineio.DefaultConfig()
	e.PingInterval, e.PingTimeout = c.PingInterval, c.PingTimeout
	e.MaxPayload = int(c.MaxPayload)
	e.Origins = c.Origins
	e.DeflateThreshold = c.DeflateThreshold
	// An application's events come in bursts and cannot be dropped; a topic's state
	// that waits is old: ten updates of it are two seconds.
	e.StreamFrames, e.StreamBytes = 4096, 16<<20
	e.StateFrames, e.StateBytes = 64, 4<<20
	// An answer may be megabytes, and goes out twice: as the event, and as the
	// acknowledgement.
	e.PriorityFrames, e.PriorityBytes = 1024, 16<<20
	return e
}

var (
	pathForm   = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+$`)
	originForm = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://[a-z0-9.\[\]:-]+$`)
)

// badOrigin says whether no browser can send this origin. ("null" is a page that
// was opened from a file.)
func badOrigin(origin string) bool {
	return origin != "*" && origin != "null" && !originForm.MatchString(origin)
}

// Validate names the first value that is out of range.
func (c Config) Validate() error {
	switch {
	case !pathForm.MatchString(c.Path) || path.Clean(c.Path) != c.Path:
		return fmt.Errorf("path: %q is not like /socket.io: folders of letters, digits and . _ ~ -, without / at the end", c.Path)
	case len(c.Origins) == 0:
		return errors.New("origins: the list is empty: name the allowed origins, or \"*\"")
	case !slices.ContainsFunc(c.Origins, badOrigin):
	default:
		bad := c.Origins[slices.IndexFunc(c.Origins, badOrigin)]
		return fmt.Errorf("origins: %q is not like https://map.example or https://map.example:8443 (in lower case, nothing behind the host)", bad)
	}
	switch {
	case c.PingInterval < time.Second || c.PingInterval > 5*time.Minute:
		return fmt.Errorf("ping_interval: %v is out of range: from 1s to 5m", c.PingInterval)
	case c.PingTimeout < time.Second || c.PingTimeout > 5*time.Minute:
		return fmt.Errorf("ping_timeout: %v is out of range: from 1s to 5m", c.PingTimeout)
	case c.MaxPayload < 1<<10 || c.MaxPayload > 64<<20:
		return fmt.Errorf("max_payload: %d is out of range: from 1024 to 67108864 (bytes)", c.MaxPayload)
	}
	if c.DeflateThreshold < 0 || c.DeflateThreshold > 1<<20 {
		return fmt.Errorf("deflate_threshold: %d is out of range: from 0 to 1048576 (bytes)", c.DeflateThreshold)
	}
	return nil
}
