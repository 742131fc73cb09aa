package streams

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// writer is the one writer of an epoch. It keeps the state itself, for snapshots.
type writer struct {
	// Static.
	log   *Log
	name  string
	keys  []string
	saved chan uint64  // the seq of a snapshot that was written; 0 when it failed
	size  atomic.Int64 // of the newest snapshot

	// Owned by who appends.
	at     topic.Position
	over   bool // what became of an append is not known
	table  *record.Table
	kept   []kept // the changes in the log, oldest first
	bytes  int64  // that they take
	cut    uint64 // the changes up to this one are gone from the log
	saving bool   // a snapshot is being written
	safe   uint64 // the seq of the newest that was
	since  uint64 // the seq of the newest that was begun, and when, and the bytes since
	when   time.Time
	fresh  int64
}

// loadable is how many bytes of changes a new reader may have to read in any case; more
// than that, and than eight snapshots, make a new snapshot worth its cost. (A change
// takes as long as a quarter of a snapshot of the same records.)
const loadable = 1 << 20

// kept is a change in the log.
type kept struct {
	seq  uint64
	when time.Time
	size int64
}

func newWriter(l *Log, name string, at topic.Position, first *record.Change) *writer {
	w := &writer{
		log: l, name: name, at: at, when: time.Now(), table: record.NewTable(),
		keys:  []string{l.key(name, "log"), l.key(name, "head")},
		saved: make(chan uint64, 1),
	}
	w.table.Apply(first)
	return w
}

// Append implements [feedlog.Writer].
func (w *writer) Append(ctx context.Context, c *record.Change) (topic.Position, error) {
	switch {
	case w.log.isClosed():
		return topic.Position{}, feedlog.ErrClosed
	case w.over:
		return topic.Position{}, feedlog.ErrFenced
	}
	data, err := encode(c)
	if err != nil {
		return topic.Position{}, err
	}
	now := time.Now()
	trim := w.trim(now)
	from := ""
	if trim > 0 {
		if from, err = idOf(topic.Position{Epoch: w.at.Epoch, Seq: trim + 1}); err != nil {
			return topic.Position{}, err
		}
	}
	next := topic.Position{Epoch: w.at.Epoch, Seq: w.at.Seq + 1}
	answer, err := w.log.run(ctx, appendScript, w.keys, next.Epoch, number(w.at.Seq), number(next.Seq), data, from)
	if err == nil && answer != "ok" {
		err = feedlog.ErrFenced
	}
	if err != nil {
		w.over = true
		return topic.Position{}, err
	}
	w.at = next
	w.table.Apply(c)
	w.kept = append(w.kept, kept{next.Seq, now, int64(len(data))})
	w.bytes += int64(len(data))
	w.fresh += int64(len(data))
	w.snapshot(now)
	return next, nil
}

// trim gives the seq up to which changes go that are over the bounds, 0 for none. What
// a reader needs who takes the newest snapshot stays.
func (w *writer) trim(now time.Time) uint64 {
	select {
	case seq := <-w.saved:
		w.saving = false
		w.safe = max(w.safe, seq)
	default:
	}
	n := 0
	for n < len(w.kept) && w.kept[n].seq <= w.safe &&
		(w.bytes > w.log.config.RetainBytes || now.Sub(w.kept[n].when) > w.log.config.Retain) {
		w.bytes -= w.kept[n].size
		w.cut = w.kept[n].seq
		n++
	}
	w.kept = w.kept[n:]
	if n == 0 {
		return 0
	}
	return w.cut
}

// snapshot writes one, when it is time, without making who appends wait.
func (w *writer) snapshot(now time.Time) {
	c := &w.log.config
	due := now.Sub(w.when) >= c.SnapshotEvery || w.at.Seq-w.since >= uint64(c.SnapshotChanges) ||
		w.fresh > max(loadable, 8*w.size.Load()) || w.fresh > c.RetainBytes/4
	if !due || w.saving {
		return
	}
	w.when, w.since, w.fresh = now, w.at.Seq, 0
	at, records := w.at, w.table.Records()
	w.saving = w.log.spawn(func() {
		if err := w.save(at, records); err != nil {
			level := zerolog.WarnLevel
			if errors.Is(err, feedlog.ErrUnreachable) {
				level = zerolog.DebugLevel
			}
			w.log.logger.WithLevel(level).Err(err).Str("topic", w.name).Msg("a snapshot was not written; what is in the log stays there until one is")
			w.saved <- 0
			return
		}
		w.saved <- at.Seq
	})
}

func (w *writer) save(at topic.Position, records []record.Record) error {
	data, err := encode(&record.Change{Added: records})
	if err != nil {
		return err
	}
	w.size.Store(int64(len(data)))
	keys := append(w.keys[:2:2], w.log.key(w.name, "snap"))
	answer, err := w.log.run(w.log.work, snapshotScript, keys, at.Epoch, number(at.Seq), data)
	if err == nil && answer != "ok" {
		err = feedlog.ErrFenced
	}
	return err
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }
