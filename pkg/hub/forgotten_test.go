package hub_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// forgetful is a log that becomes another: one that has lost all, or has it back.
type forgetful struct {
	mu      sync.Mutex // guards all below
	now     feedlog.Log
	changed chan struct{} // closed and replaced when it becomes another
}

// Begin implements feedlog.Log.
func (f *forgetful) Begin(ctx context.Context, name string) (feedlog.Writer, error) {
	now, _ := f.current()
	return now.Begin(ctx, name)
}

// Publish implements feedlog.Log.
func (f *forgetful) Publish(ctx context.Context, name string, c *record.Change) (topic.Position, error) {
	now, _ := f.current()
	return now.Publish(ctx, name, c)
}

// Load implements feedlog.Log.
func (f *forgetful) Load(ctx context.Context, name string) (feedlog.State, error) {
	now, _ := f.current()
	return now.Load(ctx, name)
}

// Read implements feedlog.Log.
func (f *forgetful) Read(ctx context.Context, name string, after topic.Position) ([]*feedlog.Entry, error) {
	now, changed := f.current()
	call, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-changed:
			cancel()
		case <-call.Done():
		}
	}()
	entries, err := now.Read(call, name, after)
	if err != nil && call.Err() != nil && ctx.Err() == nil {
		err = feedlog.ErrGone
	}
	return entries, err
}

func (f *forgetful) current() (feedlog.Log, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now, f.changed
}

// become has it be another.
func (f *forgetful) become(other feedlog.Log) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = other
	close(f.changed)
	f.changed = make(chan struct{})
}

// forgotten is a cluster whose log forgets.
type forgotten struct {
	*led
	forgetful *forgetful
}

func newFragile() *fragile {
	return &fragile{patchy: &patchy{Memory: feedlog.NewMemory()}, broken: make(chan struct{})}
}

// use has the log be another, and who begins a topic begin it there.
func (s *forgotten) use(other *fragile) {
	s.log, s.scene.log = other, other.patchy
	s.forgetful.become(other)
	synctest.Wait()
}

