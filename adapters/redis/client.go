package redis

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Client is a connection to Redis, however that is set up. It is safe for concurrent
// use.
type Client struct {
	goredis.UniversalClient
	config Config
	tls    *tls.Config
	outage *outage // common to all that were made from one
}

// Open gives a client. It does not wait for the server, which may come later
// ([Client.Ping] asks for it); the error is of settings that cannot work.
func Open(config Config) (*Client, error) {
	if !config.Enabled() {
		return nil, errors.New("redis: mode is none")
	}
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("redis: %w", err)
	}
	secure, err := config.TLS.load()
	if err != nil {
		return nil, fmt.Errorf("redis: %w", err)
	}
	c := &Client{config: config, tls: secure, outage: newOutage()}
	c.UniversalClient = c.connect(config.PoolSize, retries)
	return c, nil
}

// Blocking gives a second client of the same server, for calls that wait for what
// comes: they hold a connection each, which the others need, and end only when it is
// closed, whatever their context says. most is how many wait at a time.
func (c *Client) Blocking(most int) *Client {
	other := *c
	other.UniversalClient = c.connect(most, retries)
	return &other
}

// Once gives a second client of the same server that sends no command twice, for what
// must not happen twice; who has it closes it. A Cluster's answer that another node has
// a key (MOVED) is then an error of the command, too.
func (c *Client) Once(poolSize int) *Client {
	other := *c
	other.UniversalClient = c.connect(poolSize, -1)
	return &other
}

// retries: who calls knows better when to try again; one more try is for a connection
// that has died while it was idle.
const retries = 1

func (c *Client) connect(poolSize, retries int) goredis.UniversalClient {
	options := &goredis.UniversalOptions{
		Addrs:            c.config.Addresses,
		ClientName:       "skygate",
		DB:               c.config.DB,
		Username:         c.config.User,
		Password:         c.config.Password,
		SentinelUsername: c.config.SentinelUser,
		SentinelPassword: c.config.SentinelPassword,
		DialTimeout:      c.config.DialTimeout,
		ReadTimeout:      c.config.ReadTimeout,
		WriteTimeout:     c.config.WriteTimeout,
		PoolTimeout:      c.config.ReadTimeout,
		PoolSize:         poolSize,
		TLSConfig:        c.tls,
		// A call's own deadline counts, too.
		ContextTimeoutEnabled:    true,
		MaxRetries:               retries,
		MaxRetryBackoff:          50 * time.Millisecond,
		DialerRetries:            1,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if c.config.Mode == Cluster {
		if options.MaxRedirects = 3; retries < 0 {
			options.MaxRedirects = -1
		}
		return goredis.NewClusterClient(options.Cluster())
	}
	if c.config.Mode == Sentinel {
		options.MasterName = c.config.Master
		return goredis.NewFailoverClient(options.Failover())
	}
	return goredis.NewClient(options.Simple())
}

// Config gives the settings that the client was opened with.
func (c *Client) Config() Config { return c.config }

// Key names something of a topic, or of another thing with a name. All of one name
// are on one node of a Cluster.
func (c *Client) Key(name, what string) string {
	return "{" + c.config.Prefix + ":" + name + "}:" + what
}

// Channel names a channel of pub/sub.
func (c *Client) Channel(name string) string { return c.config.Prefix + ":" + name }

// Node gives the client of the one server that holds a key, for commands that go along
// with another over the same connection.
func (c *Client) Node(ctx context.Context, key string) (*goredis.Client, error) {
	switch u := c.UniversalClient.(type) {
	case *goredis.ClusterClient:
		return u.MasterForKey(ctx, key)
	case *goredis.Client:
		return u, nil
	default:
		return nil, fmt.Errorf("redis: a client of type %T", u)
	}
}

func (t TLS) load() (*tls.Config, error) {
	if !t.Enabled {
		return nil, nil
	}
	out := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	if t.CA != "" {
		pem, err := os.ReadFile(t.CA)
		if err != nil {
			return nil, fmt.Errorf("tls.ca: %w", err)
		}
		out.RootCAs = x509.NewCertPool()
		if !out.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("tls.ca: %s has no certificate in PEM form", t.CA)
		}
	}
	if t.Cert != "" {
		own, err := tls.LoadX509KeyPair(t.Cert, t.Key)
		if err != nil {
			return nil, fmt.Errorf("tls.cert: %w", err)
		}
		out.Certificates = []tls.Certificate{own}
	}
	return out, nil
}
