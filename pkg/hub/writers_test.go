package hub_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// failover is how long another process takes to follow a writer, in these tests.
const failover = 4 * time.Second

// roster is who knows whether anybody writes the topics.
type roster struct {
	mu    sync.Mutex // guards all below
	holds bool
	err   error
	lag   time.Duration // what an answer takes
	asked []string      // since the last look
}

// Written implements feedlog.Writers.
func (r *roster) Written(ctx context.Context, name string) (bool, error) {
	r.mu.Lock()
	r.asked = append(r.asked, name)
	holds, err, lag := r.holds, r.err, r.lag
	r.mu.Unlock()
	select {
	case <-time.After(lag):
		return holds, err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

func (r *roster) set(holds bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.holds, r.err = holds, err
}

func (r *roster) answerAfter(lag time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lag = lag
}

// look gives who was asked for since the last look.
func (r *roster) look() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	asked := r.asked
	r.asked = nil
	return asked
}

// fragile is a log whose reading breaks off, too, while nothing is written.
type fragile struct {
	*patchy
	mu     sync.Mutex    // guards broken
	broken chan struct{} // closed while it is
}

// Read implements feedlog.Log.
func (f *fragile) Read(ctx context.Context, name string, after topic.Position) ([]*feedlog.Entry, error) {
	f.mu.Lock()
	broken := f.broken
	f.mu.Unlock()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-broken:
			cancel(errDown)
		case <-ctx.Done():
		}
	}()
	entries, err := f.patchy.Read(ctx, name, after)
	if cause := context.Cause(ctx); errors.Is(cause, errDown) {
		err = cause
	}
	return entries, err
}

// fail has everything fail.
func (f *fragile) fail() {
	f.down.Store(true)
	close(f.broken)
}

// mend ends that.
func (f *fragile) mend() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken = make(chan struct{})
	f.down.Store(false)
}

// led is a scene in a cluster: the aircraft and their positions have a time to live and
// one writer, and of the vessels there is none.
type led struct {
	*scene
	log    *fragile
	roster *roster
	logged *bytes.Buffer
}

// ledPolicies are its topics.
func ledPolicies() []topic.Policy {
	policies := scenePolicies()
	policies[0].TTL, policies[1].TTL = time.Minute, time.Minute
	positions := policies[0]
	positions.Name, positions.Prefix, positions.List, positions.Of, positions.Legacy = "positions", "positions", "aircraft", "aircraft", nil
	return append(policies, positions)
}

// enter has a client come.
func (s *led) enter(name string) *guest { return s.enterFor(name, ledPolicies()) }

