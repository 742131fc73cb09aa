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

// inherit takes over records that another process has told. Those that this one does
// not hear are as old as the newest thing that any writer has heard, at the moment heard:
// processes that hear nothing may take over from each other again and again, and no
// record lives longer by that. (How old each is the log does not say: what does not
// change is not told again, however often it is heard.) It gives all records, which are
// told by that.
func (m *merger) inherit(told []record.Record, heard, now int64) []record.Record {
	if heard+m.ttl <= now {
		told = nil
	}
	for i := range told {
		t := &told[i]
		if m.rows[t.Key] != nil {
			continue
		}
		r := &row{key: t.Key, now: t.Fields, observed: heard}
		if len(m.sources) > 1 {
			r.origins = make([]origin, len(t.Fields))
			for i := range r.origins {
				r.origins[i] = origin{at: heard, source: nobody}
			}
		}
		m.rows[t.Key] = r
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