// playForgotten runs a script of one. asks says whether the hub asks who writes.
func playForgotten(t *testing.T, asks bool, script func(s *forgotten)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		log := newFragile()
		s := &forgotten{
			led:       &led{log: log, roster: &roster{holds: true}, logged: &bytes.Buffer{}},
			forgetful: &forgetful{now: log, changed: make(chan struct{})},
		}
		s.scene = &scene{T: t, log: log.patchy, hub: hub.New(s.forgetful, ledPolicies(), batch.DefaultConfig(), zerolog.New(zerolog.SyncWriter(s.logged)))}
		if asks {
			s.hub.Ask(s.roster, failover)
		}
		s.begin()
		done := make(chan error)
		go func() { done <- s.hub.Run(ctx) }()
		synctest.Wait()
		script(s)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// wantHealth compares which topics nobody writes, and which are not ready.
func (s *forgotten) wantHealth(unwritten, unready string) {
	s.Helper()
	if got := strings.Join(s.hub.Unwritten(), " "); got != unwritten {
		s.Errorf("%q are unwritten, want %q", got, unwritten)
	}
	if got := strings.Join(s.hub.Unready(), " "); got != unready {
		s.Errorf("%q are not ready, want %q", got, unready)
	}
}

const logsForgotten = "the log has lost the topic, and no process begins it again"

// The log has lost everything, and nobody begins the topic again: what a process holds is
// all that there is, so it is as ready as any, and says that nobody writes. Whoever
// begins is followed at once, however long that took. It is the same whether the hub asks
// who writes, and whatever the answer: who holds the topic has not begun it.
func TestTheLogHasForgotten(t *testing.T) {
	for name, tc := range map[string]struct{ asks, held bool }{
		"nobody is asked":  {},
		"nobody holds it":  {asks: true},
		"somebody does so": {asks: true, held: true},
	} {
		t.Run(name, func(t *testing.T) {
			playForgotten(t, tc.asks, func(s *forgotten) {
				anna := s.anna()
				s.roster.set(tc.held, nil)
				since := wire.Timestamp(time.Now())
				s.use(newFragile())
				s.wait(900 * time.Millisecond)
				anna.want()
				s.wantHealth("", "")
				s.wait(100 * time.Millisecond)
				anna.want("stream:stale aircraft since " + since)
				s.wantHealth("aircraft positions", "")
				s.wantLogged(logsForgotten)
				s.wait(59*time.Minute + 59*time.Second)
				anna.want()
				s.wantHealth("aircraft positions", "")
				ben := s.enter("ben")
				ben.subscribe("positions", "legacy=false")
				ben.want("subscribed positions", "positions:snapshot @1 A{gs=1}", "stream:stale positions since "+since)
				s.roster.set(true, nil)
				s.begin()
				anna.want("aircraft:snapshot @0", "stream:stale aircraft no longer")
				ben.want("positions:snapshot @0", "stream:stale positions no longer")
				s.wantHealth("", "")
				if got := s.logged.String(); !strings.Contains(got, `"after":"1h0m0s"`) {
					s.Errorf("logged: %s", got)
				}
				s.wantLogged(logsWritten)
				s.change("+B gs=2")
				s.wait(time.Second)
				anna.want("aircraft:update 0→1 +B{gs=2}")
			})
		})
	}
}

// Who begins the topic again at once is followed, and nobody hears of it.
func TestTheLogHasForgottenForAMoment(t *testing.T) {
	playForgotten(t, true, func(s *forgotten) {
		anna := s.anna()
		for range 3 {
			s.use(newFragile())
			s.wait(900 * time.Millisecond)
			s.begin()
			anna.want("aircraft:snapshot @0")
		}
		s.wait(time.Minute)
		anna.want()
		s.wantLogged()
	})
}

// Nobody wrote before: that is said already, and ends as ever.
func TestTheLogHasForgottenWhatNobodyWrote(t *testing.T) {
	playForgotten(t, true, func(s *forgotten) {
		anna := s.anna()
		since := wire.Timestamp(time.Now())
		s.roster.set(false, nil)
		s.wait(10 * time.Second)
		anna.want("stream:stale aircraft since " + since)
		s.use(newFragile())
		s.wait(time.Minute)
		anna.want()
		s.wantHealth("aircraft positions", "")
		s.begin()
		anna.want("aircraft:snapshot @0", "stream:stale aircraft no longer")
		s.wantLogged(logsUnwritten, logsWritten)
	})
}

// The log is away, and has lost everything when it is back, once and again: one reason
// after another is one state, which ends when somebody begins, sooner or later.
func TestTheLogIsBackAndHasForgotten(t *testing.T) {
	for name, later := range map[string]time.Duration{"sooner": 500 * time.Millisecond, "later": time.Hour} {
		t.Run(name, func(t *testing.T) {
			playForgotten(t, true, func(s *forgotten) {
				anna := s.anna()
				since := wire.Timestamp(time.Now())
				s.roster.set(false, nil)
				s.log.fail()
				s.wait(10 * time.Second)
				anna.want("stream:stale aircraft since " + since)
				s.wantHealth("", "aircraft vessels acars safety positions")
				s.use(newFragile())
				for range 1000 { // until it is looked again
					s.wait(10 * time.Millisecond)
					if !slices.Contains(s.hub.Unready(), "aircraft") {
						break
					}
				}
				s.wait(later)
				anna.want()
				if later > time.Second {
					s.wantHealth("aircraft positions", "")
					s.log.fail()
					s.wait(10 * time.Second)
					s.wantHealth("", "aircraft vessels acars safety positions")
					s.log.mend()
					s.wait(10 * time.Second)
					s.wantHealth("aircraft positions", "")
					anna.want()
				}
				s.roster.set(true, nil)
				s.begin()
				anna.want("aircraft:snapshot @0", "stream:stale aircraft no longer")
				s.wait(10 * time.Second) // the others, too
				s.wantHealth("", "")
				if n := strings.Count(s.logged.String(), logsForgotten); n != min(1, int(later/time.Second)) {
					s.Errorf("it says %d times that %s", n, logsForgotten)
				}
			})
		})
	}
}

// What was lost is back as it was: clients have it, and are told so.
func TestTheLogRemembers(t *testing.T) {
	for name, later := range map[string]time.Duration{"sooner": 500 * time.Millisecond, "later": time.Minute} {
		t.Run(name, func(t *testing.T) {
			playForgotten(t, true, func(s *forgotten) {
				anna := s.anna()
				before, since := s.log, wire.Timestamp(time.Now())
				s.use(newFragile())
				s.wait(later)
				s.use(before)
				if later > time.Second {
					anna.want("stream:stale aircraft since "+since, "stream:stale aircraft no longer")
					s.wantLogged(logsForgotten, logsWritten)
				}
				s.wait(time.Minute)
				s.change("~A gs=2")
				s.wait(time.Second)
				anna.want("aircraft:update 1→2 ~A{gs=2}")
				s.wantHealth("", "")
				s.wantLogged()
			})
		})
	}
}
