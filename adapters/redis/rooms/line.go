package rooms

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/skygate-io/skygate/adapters/redis"
)

const (
	// together is how many subscriptions one command holds.
	together = 500
	// lasted is how long a connection must have been there for the next attempt not to wait
	// for longer than the first does.
	lasted = 2 * time.Second
)

// line is one connection in subscribed state. When anything is wrong with it, it is
// closed, and a new one subscribes to everything anew: no half of it is left.
type line struct {
	lines  *lines
	client *goredis.Client // of one of a Cluster's masters; nil for any server
	ended  context.CancelFunc
	done   context.Context

	mu      sync.Mutex // guards all below
	share   map[subscription]bool
	pending map[subscription]bool // not confirmed yet
	leaving map[subscription]int  // ends that are not confirmed yet
	pubsub  *goredis.PubSub       // nil while there is none
}

func newLine(all *lines, client *goredis.Client) *line {
	l := &line{lines: all, client: client, share: map[subscription]bool{}, pending: map[subscription]bool{}, leaving: map[subscription]int{}}
	l.done, l.ended = context.WithCancel(context.Background())
	return l
}

// end has it close, for good.
func (l *line) end() {
	l.ended()
	l.mu.Lock()
	pubsub := l.pubsub
	l.mu.Unlock()
	if pubsub != nil {
		_ = pubsub.Close()
	}
}

// drop ends what has changed and is not in the share, and gives how much is left; add
// begins what is new in the share.
func (l *line) drop(ctx context.Context, changed, share map[subscription]bool) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	gone := map[subscription]bool{}
	for s := range changed {
		if l.share[s] && !share[s] {
			gone[s] = true
			delete(l.share, s)
			delete(l.pending, s)
		}
	}
	if l.pubsub == nil || len(gone) == 0 {
		return len(l.share)
	}
	for s := range gone {
		l.leaving[s]++
	}
	_ = each(gone, l.client != nil, func(k kind, names []string) error { // an error ends the session
		switch k {
		case ofPattern:
			return l.pubsub.PUnsubscribe(ctx, names...)
		case ofShard:
			return l.pubsub.SUnsubscribe(ctx, names...)
		}
		return l.pubsub.Unsubscribe(ctx, names...)
	})
	if len(l.pending) == 0 {
		l.lines.set(l, true, nil)
	}
	return len(l.share)
}

func (l *line) add(ctx context.Context, share map[subscription]bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fresh := map[subscription]bool{}
	for s := range share {
		if !l.share[s] {
			fresh[s] = true
			l.share[s] = true
		}
	}
	if l.pubsub != nil && len(fresh) > 0 {
		_ = l.subscribeLocked(ctx, fresh)
	}
}

func (l *line) subscribeLocked(ctx context.Context, which map[subscription]bool) error {
	for s := range which {
		l.pending[s] = true
	}
	l.lines.set(l, false, nil)
	return each(which, l.client != nil, func(k kind, names []string) error {
		switch k {
		case ofPattern:
			return l.pubsub.PSubscribe(ctx, names...)
		case ofShard:
			return l.pubsub.SSubscribe(ctx, names...)
		}
		return l.pubsub.Subscribe(ctx, names...)
	})
}

// each calls do with subscriptions of one kind, many at a time; sharded ones in a
// Cluster one by one, as each has a slot of its own.
func each(which map[subscription]bool, cluster bool, do func(kind, []string) error) error {
	var names [ofShard + 1][]string
	flush := func(k kind) error {
		list := names[k]
		names[k] = nil
		return do(k, list)
	}
	for s := range which {
		names[s.kind] = append(names[s.kind], s.name)
		if len(names[s.kind]) == together || cluster {
			if err := flush(s.kind); err != nil {
				return err
			}
		}
	}
	for k, list := range names {
		if len(list) > 0 {
			if err := flush(kind(k)); err != nil {
				return err
			}
		}
	}
	return nil
}

// run connects, and connects again, until it is ended.
func (l *line) run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, l.end)
	defer stop()
	defer l.lines.forget(l)
	for pauses := redis.Pauses(); l.done.Err() == nil; {
		began := time.Now()
		err := l.session(l.done)
		if l.done.Err() != nil {
			break
		}
		l.lines.set(l, false, err)
		if errors.Is(err, errMoved) {
			l.lines.logger.Debug().Err(err).Msg("a connection over which other processes are heard is made anew")
		} else {
			l.lines.part.Note(err)
		}
		if cluster, ok := l.lines.client.UniversalClient.(*goredis.ClusterClient); ok {
			cluster.ReloadState(ctx)
			l.lines.wake()
		}
		if time.Since(began) > lasted {
			pauses.Reset()
		}
		redis.Wait(l.done, pauses.NextBackOff())
	}
	return nil
}

// session is one connection, to its end.
func (l *line) session(ctx context.Context) error {
	var pubsub *goredis.PubSub
	if l.client != nil {
		pubsub = l.client.Subscribe(ctx)
	} else {
		pubsub = l.lines.client.Subscribe(ctx)
	}
	defer func() {
		l.mu.Lock()
		l.pubsub, l.pending, l.leaving = nil, map[subscription]bool{}, map[subscription]int{}
		l.mu.Unlock()
		_ = pubsub.Close()
	}()
	l.mu.Lock()
	l.pubsub = pubsub
	err := l.subscribeLocked(ctx, l.share)
	l.mu.Unlock()
	if err != nil {
		return err
	}
	return redis.Hear(ctx, pubsub, l.take)
}

// take does what comes over the connection.
func (l *line) take(got any) error {
	switch m := got.(type) {
	case *goredis.Message:
		if h := l.lines.handlerOf(m); h != nil {
			h(m.Channel, []byte(m.Payload))
		}
	case *goredis.Subscription:
		return l.confirm(m)
	}
	return nil
}

// errMoved is of a channel that another of a Cluster's nodes has now.
var errMoved = errors.New("has moved")

// confirm notes that a subscription is in place. One that is ended by the server
// belongs to another one now.
func (l *line) confirm(m *goredis.Subscription) error {
	kinds := map[string]kind{"subscribe": ofChannel, "psubscribe": ofPattern, "ssubscribe": ofShard}
	l.mu.Lock()
	defer l.mu.Unlock()
	if k, ok := kinds[m.Kind]; ok {
		delete(l.pending, subscription{k, m.Channel})
		if len(l.pending) == 0 {
			l.lines.set(l, true, nil)
		}
		return nil
	}
	ended := subscription{kinds[strings.Replace(m.Kind, "un", "", 1)], m.Channel}
	switch {
	case l.leaving[ended] > 1:
		l.leaving[ended]--
	case l.leaving[ended] == 1:
		delete(l.leaving, ended)
	case l.share[ended]:
		return fmt.Errorf("the channel %s %w", m.Channel, errMoved)
	}
	return nil
}
