package lease

import (
	"context"
	"fmt"
	"time"

	"github.com/skygate-io/skygate/pkg/feedlog"
)

var _ feedlog.Writers = (*Leases)(nil)

// Written implements [feedlog.Writers]. A key that does not expire, or not within the
// longest time that a lease may last, is nobody's lease.
func (l *Leases) Written(ctx context.Context, topicName string) (bool, error) {
	left, err := l.client.PTTL(ctx, l.client.Key(topicName, "lease")).Result()
	if err != nil {
		return false, fmt.Errorf("ask for the lease of the topic %s: %w", topicName, err)
	}
	return left > 0 && left <= longest, nil
}

// Failover is how long a topic may be without a writer when one dies and another process
// has the same sources.
func (c Config) Failover() time.Duration { return c.Duration + c.Duration/6 }
