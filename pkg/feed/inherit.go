package feed

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
)

// takeOver begins an epoch with all that is known: what the writer before has told,
// and what this process hears. So nobody is shown an empty topic.
func (f *Feed) takeOver(ctx context.Context, log feedlog.Beginner) (feedlog.Writer, error) {
	before, err := f.log.Load(ctx, f.policy.Name)
	if errors.Is(err, feedlog.ErrDamaged) {
		f.logger.Error().Err(err).Msg("what was written before cannot be read; the topic begins anew with what is known here")
		before, err = feedlog.State{}, nil
	}
	if err != nil {
		return nil, err
	}
	now := time.Now()
	heard := f.lease.Heard()
	if heard.IsZero() || heard.After(now) {
		heard = now
	}
	f.mu.Lock()
	records := f.merged.inherit(before.Records, heard.UnixMilli(), now.UnixMilli())
	f.mu.Unlock()
	return log.BeginWith(ctx, f.policy.Name, records)
}

// inherit takes over records that another process has told, where this one does not
// know better. They are as old as the newest thing that any writer has heard, at the
// moment heard: processes that hear nothing may take over from each other again and
// again, and no record lives longer by that. (How old each is the log does not say: what
// does not change is not told again, however often it is heard.) It gives all records,
// which are told by that.
func (m *merger) inherit(told []record.Record, heard, now int64) []record.Record {
	if heard+m.ttl <= now {
		told = nil
	}
	for i := range told {
		t := &told[i]
		r := m.rows[t.Key]
		switch {
		case r == nil:
			r = &row{key: t.Key}
			m.rows[t.Key] = r
		case !m.heardAfter(r, t.Fields):
			continue
		}
		r.now, r.observed = t.Fields, max(r.observed, heard)
		if len(m.sources) > 1 {
			r.origins = make([]origin, len(t.Fields))
			for i := range r.origins {
				r.origins[i] = origin{at: heard, source: nobody}
			}
		}
	}
	m.retell()
	all := make([]record.Record, 0, len(m.rows))
	for _, r := range m.rows {
		r.dirty, r.isTold, r.told, r.rideAt = false, true, slices.Clone(r.now), m.firstRide(r.key, now)
		r.align(m)
		all = append(all, record.Record{Key: r.key, Fields: slices.Clone(r.now)})
	}
	m.dirty = m.dirty[:0]
	return all
}

// heardAfter says whether what was told of a record is for sure newer than all that
// this process has heard of it: so it is with one that others heard for longer.
func (m *merger) heardAfter(r *row, told record.Fields) bool {
	for by := range m.policy.Dated {
		if at, ok := record.ParseTime(told.Get(by)); ok && at > r.observed {
			return true
		}
	}
	return false
}
