package rooms

import (
	"context"
	"errors"
	"net"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/pkg/backplane"
)

// Why something is not published, as counted in [Health].
const (
	droppedFull    = "queue_full"  // the oldest of what waits, for what is new
	droppedUnsure  = "connection"  // the connection was lost: it may have been published, or not
	droppedRefused = "refused"     // Redis did not take it
	droppedWrong   = "unencodable" // it cannot be written in the format
	droppedEnd     = "end"         // the process ended first
)

const (
	publishers = 2   // connections for publishing, and for counting servers
	batchMost  = 256 // messages in one write
)

// publish sends what is in the queue until ctx ends.
func (b *Backplane) publish(ctx context.Context) error {
	pauses := redis.Pauses()
	var left []*job // was certainly not published
	for ctx.Err() == nil {
		if len(left) == 0 {
			select {
			case <-ctx.Done():
			case <-b.queue.filled:
			}
		}
		for ctx.Err() == nil {
			batch := append(left, b.queue.take(max(0, batchMost-len(left)))...)
			if len(batch) == 0 {
				break
			}
			if left = b.send(ctx, batch); len(left) > 0 {
				redis.Wait(ctx, pauses.NextBackOff())
				continue
			}
			pauses.Reset()
		}
	}
	for _, j := range append(left, b.queue.take(b.cfg.QueueMessages)...) {
		b.lose(j, droppedEnd)
	}
	return nil
}

// send publishes jobs in one write, in order, and gives those that were certainly not
// published.
func (b *Backplane) send(ctx context.Context, jobs []*job) (left []*job) {
	pipe, err := b.pipeline(ctx)
	if err != nil {
		return jobs
	}
	written := make([]*job, 0, len(jobs))
	commands := make([]*goredis.IntCmd, 0, len(jobs))
	for _, j := range jobs {
		out, err := j.write()
		if err != nil {
			b.lose(j, droppedWrong)
			continue
		}
		written = append(written, j)
		if j.node.shards != nil {
			commands = append(commands, pipe.SPublish(ctx, out.channel, out.message))
		} else {
			commands = append(commands, pipe.Publish(ctx, out.channel, out.message))
		}
	}
	if len(written) == 0 {
		return nil
	}
	if _, err := pipe.Exec(ctx); err != nil { // each command has its own error, too
		b.reload(ctx)
	}
	for i, j := range written {
		switch err := commands[i].Err(); {
		case err == nil:
			b.sent.Add(1)
			b.published(ctx, j)
		case notSent(err):
			left = append(left, j)
		case isReply(err):
			b.logger.Debug().Err(err).Msg("Redis refuses to publish")
			b.lose(j, droppedRefused)
		default:
			b.lose(j, droppedUnsure)
		}
	}
	return left
}

// pipeline begins a write. In a Cluster what is told over ordinary channels leaves by
// one node, or it would overtake itself on its way to those who subscribe elsewhere.
func (b *Backplane) pipeline(ctx context.Context) (goredis.Pipeliner, error) {
	if b.cfg.Mode == Sharded {
		return b.once.Pipeline(), nil
	}
	node, err := b.once.Node(ctx, b.cfg.Prefix)
	if err != nil {
		return nil, err
	}
	return node.Pipeline(), nil
}

// reload has a Cluster's nodes looked up anew.
func (b *Backplane) reload(ctx context.Context) {
	if cluster, ok := b.once.UniversalClient.(*goredis.ClusterClient); ok {
		cluster.ReloadState(ctx)
	}
}

// write gives a job's message.
func (j *job) write() (outgoing, error) {
	switch {
	case j.out != nil:
		return *j.out, nil
	case j.question != nil:
		return j.node.format.question(j.question, j.asking.id, j.asking.timeout)
	}
	return j.node.format.command(j.command)
}

// published finds out how many will answer a question.
func (b *Backplane) published(ctx context.Context, j *job) {
	if j.asking == nil {
		return
	}
	counted, err := b.count(ctx, []*node{j.node})
	if err != nil {
		j.asking.collector.Fail(backplane.ErrApart)
		return
	}
	j.node.servers.Store(int64(counted[0]))
	j.asking.collector.Expect(max(0, counted[0]-1))
}

// notSent says whether a command was certainly not carried out: nobody was there, or
// the server says that it is not the one, or not now.
func notSent(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" || errors.Is(err, goredis.ErrPoolTimeout) {
		return true
	}
	if !isReply(err) {
		return false
	}
	for _, prefix := range []string{"MOVED ", "ASK ", "TRYAGAIN ", "CLUSTERDOWN ", "LOADING ", "READONLY ", "MASTERDOWN "} {
		if strings.HasPrefix(err.Error(), prefix) {
			return true
		}
	}
	return false
}

// isReply says whether an error is what the server answered.
func isReply(err error) bool {
	var reply goredis.Error
	return errors.As(err, &reply)
}
