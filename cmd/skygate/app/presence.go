package app

import (
	shared "github.com/skygate-io/skygate/adapters/redis/presence"
	"github.com/skygate-io/skygate/pkg/presence"
)

// openPresence counts the clients of this process, or of the whole cluster.
func (a *App) openPresence() presence.Presence {
	if a.cluster == nil {
		return presence.Alone(a.count)
	}
	a.cluster.presence = shared.New(a.cluster.client, a.cfg.Cluster.Presence, a.count, a.logger)
	return a.cluster.presence
}

// count counts the clients of this process.
func (a *App) count() presence.Counts {
	c := presence.Counts{Connections: a.sockets.Connections(), Sessions: map[string]int{}, Subscribers: a.hub.Subscribers()}
	for _, n := range a.spaces {
		c.Sessions[n.Name()] = n.Sessions()
	}
	return c
}
