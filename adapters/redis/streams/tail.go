package streams

import (
	"context"
	"errors"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/topic"
)

// checkEvery is how often a tail compares where it is with where the log is. A
// stream that was set back says nothing by itself: who waits for the next entry waits
// until the log is there again.
const checkEvery = time.Second

// tail follows a topic for all its readers in this process.
type tail struct {
	// Static.
	log  *Log
	name string

	window // what it has read last

	// Owned by run.
	beyond     string    // the id of the newest entry that was passed over, if that is the newest of all
	foreigners uint64    // entries that were passed over
	said       time.Time // when that was logged
}

// run follows until ctx ends.
func (t *tail) run(ctx context.Context) {
	retry := redis.Pauses()
	for {
		err := t.follow(ctx, func() {
			retry.Reset()
			t.log.note(t.name, nil)
		})
		if ctx.Err() != nil {
			return
		}
		t.log.note(t.name, err)
		t.fail(err)
		redis.Wait(ctx, retry.NextBackOff())
	}
}

// follow reads until something fails. fine is called when nothing did for a while.
func (t *tail) follow(ctx context.Context, fine func()) error {
	for {
		seen := t.log.seen.of(t.name)
		h, err := t.log.headOf(ctx, t.name)
		if err != nil {
			return err
		}
		if h.kind != kindState {
			// Before readers are told, so that they do not go back first. One that has
			// lost everything gets it back also when nobody publishes any more. (A topic
			// of state has one writer, who sees for itself.)
			if err := t.log.publisherOf(t.name).compare(ctx, h.at, seen); err != nil {
				return err
			}
			if h, err = t.log.headOf(ctx, t.name); err != nil {
				return err
			}
			t.log.seen.note(t.name, h.at)
		}
		before := t.position()
		t.see(h.at)
		at := t.position()
		if at != before {
			t.beyond = ""
		}
		if err := t.readFor(ctx, checkEvery); err != nil {
			return err
		}
		fine()
		if at.Epoch == h.at.Epoch && at.Seq < h.at.Seq && t.position() == at {
			// There is more, and none of it has come.
			if err := t.log.check(ctx, t.name); err != nil {
				return err
			}
		}
	}
}

// readFor takes what comes for a while, or until the log has to be looked at.
func (t *tail) readFor(ctx context.Context, most time.Duration) error {
	end := time.Now().Add(most)
	for {
		left := time.Until(end).Truncate(time.Millisecond)
		if left <= 0 {
			return nil
		}
		messages, err := t.next(ctx, left)
		if err != nil {
			return err
		}
		for i := range messages {
			e, err := readEntry(&messages[i])
			if err != nil && !t.isOfEpoch(messages[i].ID) {
				t.foreign(messages[i].ID, err)
				continue
			}
			if err != nil {
				t.log.logger.Error().Err(err).Str("topic", t.name).Msg("an entry cannot be read; readers begin anew after it")
				return t.skip(messages[i].ID)
			}
			t.beyond = ""
			if e.Change.Event != nil {
				t.log.seen.note(t.name, e.At)
			}
			t.take(e)
		}
	}
}

// next waits for entries after those that were read.
func (t *tail) next(ctx context.Context, most time.Duration) ([]goredis.XMessage, error) {
	count := int64(readEvents)
	after, err := t.resume(t.position())
	if err != nil {
		return nil, err
	}
	if t.isLarge() {
		count = readState
	}
	call, cancel := context.WithTimeout(ctx, most+t.log.config.Timeout)
	defer cancel()
	streams, err := t.log.waiting.XRead(call, &goredis.XReadArgs{
		Streams: []string{t.log.key(t.name, "log"), after}, Count: count, Block: most,
	}).Result()
	switch {
	case isNone(err):
		return nil, nil
	case err != nil:
		return nil, t.log.failure(ctx, err)
	case len(streams) != 1:
		return nil, nil
	}
	return streams[0].Messages, nil
}

// read gives a reader the entries after a position.
func (t *tail) read(ctx context.Context, after topic.Position) ([]*feedlog.Entry, error) {
	for {
		entries, at, grown, err := t.after(after)
		if err != nil || entries != nil {
			return entries, err
		}
		switch {
		case at == after: // wait for the next
		case at.Epoch == after.Epoch && at.Seq > after.Seq && after.Epoch != "":
			// The window begins later.
			entries, err := t.log.between(ctx, t.name, after, at, readState)
			if isMoved(err) || err == nil && len(entries) == 0 || errors.Is(err, errDamaged) {
				return nil, feedlog.ErrGone
			}
			return entries, err
		default:
			// The reader may know more than this tail, which is on its way.
			h, err := t.log.headOf(ctx, t.name)
			if err != nil {
				return nil, err
			}
			if h.at.Epoch != after.Epoch || h.at.Seq < after.Seq {
				return nil, feedlog.ErrGone
			}
		}
		select {
		case <-grown:
		case <-t.log.closed:
			return nil, feedlog.ErrClosed
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
