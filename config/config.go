// Package config says how the program is set up: built-in defaults, then a YAML
// file, then the environment, then flags; the later wins, key by key.
//
// It composes the Config structs of the rooms. What a key means, its default
// and its range are the room's; its name is where it stands: topics.aircraft.ttl.
// Whatever is not understood is an error that names the key: a setting that
// silently does nothing is worse than none.
//
// Everything here is a function of its arguments and of the file that they
// name. A Config is not changed after it is loaded.
package config

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skygate-io/skygate/adapters/keys"
	"github.com/skygate-io/skygate/adapters/publish"
	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/lease"
	"github.com/skygate-io/skygate/adapters/redis/presence"
	"github.com/skygate-io/skygate/adapters/redis/rooms"
	"github.com/skygate-io/skygate/adapters/redis/streams"
	"github.com/skygate-io/skygate/adapters/rest"
	"github.com/skygate-io/skygate/adapters/rulestore"
	"github.com/skygate-io/skygate/adapters/socketio"
	"github.com/skygate-io/skygate/adapters/webhook"
	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/safety"
	"github.com/skygate-io/skygate/pkg/stats"
	"github.com/skygate-io/skygate/pkg/topic"
)

// policies are the topics that an operator may set.
func policies() []topic.Policy {
	return []topic.Policy{root.Aircraft()}
}

// Config is all that an operator may set.
type Config struct {
	// Listen is the address that clients connect to, HOST:PORT. Without a host
	// it is every address of the machine, with port 0 a free port. Default :8080.
	Listen string `koanf:"listen"`
	// ShutdownTimeout is how long clients and sources may take to finish when
	// the program is told to end: 0s to 5m, default 10s.
	ShutdownTimeout time.Duration `koanf:"shutdown_timeout"`
	Log             Log           `koanf:"log"`
	// Receiver is where the receiver stands; nil (the default) when that is not
	// known.
	Receiver *geo.Point `koanf:"receiver"`
	// Topics holds an entry for each topic, by its name.
	Topics map[string]topic.Config `koanf:"topics"`
	// EventTopics are topics of events of the operator's own, by their names; what is
	// in them is published over HTTP. Default none.
	EventTopics map[string]topic.Own `koanf:"event_topics"`
	// Safety are the thresholds from which on aircraft are told to be in danger.
	Safety safety.Config `koanf:"safety"`
	// Stats says how often figures are told.
	Stats stats.Config `koanf:"stats"`
	// Rules is where users' alert rules are kept, Webhook how their alerts are sent on.
	Rules    rulestore.Config `koanf:"rules"`
	Webhook  webhook.Config   `koanf:"webhook"`
	Batch    batch.Config     `koanf:"batch"`
	SocketIO socketio.Config  `koanf:"socketio"`
	// Limits bound what each client may ask for.
	Limits gateway.Limits `koanf:"limits"`
	// REST bounds what each address may ask for over HTTP.
	REST gateway.Limit `koanf:"rest"`
	// Auth says who may connect, and do what. Of the keys in it only the hashes are
	// left after [Load].
	Auth keys.Config `koanf:"auth"`
	// Publish bounds what is published over HTTP.
	Publish publish.Config `koanf:"publish"`
	// Redis is where the processes of a cluster meet; by default there is none. Cluster
	// says how they work together there.
	Redis   redis.Config `koanf:"redis"`
	Cluster Cluster      `koanf:"cluster"`
	// Sources are where aircraft come from, at least one, unless others of a cluster
	// have some. They come from one place as a whole: a list replaces the list of an
	// earlier place.
	Sources []Source `koanf:"-"`

	// origins says where a key's value comes from; a default has no entry.
	origins map[string]string
}

// Log says what is logged, and how.
type Log struct {
	// Level is the least that is logged: trace, debug, info, warn or error.
	// Default info.
	Level string `koanf:"level"`
	// Format is json (one object a line), console (for people), or auto (the
	// default): console where a person looks on, json elsewhere.
	Format string `koanf:"format"`
}

var (
	logLevels  = []string{"trace", "debug", "info", "warn", "error"}
	logFormats = []string{"auto", "json", "console"}
)

// maxShutdownTimeout is the longest that anything that stops a program waits.
const maxShutdownTimeout = 5 * time.Minute

// Default is what runs when nothing is set: simulated traffic on port 8080.
func Default() Config {
	c := Config{
		Listen:          ":8080",
		ShutdownTimeout: 10 * time.Second,
		Log:             Log{Level: "info", Format: "auto"},
		Topics:          map[string]topic.Config{},
		EventTopics:     map[string]topic.Own{},
		Safety:          safety.DefaultConfig(),
		Stats:           stats.DefaultConfig(),
		Rules:           rulestore.DefaultConfig(),
		Webhook:         webhook.DefaultConfig(),
		Batch:           batch.DefaultConfig(),
		SocketIO:        socketio.DefaultConfig(),
		Limits:          gateway.DefaultLimits(),
		REST:            rest.DefaultLimit(),
		Auth:            keys.DefaultConfig(),
		Publish:         publish.DefaultConfig(),
		Redis:           redis.DefaultConfig(),
		Cluster:         DefaultCluster(),
		Sources:         defaultSources(),
	}
	for _, policy := range policies() {
		c.Topics[policy.Name] = policy.Config()
	}
	return c
}

