package streams

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// How many entries are read at once: of state each may be a megabyte.
const (
	readState  = 8
	readEvents = 500
)

// errMoved says that what is loaded has changed meanwhile: load again.
var errMoved = errors.New("it changes faster than it can be loaded")

func isMoved(err error) bool { return errors.Is(err, errMoved) }

// loadState gives the snapshot, brought up to a position of the topic's head.
func (l *Log) loadState(ctx context.Context, name string, at topic.Position) (feedlog.State, error) {
	call, cancel := context.WithTimeout(ctx, l.config.Timeout)
	defer cancel()
	values, err := l.client.HMGet(call, l.key(name, "snap"), "epoch", "seq", "data").Result()
	if err != nil {
		return feedlog.State{}, l.failure(ctx, err)
	}
	if len(values) != 3 || values[0] == nil {
		return feedlog.State{}, errMoved
	}
	text, err := texts(values, 3)
	if err != nil {
		return feedlog.State{}, err
	}
	from, err := place(text[0], text[1])
	if err != nil {
		return feedlog.State{}, err
	}
	if from.Epoch != at.Epoch {
		return feedlog.State{}, errMoved
	}
	snapshot, err := decode(text[2])
	if err != nil {
		return feedlog.State{}, fmt.Errorf("the snapshot of %s: %w", name, err)
	}
	table := record.NewTable()
	table.Apply(snapshot)
	if from.Seq > at.Seq {
		at = from // it is newer than the head was when it was read
	}
	state := feedlog.State{At: at}
	for from.Seq < at.Seq {
		entries, err := l.between(ctx, name, from, at, readState)
		if err != nil {
			return feedlog.State{}, err
		}
		if len(entries) == 0 {
			return feedlog.State{}, errMoved
		}
		for _, e := range entries {
			table.Apply(e.Change)
		}
		state.Entries = append(state.Entries, entries...)
		from = entries[len(entries)-1].At
	}
	state.Records = table.Records()
	return state, nil
}

// between gives up to most entries of one epoch after a position and up to another.
// It is errMoved when the next is no longer there.
func (l *Log) between(ctx context.Context, name string, after, to topic.Position, most int64) ([]*feedlog.Entry, error) {
	first, err := idOf(topic.Position{Epoch: after.Epoch, Seq: after.Seq + 1})
	if err != nil {
		return nil, err
	}
	last, err := idOf(to)
	if err != nil {
		return nil, err
	}
	call, cancel := context.WithTimeout(ctx, l.config.Timeout)
	defer cancel()
	messages, err := l.client.XRangeN(call, l.key(name, "log"), first, last, most).Result()
	if err != nil {
		return nil, l.failure(ctx, err)
	}
	entries := make([]*feedlog.Entry, 0, len(messages))
	for i := range messages {
		e, err := readEntry(&messages[i])
		if err != nil {
			return nil, fmt.Errorf("topic %s: %w", name, err)
		}
		if e.At.Epoch != after.Epoch || e.Base != after.Seq {
			return nil, errMoved
		}
		entries = append(entries, e)
		after = e.At
	}
	return entries, nil
}

// loadEvents gives all events that are kept, up to a position of the topic's head or
// a newer one.
func (l *Log) loadEvents(ctx context.Context, name string, at topic.Position) (feedlog.State, error) {
	state := feedlog.State{At: at}
	last, err := idOf(at)
	if err != nil {
		return feedlog.State{}, err
	}
	for from, newest := "-", ""; ; {
		call, cancel := context.WithTimeout(ctx, l.config.Timeout)
		messages, err := l.client.XRangeN(call, l.key(name, "log"), from, last, readEvents).Result()
		cancel()
		if err != nil {
			return feedlog.State{}, l.failure(ctx, err)
		}
		for i := range messages {
			e, err := readEntry(&messages[i])
			if err != nil {
				l.logger.Error().Err(err).Str("topic", name).Str("id", messages[i].ID).Msg("an event cannot be read; it is left out")
				continue
			}
			if e.Base == e.At.Seq && e.Continues.Epoch == "" {
				continue // the beginning of all
			}
			state.Entries = append(state.Entries, e)
		}
		if n := len(messages); n > 0 {
			newest = messages[n-1].ID
		}
		if len(messages) < readEvents {
			if newest != last { // the newest never goes, but with the server that had it
				return state, l.stillAt(ctx, name, at)
			}
			return state, nil
		}
		from = "(" + newest
	}
}

// stillAt is errMoved when a topic is no longer where it was.
func (l *Log) stillAt(ctx context.Context, name string, at topic.Position) error {
	h, err := l.headOf(ctx, name)
	if err == nil && h.at != at {
		err = errMoved
	}
	return err
}

// readEntry reads an entry of a stream. One that begins an epoch has its place as Base,
// too.
func readEntry(m *goredis.XMessage) (*feedlog.Entry, error) {
	ms, seq, _ := strings.Cut(m.ID, "-")
	text := func(name string) string {
		s, _ := m.Values[name].(string)
		return s
	}
	at, err := place(text("e"), seq)
	if err != nil {
		return nil, fmt.Errorf("entry %s: %w", m.ID, err)
	}
	if of, _ := timeOf(at.Epoch); of != ms {
		return nil, fmt.Errorf("entry %s: %w: it is of epoch %s", m.ID, errDamaged, at.Epoch)
	}
	e := &feedlog.Entry{At: at, Base: max(at.Seq, 1) - 1}
	if e.Time, err = strconv.ParseInt(text("t"), 10, 64); err != nil {
		return nil, fmt.Errorf("entry %s: %w: its time is %q", m.ID, errDamaged, text("t"))
	}
	if at.Seq == 0 {
		e.Change = &record.Change{}
		e.Continues, err = parse(text("c"))
	} else if e.Change, err = decode(text("d")); err == nil {
		e.Origin, err = parse(text("o"))
	}
	if err != nil {
		return nil, fmt.Errorf("entry %s: %w", m.ID, err)
	}
	return e, nil
}
