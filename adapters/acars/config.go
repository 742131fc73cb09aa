package acars

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The ports of addresses that name none.
const (
	listenPort  = "5550"
	connectPort = "15550"
)

// Config says where messages come from.
type Config struct {
	// Name is what the source is called in logs and in its status; the default is "acars".
	Name string `koanf:"name"`
	// Endpoints are where messages come from. Decoders send them to udp://HOST:PORT
	// and to tcp-listen://HOST:PORT, addresses of this machine, all of them without
	// a host (tcp://:PORT is that too). From tcp://HOST:PORT they are fetched: that
	// is where an acars_router serves them. The default is udp and tcp on the ports
	// that decoders use, 5550 (acarsdec) and 5555 (VDL2).
	Endpoints []string `koanf:"endpoints"`
	// Silence is how long nothing may come before the source is called stale, and a
	// connection that was made from here is made anew: 10s to 24h, default 10m.
	Silence time.Duration `koanf:"silence"`
}

// DefaultConfig waits for decoders on the ports that they use.
func DefaultConfig() Config {
	return Config{
		Name:      "acars",
		Endpoints: []string{"udp://:5550", "tcp://:5550", "udp://:5555", "tcp://:5555"},
		Silence:   10 * time.Minute,
	}
}

// ParseAddress reads what a command line says in one text: an endpoint, or
// several with commas between them.
func ParseAddress(address string) (Config, error) {
	c := DefaultConfig()
	c.Endpoints = strings.Split(address, ",")
	if err := c.Validate(); err != nil {
		return Config{}, err
	}
	return c, nil
}

// Validate names the first value that cannot be.
func (c Config) Validate() error {
	if _, err := c.parse(); err != nil {
		return err
	}
	if c.Silence < 10*time.Second || c.Silence > 24*time.Hour {
		return fmt.Errorf("silence: %v is out of range: from 10s to 24h", c.Silence)
	}
	return nil
}

// parse reads the endpoints.
func (c Config) parse() ([]endpoint, error) {
	if len(c.Endpoints) == 0 {
		return nil, errors.New("endpoints: is empty: want one or several, such as udp://:5550")
	}
	list := make([]endpoint, 0, len(c.Endpoints))
	known := map[endpoint]bool{}
	for i, text := range c.Endpoints {
		e, err := parseEndpoint(text)
		if err == nil && known[e] {
			err = fmt.Errorf("%s is there twice", e)
		}
		if err != nil {
			return nil, fmt.Errorf("endpoints[%d]: %w", i, err)
		}
		known[e] = true
		list = append(list, e)
	}
	return list, nil
}

// endpoint is one place that messages come from.
type endpoint struct {
	network string // udp or tcp
	address string // HOST:PORT
	listen  bool
}

func (e endpoint) String() string {
	if e.listen && e.network == "tcp" {
		return "tcp-listen://" + e.address
	}
	return e.network + "://" + e.address
}

func parseEndpoint(text string) (endpoint, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Opaque != "" {
		return endpoint{}, errors.New("is not an address: write it like udp://:5550 or tcp://192.168.1.10:15550")
	}
	if u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return endpoint{}, errors.New("has more than a host and a port")
	}
	e := endpoint{network: u.Scheme}
	switch u.Scheme {
	case "udp":
		e.listen = true
	case "tcp":
		e.listen = everyAddress(u.Hostname())
	case "tcp-listen":
		e.network, e.listen = "tcp", true
	default:
		return endpoint{}, errors.New("must begin with udp://, tcp:// or tcp-listen://")
	}
	port := u.Port()
	if _, err := strconv.ParseUint(u.Hostname(), 10, 16); err == nil && port == "" {
		return endpoint{}, fmt.Errorf("has no port: write %s://:%s", u.Scheme, u.Hostname())
	}
	switch {
	case port != "":
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return endpoint{}, fmt.Errorf("%s is no port", port)
		}
	case e.listen:
		port = listenPort
	default:
		port = connectPort
	}
	e.address = net.JoinHostPort(u.Hostname(), port)
	return e, nil
}

// everyAddress says whether a host stands for all addresses of this machine.
func everyAddress(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "" || err == nil && ip.IsUnspecified()
}
