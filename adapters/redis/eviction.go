package redis

import (
	"context"
	"strings"

	"github.com/rs/zerolog"
)

// WarnOfEviction says once when a server evicts keys for want of memory: what is there
// must stay. It asks with INFO, since CONFIG is often forbidden; in a Cluster one node
// answers for all. A server that does not answer is not waited for longer than a call may
// take.
func (c *Client) WarnOfEviction(ctx context.Context, logger zerolog.Logger) {
	info, err := c.Info(ctx, "memory").Result()
	if err != nil {
		logger.Debug().Err(err).Msg("redis does not say whether it evicts keys")
		return
	}
	if policy := evictionIn(info); policy != "" && policy != "noeviction" {
		logger.Warn().Str("maxmemory_policy", policy).
			Msg("redis may evict keys when its memory is full, and then topics, leases or alert rules are lost; set its maxmemory-policy to noeviction")
	}
}

// evictionIn finds the policy in what INFO says, "" when it is not there.
func evictionIn(info string) string {
	for line := range strings.Lines(info) {
		if policy, ok := strings.CutPrefix(line, "maxmemory_policy:"); ok {
			return strings.TrimSpace(policy)
		}
	}
	return ""
}
