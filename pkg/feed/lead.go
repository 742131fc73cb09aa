package feed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/skygate-io/skygate/pkg/feedlog"
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
		lease, err := f.leases.Hold(ctx, f.policy.Name, f.listening())
		if err == nil {
			found <- lease
			return
		}
		if ctx.Err() == nil && !errors.Is(err, feedlog.ErrClosed) {
			f.logger.Error().Err(err).Msg("this process can never write the topic")
		}
	})
}

// listening is what the lease asks to know whether this process hears anything. The
// sources of a topic without a time to live are asked rarely, and what they have told
// holds also when they are away.
func (f *Feed) listening() func() time.Time {
	if f.policy.TTL == 0 {
		return nil
	}
	return f.Heard
}

// Heard is when a source last reported anything, also that there is nothing; zero
// before the first report.
func (f *Feed) Heard() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.heard
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
