package streams

import (
	"context"
	_ "embed" // for the scripts
	"errors"
	"fmt"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/pkg/feedlog"
)

// What changes a topic is a script, so that it is one step for everybody.
var (
	//go:embed lua/common.lua
	commonLua string
	//go:embed lua/begin.lua
	beginLua string
	//go:embed lua/append.lua
	appendLua string
	//go:embed lua/snapshot.lua
	snapshotLua string
	//go:embed lua/publish.lua
	publishLua string
	//go:embed lua/check.lua
	checkLua string

	beginScript    = goredis.NewScript(commonLua + beginLua)
	appendScript   = goredis.NewScript(commonLua + appendLua)
	snapshotScript = goredis.NewScript(commonLua + snapshotLua)
	publishScript  = goredis.NewScript(commonLua + publishLua)
	checkScript    = goredis.NewScript(commonLua + checkLua)
)

// run runs a script on a topic's keys, in the time that a call may take. The scripts
// may be run twice: what has been done is seen.
func (l *Log) run(ctx context.Context, s *goredis.Script, keys []string, args ...any) (any, error) {
	call, cancel := context.WithTimeout(ctx, l.config.Timeout)
	defer cancel()
	out, err := s.Run(call, l.client, keys, args...).Result()
	return out, l.failure(ctx, err)
}

// runConfirmed is run that ends when enough replicas have what was written: WAIT is
// about what went over the same connection before it.
func (l *Log) runConfirmed(ctx context.Context, s *goredis.Script, keys []string, args ...any) (any, error) {
	call, cancel := context.WithTimeout(ctx, l.config.Timeout+l.config.WaitTimeout)
	defer cancel()
	node, err := l.client.Node(call, keys[0])
	if err != nil {
		return nil, l.failure(ctx, err)
	}
	var out *goredis.Cmd
	var wait *goredis.IntCmd
	eval := s.EvalSha
	for {
		_, err = node.Pipelined(call, func(p goredis.Pipeliner) error {
			out = eval(call, p, keys, args...)
			// The pipeline has one deadline for all: the call's.
			wait = goredis.NewIntCmd(call, "wait", l.config.WaitReplicas, l.config.WaitTimeout.Milliseconds())
			return p.Process(call, wait)
		})
		if out.Err() == nil || !goredis.HasErrorPrefix(out.Err(), "NOSCRIPT") {
			break
		}
		eval = s.Eval
	}
	if err := errors.Join(out.Err(), wait.Err()); err != nil {
		return nil, l.failure(ctx, err)
	}
	if err != nil {
		return nil, l.failure(ctx, err)
	}
	if n := int(wait.Val()); n < l.config.WaitReplicas {
		return nil, fmt.Errorf("%w: %d replicas have it after %v, not %d", feedlog.ErrAway, n, l.config.WaitTimeout, l.config.WaitReplicas)
	}
	return out.Val(), nil
}

// failure is what a caller is told of an error: its own context's, that the log was
// closed, that it cannot be reached, or that it does not take it.
func (l *Log) failure(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case l.isClosed():
		return feedlog.ErrClosed
	case ctx.Err() != nil:
		return ctx.Err()
	case isWrongType(err):
		return fmt.Errorf("%w: %w", errDamaged, err)
	case redis.IsAway(err):
		return fmt.Errorf("%w: %w", feedlog.ErrUnreachable, err)
	}
	return fmt.Errorf("%w: %w", feedlog.ErrAway, err)
}

// millis gives a time as the scripts take it, at least 1.
func millis(d time.Duration) int64 { return max(1, d.Milliseconds()) }

// texts reads an answer that is a list of texts.
func texts(answer any, want int) ([]string, error) {
	list, ok := answer.([]any)
	if !ok || len(list) != want {
		return nil, fmt.Errorf("%w: a script answers %v", errDamaged, answer)
	}
	out := make([]string, want)
	for i := range list {
		if out[i], ok = list[i].(string); !ok {
			return nil, fmt.Errorf("%w: a script answers %v", errDamaged, answer)
		}
		out[i] = strings.Clone(out[i])
	}
	return out, nil
}
