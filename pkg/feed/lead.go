package feed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
)

// A feed is one of several, in as many processes, that could write its topic: the
// one that holds the lease does. The others hear their sources and merge, and tell
// nobody, so that one that takes over has the picture already.

// Led is a [Watcher] that is to be silent while another process writes the topic.
type Led interface {
	// Lead says whether this process writes, from now on. Before it is first called,
	// it does.
	Lead(leads bool)
}

// Lead has the feed write only while it holds a lease. It is called before Run.
func (f *Feed) Lead(leases feedlog.Leases) {
	f.leases = leases
	f.tellLed(false)
}

// Leads says whether this process writes the topic.
func (f *Feed) Leads() bool { return f.leases == nil || f.leads.Load() }

// seek asks for the lease, once at a time.
func (f *Feed) seek(ctx context.Context) {
	if f.leases == nil || f.lease != nil || f.sought != nil {
		return
	}
	found := make(chan feedlog.Lease, 1)
	f.sought = found
	f.seeking.Go(func() {
		defer close(found)
		lease, err := f.leases.Hold(ctx, f.policy.Name)
		if err == nil {
			found <- lease
			return
		}
		if ctx.Err() == nil && !errors.Is(err, feedlog.ErrClosed) {
			f.logger.Error().Err(err).Msg("this process can never write the topic")
		}
	})
}

// found takes the lease.
func (f *Feed) found(lease feedlog.Lease, ok bool) {
	f.sought = nil
	if !ok {
		f.sought = make(chan feedlog.Lease) // there is none to be had
		return
	}
	f.lease = lease
	f.logger.Info().Msg("this process writes the topic")
}

// yield ends the writing: another process may do it, or does.
func (f *Feed) yield(why string) {
	if f.lease == nil {
		return
	}
	f.lease.Release()
	f.lease, f.writer = nil, nil
	f.logger.Info().Str("reason", why).Msg("this process no longer writes the topic")
	f.mu.Lock()
	f.merged.retell()
	f.mu.Unlock()
	f.tellLed(false)
}

// resign gives up the lease, also one that comes just now, when the feed ends.
func (f *Feed) resign() {
	f.yield("it ends")
	f.seeking.Wait()
	select {
	case lease, ok := <-f.sought:
		if ok {
			lease.Release()
		}
	default:
	}
}

// lost is closed when the lease is.
func (f *Feed) lost() <-chan struct{} {
	if f.lease == nil {
		return nil
	}
	return f.lease.Lost()
}

// mayWrite says whether this process writes.
func (f *Feed) mayWrite() bool { return f.leases == nil || f.lease != nil }

func (f *Feed) tellLed(leads bool) {
	f.leads.Store(leads)
	for _, w := range f.watchers {
		if led, ok := w.(Led); ok {
			led.Lead(leads)
		}
	}
}

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
	f.mu.Lock()
	records := f.merged.inherit(before.Records, time.Now().UnixMilli())
	f.mu.Unlock()
	return log.BeginWith(ctx, f.policy.Name, records)
}

// inherit takes over records that another process has told: those that this one
// does not hear live on for the time to live. It gives all records, which are told
// by that.
func (m *merger) inherit(told []record.Record, now int64) []record.Record {
	for i := range told {
		t := &told[i]
		if m.rows[t.Key] != nil {
			continue
		}
		r := &row{key: t.Key, now: t.Fields, observed: now}
		if len(m.sources) > 1 {
			r.origins = make([]origin, len(t.Fields))
			for i := range r.origins {
				r.origins[i] = origin{at: now, source: nobody}
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

// open opens an epoch.
func (f *Feed) open(ctx context.Context) (err error) {
	log, ok := f.log.(feedlog.Beginner)
	if ok && f.leases != nil {
		f.writer, err = f.takeOver(ctx, log)
	} else {
		f.writer, err = f.begin(ctx)
	}
	if err != nil {
		f.writer = nil
		return fmt.Errorf("begin an epoch: %w", err)
	}
	return nil
}

// begin begins one that is empty: its first change tells every record.
func (f *Feed) begin(ctx context.Context) (feedlog.Writer, error) {
	w, err := f.log.Begin(ctx, f.policy.Name)
	if err == nil {
		f.mu.Lock()
		f.merged.retell()
		f.mu.Unlock()
	}
	return w, err
}
