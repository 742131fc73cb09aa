package redis_test

import (
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/redis"
)

func TestConfig(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*redis.Config)
		want string // part of the error; "" for none
	}{
		"default":                 {func(*redis.Config) {}, ""},
		"single":                  {func(c *redis.Config) { c.Mode = redis.Single }, ""},
		"several for cluster":     {func(c *redis.Config) { c.Mode, c.Addresses = redis.Cluster, []string{"a:1", "[::1]:2"} }, ""},
		"a mode that is none":     {func(c *redis.Config) { c.Mode = "ring" }, `mode: "ring" is not one of none, single, sentinel, cluster`},
		"several for single":      {func(c *redis.Config) { c.Mode, c.Addresses = redis.Single, []string{"a:1", "b:1"} }, "addresses: 2 are given"},
		"no address":              {func(c *redis.Config) { c.Addresses = nil }, "addresses: the list is empty"},
		"an address without port": {func(c *redis.Config) { c.Addresses = []string{"redis"} }, `addresses: "redis" is not HOST:PORT`},
		"an address without host": {func(c *redis.Config) { c.Addresses = []string{":6379"} }, `addresses: ":6379" is not HOST:PORT`},
		"a port out of range":     {func(c *redis.Config) { c.Addresses = []string{"redis:0"} }, `addresses: port "0"`},
		"sentinel, no master":     {func(c *redis.Config) { c.Mode, c.Master = redis.Sentinel, "" }, "master: "},
		"a user, no password":     {func(c *redis.Config) { c.User = "gate" }, "password: "},
		"a sentinel's user":       {func(c *redis.Config) { c.SentinelUser = "gate" }, "sentinel_password: "},
		"db below 0":              {func(c *redis.Config) { c.DB = -1 }, "db: -1"},
		"db of a cluster":         {func(c *redis.Config) { c.Mode, c.DB = redis.Cluster, 3 }, "db: 3 cannot be"},
		"a prefix with a brace":   {func(c *redis.Config) { c.Prefix = "a{b" }, `prefix: "a{b"`},
		"no prefix":               {func(c *redis.Config) { c.Prefix = "" }, "prefix: "},
		"too short a timeout":     {func(c *redis.Config) { c.ReadTimeout = time.Millisecond }, "read_timeout: 1ms is out of range"},
		"too long a timeout":      {func(c *redis.Config) { c.DialTimeout = time.Hour }, "dial_timeout: 1h0m0s is out of range"},
		"no pool":                 {func(c *redis.Config) { c.PoolSize = 0 }, "pool_size: 0"},
		"a ca without tls":        {func(c *redis.Config) { c.TLS.CA = "ca.pem" }, "tls.enabled: it is false"},
		"a cert without key":      {func(c *redis.Config) { c.TLS = redis.TLS{Enabled: true, Cert: "c.pem"} }, "tls.cert: "},
	} {
		t.Run(name, func(t *testing.T) {
			config := redis.DefaultConfig()
			c.set(&config)
			err := config.Validate()
			if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("Validate() = %v, want %q", err, c.want)
			}
		})
	}
}

func TestCanaryConfig(t *testing.T) {
	for want, c := range map[string]redis.CanaryConfig{
		"": redis.DefaultCanaryConfig(),
		"every: 1ms is out of range: from 100ms to 1m":   {Every: time.Millisecond, Limit: time.Second},
		"limit: 1h0m0s is out of range: from 50ms to 1m": {Every: time.Second, Limit: time.Hour},
	} {
		if err := c.Validate(); (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("Validate() = %v, want %q", err, want)
		}
	}
}

func TestOpenTellsWhatCannotWork(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*redis.Config)
		want string
	}{
		"no redis":          {func(*redis.Config) {}, "mode is none"},
		"not valid":         {func(c *redis.Config) { c.Mode, c.DB = redis.Single, -1 }, "redis: db: -1"},
		"a ca that is none": {func(c *redis.Config) { c.Mode, c.TLS = redis.Single, redis.TLS{Enabled: true, CA: "config.go"} }, "no certificate"},
		"a ca that is away": {func(c *redis.Config) { c.Mode, c.TLS = redis.Single, redis.TLS{Enabled: true, CA: "none.pem"} }, "tls.ca: "},
		"a key that is away": {func(c *redis.Config) {
			c.Mode, c.TLS = redis.Single, redis.TLS{Enabled: true, Cert: "none.pem", Key: "none.pem"}
		}, "tls.cert: "},
	} {
		t.Run(name, func(t *testing.T) {
			config := redis.DefaultConfig()
			c.set(&config)
			if client, err := redis.Open(config); err == nil {
				_ = client.Close()
				t.Error("it opened")
			} else if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
