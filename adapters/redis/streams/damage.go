package streams

import (
	"context"
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/topic"
)

// errDamaged is of what was read from Redis and no Skygate has written.
var errDamaged = feedlog.ErrDamaged

// isWrongType says whether a key holds something of another type.
func isWrongType(err error) bool { return goredis.HasErrorPrefix(err, "WRONGTYPE") }

// check is errDamaged when a topic's head, log and snapshot do not fit each other.
func (l *Log) check(ctx context.Context, name string) error {
	keys := []string{l.key(name, "log"), l.key(name, "head"), l.key(name, "snap")}
	answer, err := l.run(ctx, checkScript, keys)
	if err != nil {
		return err
	}
	if wrong, _ := answer.(string); wrong != "" {
		return fmt.Errorf("%w: topic %s: %s", errDamaged, name, wrong)
	}
	return nil
}

// foreignEvery is how often it is said that others write into a log.
const foreignEvery = time.Minute

// foreign passes over an entry that is of no epoch that is known: it is not Skygate's.
func (t *tail) foreign(id string, err error) {
	t.beyond = id
	t.foreigners++
	if now := time.Now(); t.said.IsZero() || now.Sub(t.said) >= foreignEvery {
		t.said = now
		t.log.logger.Error().Err(err).Str("topic", t.name).Str("key", t.log.key(t.name, "log")).Uint64("entries", t.foreigners).
			Msg("the log has an entry that is not Skygate's; it is passed over. Find out who writes into the key: others must not")
	}
}

// resume is where to read on: after what was read, and what was passed over.
func (t *tail) resume(at topic.Position) (string, error) {
	switch {
	case t.beyond != "":
		return t.beyond, nil
	case at.Epoch == "":
		return "0-0", nil
	}
	return idOf(at)
}