// playLed runs a script of one. begun says whether somebody has written before.
func playLed(t *testing.T, begun bool, script func(s *led)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		log := &fragile{patchy: &patchy{Memory: feedlog.NewMemory()}, broken: make(chan struct{})}
		s := &led{log: log, roster: &roster{holds: true}, logged: &bytes.Buffer{}}
		s.scene = &scene{T: t, log: log.patchy, hub: hub.New(log, ledPolicies(), batch.DefaultConfig(), zerolog.New(zerolog.SyncWriter(s.logged)))}
		s.hub.Ask(s.roster, failover)
		if begun {
			s.begin()
		}
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

// anna sees the aircraft from the beginning: of the sky there is A.
func (s *led) anna() *guest {
	s.change("+A gs=1")
	anna := s.enter("anna")
	anna.subscribe("aircraft", "legacy=false")
	anna.want("subscribed aircraft", "aircraft:snapshot @1 A{gs=1}")
	return anna
}

// wantLogged compares the messages that were logged since the last time.
func (s *led) wantLogged(messages ...string) {
	s.Helper()
	synctest.Wait()
	var got []string
	for _, line := range strings.Split(strings.TrimSpace(s.logged.String()), "\n") {
		for _, text := range messages {
			if strings.Contains(line, text) && strings.Contains(line, `"topic":"aircraft"`) {
				line = text
			}
		}
		if line != "" {
			got = append(got, line)
		}
	}
	if !slices.Equal(got, messages) {
		s.Errorf("logged: %q, want %q", got, messages)
	}
	s.logged.Reset()
}

const (
	logsUnwritten = "no process writes the topic any more"
	logsWritten   = "a process writes the topic again"
)

// When nobody writes any more clients are told since when, once, and those who come are
// told, too; and once somebody writes again.
func TestNobodyWrites(t *testing.T) {
	playLed(t, true, func(s *led) {
		anna := s.anna()
		since := wire.Timestamp(time.Now())
		s.wait(3 * time.Second)
		s.roster.set(false, nil)
		s.wait(4900 * time.Millisecond) // asked after 4 and 6 s: that is still a fail-over
		anna.want()
		s.wait(3 * time.Second) // and after 8
		anna.want("stream:stale aircraft since " + since)
		s.wantLogged(logsUnwritten)
		if got := fmt.Sprint(s.hub.Unwritten(), s.hub.Unready()); got != "[aircraft positions] []" {
			t.Errorf("unwritten, unready: %s", got)
		}
		s.wait(time.Hour)
		anna.want()
		ben := s.enter("ben")
		ben.subscribe("positions", "legacy=false")
		ben.want("subscribed positions", "positions:snapshot @1 A{gs=1}", "stream:stale positions since "+since)
		s.begin()
		s.change("+B gs=2")
		s.wait(time.Second)
		anna.want("aircraft:snapshot @0", "stream:stale aircraft no longer", "aircraft:update 0→1 +B{gs=2}")
		ben.want("positions:snapshot @0", "stream:stale positions no longer", "positions:update 0→1 +B{gs=2}")
		s.wantLogged(logsWritten)
		if got := s.hub.Unwritten(); len(got) > 0 {
			t.Errorf("%q are unwritten", got)
		}
	})
}

// Who holds the topic again, and has nothing to tell, ends it, too.
func TestSomebodyHoldsItAgain(t *testing.T) {
	playLed(t, true, func(s *led) {
		anna := s.anna()
		since := wire.Timestamp(time.Now())
		s.roster.set(false, nil)
		s.wait(10 * time.Second)
		anna.want("stream:stale aircraft since " + since)
		s.roster.set(true, nil)
		s.wait(2 * time.Second)
		anna.want("stream:stale aircraft no longer")
		s.wantLogged(logsUnwritten, logsWritten)
		s.change("~A gs=2")
		s.wait(time.Second)
		anna.want("aircraft:update 1→2 ~A{gs=2}")
	})
}

// A sky in which nothing changes is no sign of anything.
func TestNothingChanges(t *testing.T) {
	playLed(t, true, func(s *led) {
		anna := s.anna()
		s.wait(24 * time.Hour)
		anna.want()
		s.wantLogged()
	})
}

// A fail-over is nobody's concern.
func TestAnotherFollows(t *testing.T) {
	playLed(t, true, func(s *led) {
		anna := s.anna()
		for range 100 {
			s.roster.set(false, nil)
			s.wait(failover)
			s.roster.set(true, nil)
			s.wait(3 * time.Second)
		}
		anna.want()
		s.wantLogged()
	})
}

// What nobody has ever written is not missed: a process without sources begins so.
func TestNobodyHasEverWritten(t *testing.T) {
	playLed(t, false, func(s *led) {
		s.roster.set(false, nil)
		anna := s.enter("anna")
		anna.subscribe("aircraft", "vessels", "legacy=false")
		s.wait(time.Minute)
		anna.want("subscribed aircraft, vessels", "aircraft:snapshot @0", "vessel:snapshot @0")
		if asked := s.roster.look(); len(asked) > 0 {
			t.Errorf("asked: %q", asked)
		}
		s.wantLogged()
	})
}

// Somebody begins with all that there is, and writes nothing more: that was heard.
func TestNobodyWritesAfterTheBeginning(t *testing.T) {
	playLed(t, false, func(s *led) {
		anna := s.enter("anna")
		anna.subscribe("aircraft", "legacy=false")
		s.begin()
		since := wire.Timestamp(time.Now())
		s.roster.set(false, nil)
		s.wait(time.Minute)
		anna.want("subscribed aircraft", "aircraft:snapshot @0", "aircraft:snapshot @0", "stream:stale aircraft since "+since)
	})
}

// A process that comes when nobody writes any more knows of it only since it asks.
func TestNobodyWritesWhenItBegins(t *testing.T) {
	playLed(t, true, func(s *led) {
		s.roster.set(false, nil)
		anna := s.enter("anna")
		anna.subscribe("aircraft", "legacy=false")
		since := wire.Timestamp(time.Now().Add(2 * time.Second))
		s.wait(time.Minute)
		anna.want("subscribed aircraft", "aircraft:snapshot @0", "stream:stale aircraft since "+since)
	})
}

// No answer is not a "no", and what was answered before it is forgotten: all that may
// write a topic are cut off from there likewise, and have to find each other again.
func TestNobodyAnswers(t *testing.T) {
	playLed(t, true, func(s *led) {
		anna := s.anna()
		since := wire.Timestamp(time.Now())
		s.roster.set(false, nil)
		s.wait(5 * time.Second) // "no" after 2 and 4 s
		s.roster.set(false, errors.New("there is none"))
		s.wait(time.Minute)
		s.roster.set(false, nil)
		s.wait(4900 * time.Millisecond)
		anna.want()
		s.wait(2 * time.Second)
		anna.want("stream:stale aircraft since " + since)
		s.roster.set(true, errors.New("there is none"))
		s.wait(time.Minute)
		anna.want()
	})
}

// An answer that comes when somebody has written again is of the past.
func TestAnAnswerIsLate(t *testing.T) {
	playLed(t, true, func(s *led) {
		anna := s.anna()
		s.roster.set(false, nil)
		s.roster.answerAfter(time.Second)
		s.wait(2500 * time.Millisecond) // asked after 2 s, answered after 3
		s.change("~A gs=2")
		s.wait(5 * time.Second) // asked after 6 s, answered after 7
		s.roster.set(true, nil)
		s.wait(time.Minute)
		anna.want("aircraft:update 1→2 ~A{gs=2}")
		s.wantLogged()
	})
}

// A log that was away for a moment begins the doubt anew: whoever writes was perhaps cut
// off, too.
func TestNobodyWritesBeforeAndAfterTheLogFails(t *testing.T) {
	playLed(t, true, func(s *led) {
		anna := s.anna()
		s.roster.set(false, nil)
		s.wait(3 * time.Second) // "no" after 2 s
		s.log.fail()
		s.wait(100 * time.Millisecond)
		s.log.mend()
		s.wait(4800 * time.Millisecond) // and after 6
		s.roster.set(true, nil)
		s.wait(time.Minute)
		anna.want()
	})
}

// What moves costs no question; what does not, one for all that show it and all clients.
func TestWhoIsAskedFor(t *testing.T) {
	playLed(t, true, func(s *led) {
		s.anna()
		s.enter("ben").subscribe("aircraft", "positions", "vessels", "legacy=false")
		for i := range 100 {
			s.change(fmt.Sprintf("~A gs=%d", i))
			s.wait(time.Second)
		}
		if asked := s.roster.look(); len(asked) > 0 {
			t.Errorf("asked: %q", asked)
		}
		s.wait(time.Minute)
		asked := s.roster.look()
		if len(asked) < 29 || len(asked) > 30 || slices.ContainsFunc(asked, func(name string) bool { return name != "aircraft" }) {
			t.Errorf("in a minute it is asked for %q", asked)
		}
	})
}

// Two reasons are one state: clients are told once, of the first, and it ends with the
// last.
func TestNobodyWritesAndTheLogIsAway(t *testing.T) {
	playLed(t, true, func(s *led) {
		anna := s.anna()
		since := wire.Timestamp(time.Now())
		s.roster.set(false, nil)
		s.wait(10 * time.Second)
		anna.want("stream:stale aircraft since " + since)
		s.log.down.Store(true)
		s.change("~A gs=2")
		s.wait(time.Minute)
		anna.want()
		if got := fmt.Sprint(s.hub.Unwritten(), s.hub.Unready()); got != "[] [aircraft positions]" {
			t.Errorf("while the log is away: unwritten, unready: %s", got)
		}
		s.log.down.Store(false)
		s.roster.set(true, nil)
		s.wait(10 * time.Second)
		anna.want("aircraft:snapshot @2 A{gs=2}", "stream:stale aircraft no longer") // somebody has written meanwhile
	})
}

// The log is away and back, and is where it was: still nobody writes.
func TestTheLogIsBackAndNobodyWrites(t *testing.T) {
	playLed(t, true, func(s *led) {
		anna := s.anna()
		since := wire.Timestamp(time.Now())
		s.roster.set(false, nil)
		s.wait(10 * time.Second)
		anna.want("stream:stale aircraft since " + since)
		s.log.fail()
		s.wait(time.Minute)
		if got := fmt.Sprint(s.hub.Unwritten(), s.hub.Unready()); !strings.HasPrefix(got, "[] [aircraft") {
			t.Errorf("while the log is away: unwritten, unready: %s", got)
		}
		s.log.mend()
		s.wait(time.Minute)
		anna.want()
		s.roster.set(true, nil)
		s.wait(2 * time.Second)
		anna.want("stream:stale aircraft no longer")
	})
}

var _ feedlog.Writers = (*roster)(nil)
