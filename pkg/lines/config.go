package lines

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
)

// DefaultTimeout is twice as long as decoders are silent when they have nothing
// to tell: they send a blank line a minute.
const DefaultTimeout = 2 * time.Minute

// Config says where lines come from. Who has a Config of its own makes one of it,
// with settings of the same names.
type Config struct {
	// Name is what the source is called in logs.
	Name string
	// Connect is where to connect to, HOST or HOST:PORT.
	Connect string
	// Port is the port when Connect has none.
	Port int
	// Timeout is how long the other side may send no line before the connection
	// counts as dead: 1s to 1h.
	Timeout time.Duration
	// Receiver is told in the source's status; nil when its position is unknown.
	Receiver *geo.Point
}

// Validate names the first value that cannot be.
func (c Config) Validate() error {
	if _, err := c.endpoint(); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	switch {
	case c.Timeout < time.Second || c.Timeout > time.Hour:
		return fmt.Errorf("timeout: %v is out of range: from 1s to 1h", c.Timeout)
	case c.Receiver != nil && !c.Receiver.Valid():
		return fmt.Errorf("receiver: %v, %v is no position: lat is from -90 to 90, lon from -180 to 180", c.Receiver.Lat, c.Receiver.Lon)
	}
	return nil
}

// endpoint gives Connect as HOST:PORT.
func (c Config) endpoint() (string, error) {
	if c.Connect == "" {
		return "", fmt.Errorf("is missing: the HOST:PORT of the decoder, such as 192.168.1.10:%d", c.Port)
	}
	host, port, err := net.SplitHostPort(c.Connect)
	if bare, ok := bareHost(c.Connect); ok && err != nil {
		host, port, err = bare, strconv.Itoa(c.Port), nil
	}
	if err != nil || host == "" || strings.ContainsAny(host, "/?#@[] ") {
		return "", fmt.Errorf("%q is not HOST:PORT, such as 192.168.1.10:%d", c.Connect, c.Port)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", errors.New("port " + strconv.Quote(port) + " is out of range: a number from 1 to 65535")
	}
	return net.JoinHostPort(host, port), nil
}

// bareHost gives the host, if an address is one without a port.
func bareHost(address string) (string, bool) {
	if strings.HasPrefix(address, "[") && strings.HasSuffix(address, "]") {
		address = address[1 : len(address)-1]
	}
	_, err := netip.ParseAddr(address)
	return address, err == nil || !strings.Contains(address, ":")
}