// Validate names every value that is out of range, by its full key. What it returns is made of [Error]s, one or several joined.
func (c *Config) Validate() error {
	defaults := Default()
	problems := []error{
		at("", validateListen(c.Listen)),
		at("", c.validateShutdown()),
		at("receiver", validateReceiver(c.Receiver)),
		every("log", c.Log, defaults.Log, func(v *Log) error { return v.Validate() }),
		every("safety", c.Safety, defaults.Safety, func(v *safety.Config) error { return v.Validate() }),
		every("stats", c.Stats, defaults.Stats, func(v *stats.Config) error { return v.Validate() }),
		every("rules", c.Rules, defaults.Rules, func(v *rulestore.Config) error { return v.Validate() }),
		every("webhook", c.Webhook, defaults.Webhook, func(v *webhook.Config) error { return v.Validate() }),
		every("batch", c.Batch, defaults.Batch, func(v *batch.Config) error { return v.Validate() }),
		every("socketio", c.SocketIO, defaults.SocketIO, func(v *socketio.Config) error { return v.Validate() }),
		every("limits", c.Limits, defaults.Limits, func(v *gateway.Limits) error { return v.Validate() }),
		every("rest", c.REST, defaults.REST, func(v *gateway.Limit) error { return v.Validate() }),
		every("auth", c.Auth, defaults.Auth, func(v *keys.Config) error { return v.Validate() }),
		every("publish", c.Publish, defaults.Publish, func(v *publish.Config) error { return v.Validate() }),
		every("redis", c.Redis, defaults.Redis, func(v *redis.Config) error { return v.Validate() }),
		every("cluster.streams", c.Cluster.Streams, defaults.Cluster.Streams, func(v *streams.Config) error { return v.Validate() }),
		every("cluster.lease", c.Cluster.Lease, defaults.Cluster.Lease, func(v *lease.Config) error { return v.Validate() }),
		every("cluster.rooms", c.Cluster.Rooms, defaults.Cluster.Rooms, func(v *rooms.Config) error { return v.Validate() }),
		every("cluster.canary", c.Cluster.Canary, defaults.Cluster.Canary, func(v *redis.CanaryConfig) error { return v.Validate() }),
		every("cluster.presence", c.Cluster.Presence, defaults.Cluster.Presence, func(v *presence.Config) error { return v.Validate() }),
	}
	problems = append(problems, c.validateOwnTopics()...)
	problems = append(problems, c.validatePermissions()...)
	for _, policy := range policies() {
		problems = append(problems, every("topics."+policy.Name, c.Topics[policy.Name], policy.Config(), func(v *topic.Config) error { return v.Validate() }))
	}
	if len(c.Sources) == 0 && !c.Redis.Enabled() {
		problems = append(problems, &Error{Key: "sources", Err: errors.New("the list is empty; it may be only with redis (redis.mode is none), where other processes have sources")})
	}
	for i, source := range c.Sources {
		if source.Config != nil { // else it could not be read
			problems = append(problems, everyOfSource(sourceKey(i), source))
		}
	}
	return errors.Join(problems...)
}

func validateListen(address string) error {
	_, port, err := net.SplitHostPort(address)
	if _, number := strconv.ParseUint(address, 10, 16); err != nil && number == nil {
		return fmt.Errorf("listen: %q is not HOST:PORT; did you mean :%s?", address, address)
	}
	if err != nil {
		return fmt.Errorf("listen: %q is not HOST:PORT, such as :8080 or 127.0.0.1:8080", address)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("listen: port %q is out of range: a number from 0 to 65535", port)
	}
	return nil
}

func (c *Config) validateShutdown() error {
	if c.ShutdownTimeout < 0 || c.ShutdownTimeout > maxShutdownTimeout {
		return fmt.Errorf("shutdown_timeout: %v is out of range: from 0s to %v", c.ShutdownTimeout, maxShutdownTimeout)
	}
	return nil
}

// Validate names the first value that is out of range.
func (l Log) Validate() error {
	if !slices.Contains(logLevels, l.Level) {
		return fmt.Errorf("level: %q is not one of %s", l.Level, strings.Join(logLevels, ", "))
	}
	if !slices.Contains(logFormats, l.Format) {
		return fmt.Errorf("format: %q is not one of %s", l.Format, strings.Join(logFormats, ", "))
	}
	return nil
}

func validateReceiver(p *geo.Point) error {
	switch {
	case p == nil:
		return nil
	case !(p.Lat >= -90 && p.Lat <= 90):
		return fmt.Errorf("lat: %v is out of range: from -90 to 90 (degrees north)", p.Lat)
	case !(p.Lon >= -180 && p.Lon <= 180):
		return fmt.Errorf("lon: %v is out of range: from -180 to 180 (degrees east)", p.Lon)
	}
	return nil
}
