package feed_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
)

// oneLease is held by one at a time.
type oneLease struct {
	free chan struct{}

	mu     sync.Mutex // guards all below
	heard  func() time.Time
	before time.Time // when a holder has heard
	holder *heldLease
}

func newOneLease() *oneLease {
	l := &oneLease{free: make(chan struct{}, 1)}
	l.free <- struct{}{}
	return l
}

func (l *oneLease) Hold(ctx context.Context, _ string, heard func() time.Time) (feedlog.Lease, error) {
	select {
	case <-l.free:
		l.mu.Lock()
		defer l.mu.Unlock()
		l.heard = heard
		l.holder = &heldLease{of: l, before: l.before, lost: make(chan struct{})}
		return l.holder, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// note takes note of when the holder has heard.
func (l *oneLease) note() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.heard == nil {
		return
	}
	if at := l.heard(); at.After(l.before) {
		l.before = at
	}
}

// takeAway has the holder lose the lease to another.
func (l *oneLease) takeAway() {
	l.mu.Lock()
	holder := l.holder
	l.mu.Unlock()
	holder.Release()
}

type heldLease struct {
	of     *oneLease
	before time.Time
	once   sync.Once
	lost   chan struct{}
}

func (h *heldLease) Lost() <-chan struct{} { return h.lost }

func (h *heldLease) Heard() time.Time { return h.before }

func (h *heldLease) Release() {
	h.once.Do(func() {
		h.of.note()
		close(h.lost)
		h.of.free <- struct{}{}
	})
}

// process is a feed in a process of its own.
type process struct {
	*feed.Feed
	watcher *silent
	cancel  context.CancelFunc
	done    chan error
}

// silent is a watcher that counts what it hears while this process writes.
type silent struct {
	mu    sync.Mutex // guards all below
	leads bool
	heard int
}

func (s *silent) Changed(string, record.Fields, int64, int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leads {
		s.heard++
	}
}
func (s *silent) Gone(string, int64) {}
func (s *silent) Lead(leads bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leads = leads
}

func (s *silent) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard
}

func start(t *testing.T, log feedlog.Log, leases feedlog.Leases) *process {
	p := &process{Feed: feed.New(policy, log, zerolog.Nop()), watcher: &silent{leads: true}}
	p.run(t, leases)
	return p
}

func (p *process) run(t *testing.T, leases feedlog.Leases) {
	var ctx context.Context
	ctx, p.cancel = context.WithCancel(t.Context())
	p.done = make(chan error, 1)
	p.Watch(p.watcher)
	p.Lead(leases)
	go func() { p.done <- p.Run(ctx) }()
	synctest.Wait()
}

func (p *process) hear(r record.Record) {
	r.Fields = append(record.Fields(nil), r.Fields...)
	p.Put([]record.Update{{Record: r, Whole: true, Observed: time.Now().UnixMilli()}})
	synctest.Wait()
	time.Sleep(100 * time.Millisecond)
	synctest.Wait()
}

func (p *process) end(t *testing.T) {
	p.cancel()
	if err := <-p.done; err != nil {
		t.Error(err)
	}
	synctest.Wait()
}

// Of two processes that hear the same one writes. When it ends the other takes
// over, in a new epoch that begins with all that either of them knows.
func TestAnotherTakesOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, leases := feedlog.NewMemory(), newOneLease()
		first, second := start(t, log, leases), start(t, log, leases)
		if !first.Leads() || second.Leads() {
			t.Fatalf("the first leads: %v, the second: %v", first.Leads(), second.Leads())
		}
		load := func() feedlog.State {
			state, err := log.Load(t.Context(), policy.Name)
			if err != nil {
				t.Fatal(err)
			}
			return state
		}
		began := load().At.Epoch
		first.hear(rec("A", "gs", "1"))
		first.hear(rec("ONLY", "gs", "1")) // the second does not hear it
		second.hear(rec("A", "gs", "2"))   // but this it heard better
		if state := load(); state.At.Epoch != began || state.At.Seq != 2 {
			t.Errorf("while the first writes the log is at %v", state.At)
		}
		if second.watcher.count() != 0 || first.watcher.count() != 2 {
			t.Errorf("monitors: %d of the first, %d of the second spoke", first.watcher.count(), second.watcher.count())
		}
		first.end(t)
		state := load()
		if !second.Leads() || state.At.Epoch == began || state.At.Seq != 0 {
			t.Errorf("the second leads: %v, at %v", second.Leads(), state.At)
		}
		want := []record.Record{rec("A", "gs", "2"), rec("ONLY", "gs", "1")}
		if d := cmp.Diff(want, state.Records); d != "" {
			t.Errorf("it begins with (-want +got):\n%s", d)
		}
		second.hear(rec("A", "gs", "3"))
		if state := load(); state.At.Seq != 1 || second.watcher.count() != 1 {
			t.Errorf("it goes on at %v, and its monitor has spoken %d times", state.At, second.watcher.count())
		}
		time.Sleep(61 * time.Second)
		synctest.Wait()
		if state := load(); len(state.Records) != 0 {
			t.Errorf("what nobody hears is still there: %v", state.Records)
		}
		second.end(t)
	})
}

// One that was asleep while another took over finds that it is fenced, steps back,
// and is the next.
func TestOneThatSleptIsFenced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, leases := feedlog.NewMemory(), newOneLease()
		p := start(t, log, leases)
		p.hear(rec("A", "gs", "1"))
		other, err := log.Begin(t.Context(), policy.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Append(t.Context(), &record.Change{Added: []record.Record{rec("B", "gs", "1")}}); err != nil {
			t.Fatal(err)
		}
		p.hear(rec("A", "gs", "2"))
		time.Sleep(time.Second)
		synctest.Wait()
		state, err := log.Load(t.Context(), policy.Name)
		if err != nil {
			t.Fatal(err)
		}
		want := []record.Record{rec("A", "gs", "2"), rec("B", "gs", "1")}
		if d := cmp.Diff(want, state.Records); d != "" || !p.Leads() {
			t.Errorf("it leads: %v (-want +got):\n%s", p.Leads(), d)
		}
		p.end(t)
	})
}
