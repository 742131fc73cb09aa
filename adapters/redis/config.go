package redis

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The ways in which Redis is set up.
const (
	None     = "none"
	Single   = "single"
	Sentinel = "sentinel"
	Cluster  = "cluster"
)

var modes = []string{None, Single, Sentinel, Cluster}

// Config says where Redis is, and how it is reached.
type Config struct {
	// Mode is how it is set up: none (the default: this process runs alone), single,
	// sentinel or cluster.
	Mode string `koanf:"mode"`
	// Addresses are HOST:PORT, one for a single server, else several of the Sentinels or
	// of the Cluster's nodes; they name the others. Default 127.0.0.1:6379.
	Addresses []string `koanf:"addresses"`
	// Master is the name that Sentinels know the master by; only with sentinel. Default
	// mymaster.
	Master string `koanf:"master"`
	// User and Password are of an ACL; a password alone is the user "default"'s. Default
	// none.
	User     string `koanf:"user"`
	Password string `koanf:"password"`
	// SentinelUser and SentinelPassword are for the Sentinels themselves. Default none.
	SentinelUser     string `koanf:"sentinel_user"`
	SentinelPassword string `koanf:"sentinel_password"`
	// DB is the number of the database: 0 to 1000, default 0. A Cluster has only 0.
	DB int `koanf:"db"`
	// Prefix begins every key and channel, so that several can share a server: 1 to 40
	// letters, digits and "_", "-", ".". Default skygate.
	Prefix string `koanf:"prefix"`
	TLS    TLS    `koanf:"tls"`
	// DialTimeout, ReadTimeout and WriteTimeout are how long connecting, an answer and a
	// command may take: 50ms to 1m, default 2s each.
	DialTimeout  time.Duration `koanf:"dial_timeout"`
	ReadTimeout  time.Duration `koanf:"read_timeout"`
	WriteTimeout time.Duration `koanf:"write_timeout"`
	// PoolSize is how many connections are open to one server at most, beside those that
	// wait for what comes: 1 to 1000, default 16.
	PoolSize int `koanf:"pool_size"`
}

// TLS says how connections are encrypted.
type TLS struct {
	// Enabled is whether they are. Default false.
	Enabled bool `koanf:"enabled"`
	// CA is a file (PEM) with the authorities that are trusted; "" (the default) are the system's.
	CA string `koanf:"ca"`
	// Cert and Key are files (PEM) by which this process makes itself known; default none.
	Cert string `koanf:"cert"`
	Key  string `koanf:"key"`
	// ServerName is the name that the server's certificate is to be of; "" (the
	// default) is the host of the address.
	ServerName string `koanf:"server_name"`
}

// DefaultConfig is of a process that runs alone.
func DefaultConfig() Config {
	return Config{
		Mode:         None,
		Addresses:    []string{"127.0.0.1:6379"},
		Master:       "mymaster",
		Prefix:       "skygate",
		DialTimeout:  2 * time.Second,
		ReadTimeout:  2 * time.Second,
		WriteTimeout: 2 * time.Second,
		PoolSize:     16,
	}
}

// Enabled says whether there is a Redis.
func (c Config) Enabled() bool { return c.Mode != None && c.Mode != "" }

var prefixes = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,40}$`)

// Validate names the first value that cannot be.
func (c Config) Validate() error {
	if !slices.Contains(modes, c.Mode) {
		return fmt.Errorf("mode: %q is not one of %s", c.Mode, strings.Join(modes, ", "))
	}
	switch {
	case c.Mode == Sentinel && c.Master == "":
		return errors.New("master: the name that the Sentinels know the master by is missing")
	case c.Mode == Single && len(c.Addresses) > 1:
		return fmt.Errorf("addresses: %d are given, but mode single has one; several are for sentinel and cluster", len(c.Addresses))
	case c.User != "" && c.Password == "":
		return errors.New("password: it is missing; a user has one")
	case c.SentinelUser != "" && c.SentinelPassword == "":
		return errors.New("sentinel_password: it is missing; a user has one")
	case c.DB < 0 || c.DB > 1000:
		return fmt.Errorf("db: %d is out of range: from 0 to 1000", c.DB)
	case c.Mode == Cluster && c.DB != 0:
		return fmt.Errorf("db: %d cannot be: a Cluster has only 0", c.DB)
	case !prefixes.MatchString(c.Prefix):
		return fmt.Errorf("prefix: %q cannot be: 1 to 40 letters, digits, \"_\", \"-\" and \".\"", c.Prefix)
	case c.PoolSize < 1 || c.PoolSize > 1000:
		return fmt.Errorf("pool_size: %d is out of range: from 1 to 1000", c.PoolSize)
	}
	return cmp.Or(c.validateAddresses(), c.validateTimeouts(), c.TLS.validate())
}

func (c Config) validateTimeouts() error {
	for _, t := range []struct {
		name string
		d    time.Duration
	}{{"dial_timeout", c.DialTimeout}, {"read_timeout", c.ReadTimeout}, {"write_timeout", c.WriteTimeout}} {
		if t.d < 50*time.Millisecond || t.d > time.Minute {
			return fmt.Errorf("%s: %v is out of range: from 50ms to 1m", t.name, t.d)
		}
	}
	return nil
}

func (c Config) validateAddresses() error {
	if len(c.Addresses) == 0 {
		return errors.New("addresses: the list is empty; 127.0.0.1:6379 is a server on this machine")
	}
	for _, address := range c.Addresses {
		host, port, err := net.SplitHostPort(address)
		if err != nil || host == "" {
			return fmt.Errorf("addresses: %q is not HOST:PORT, such as 127.0.0.1:6379", address)
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return fmt.Errorf("addresses: port %q of %q is out of range: from 1 to 65535", port, address)
		}
	}
	return nil
}

func (t TLS) validate() error {
	switch {
	case !t.Enabled && (t.CA != "" || t.Cert != "" || t.Key != "" || t.ServerName != ""):
		return errors.New("tls.enabled: it is false, but something is set beside it; set it to true or take the rest out")
	case (t.Cert == "") != (t.Key == ""):
		return errors.New("tls.cert: cert and key are given together or not at all")
	}
	return nil
}

// CanaryConfig says how it is looked whether Redis delivers.
type CanaryConfig struct {
	// Every is the time between two messages that are sent to see whether they come
	// back: 100ms to 1m, default 1s.
	Every time.Duration `koanf:"every"`
	// Limit is how long they may take until the process is not ready: 50ms to 1m,
	// default 2s.
	Limit time.Duration `koanf:"limit"`
}

// DefaultCanaryConfig sees within seconds what others see.
func DefaultCanaryConfig() CanaryConfig {
	return CanaryConfig{Every: time.Second, Limit: 2 * time.Second}
}

// Validate names the first value that is out of range.
func (c CanaryConfig) Validate() error {
	switch {
	case c.Every < 100*time.Millisecond || c.Every > time.Minute:
		return fmt.Errorf("every: %v is out of range: from 100ms to 1m", c.Every)
	case c.Limit < 50*time.Millisecond || c.Limit > time.Minute:
		return fmt.Errorf("limit: %v is out of range: from 50ms to 1m", c.Limit)
	}
	return nil
}
