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

// Config says which decoder to read. It is what the configurations of all sources
// of lines have in common: each holds one, squashed.
type Config struct {
	// Name is what the source is called in logs; the default is its kind.
	Name string `koanf:"name"`
	// Connect is where the decoder serves its lines, HOST or HOST:PORT; the default
	// of the port is the customary one of the kind. Required.
	Connect string `koanf:"connect"`
	// Timeout is how long the other side may send no line before the connection
	// counts as dead: 1s to 1h, default 2m.
	Timeout time.Duration `koanf:"timeout"`
	// Receiver is the position that distances are measured from; default nil,
	// unknown.
	Receiver *geo.Point `koanf:"receiver"`
}

// At is the default configuration of a kind, for a decoder at an address as a
// command line has it: HOST or HOST:PORT, "" when that is not known yet.
func At(kind, address string) Config {
	return Config{Name: kind, Connect: address, Timeout: DefaultTimeout}
}

// ValidateFor names the values that cannot be; port is the customary one.
func (c Config) ValidateFor(port int) error {
	var wrong []error
	if _, err := c.endpoint(port); err != nil {
		wrong = append(wrong, fmt.Errorf("connect: %w", err))
	}
	if c.Timeout < time.Second || c.Timeout > time.Hour {
		wrong = append(wrong, fmt.Errorf("timeout: %v is out of range: from 1s to 1h", c.Timeout))
	}
	if c.Receiver != nil {
		if err := c.Receiver.Check(); err != nil {
			wrong = append(wrong, fmt.Errorf("receiver: %w", err))
		}
	}
	return errors.Join(wrong...)
}

// endpoint gives Connect as HOST:PORT; usual is the port when it has none.
func (c Config) endpoint(usual int) (string, error) {
	if c.Connect == "" {
		return "", fmt.Errorf("is missing: the HOST:PORT of the decoder, such as 192.168.1.10:%d", usual)
	}
	host, port, err := net.SplitHostPort(c.Connect)
	if bare, ok := bareHost(c.Connect); ok && err != nil {
		host, port, err = bare, strconv.Itoa(usual), nil
	}
	if err != nil || host == "" || strings.ContainsAny(host, "/?#@[] ") {
		return "", fmt.Errorf("%q is not HOST:PORT, such as 192.168.1.10:%d", c.Connect, usual)
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
