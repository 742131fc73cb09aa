package config

import (
	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/lease"
	"github.com/skygate-io/skygate/adapters/redis/presence"
	"github.com/skygate-io/skygate/adapters/redis/rooms"
	"github.com/skygate-io/skygate/adapters/redis/streams"
)

// Cluster says how processes that share a Redis work together.
type Cluster struct {
	// Streams is what is kept of the topics.
	Streams streams.Config `koanf:"streams"`
	// Lease says how soon a topic has another writer.
	Lease lease.Config `koanf:"lease"`
	// Rooms is how Socket.IO's rooms are shared, also with servers of Node.
	Rooms rooms.Config `koanf:"rooms"`
	// Canary says how it is looked whether Redis delivers, for /readyz.
	Canary redis.CanaryConfig `koanf:"canary"`
	// Presence says how old counts of other processes' clients may be.
	Presence presence.Config `koanf:"presence"`
}

// DefaultCluster is what each of them has by default.
func DefaultCluster() Cluster {
	return Cluster{
		Streams: streams.DefaultConfig(), Lease: lease.DefaultConfig(), Rooms: rooms.DefaultConfig(), Canary: redis.DefaultCanaryConfig(),
		Presence: presence.DefaultConfig(),
	}
}
