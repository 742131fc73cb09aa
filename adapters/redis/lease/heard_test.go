package lease_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/lease"
	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/pkg/feedlog"
)

const (
	leaseKey  = "{skygate:aircraft}:lease"
	wantedKey = leaseKey + ":wanted"
	heardKey  = leaseKey + ":heard"
)

// listener is a process that would write a topic.
type listener struct {
	t      *testing.T
	leases *lease.Leases
	log    *lines
	got    chan feedlog.Lease

	mu    sync.Mutex // guards all below
	hears bool
	last  time.Time // when it did, last; zero: never
}

// lines is a log that is written by many.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) count(part string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), part)
}

// listen starts one; from is when it has heard before.
func listen(t *testing.T, server *redistest.Server, hears bool, last time.Time) *listener {
	t.Helper()
	client, err := redis.Open(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	p := &listener{t: t, log: &lines{}, got: make(chan feedlog.Lease, 1), hears: hears, last: last}
	p.leases = lease.New(client, lease.Config{Duration: duration, Deaf: deaf}, t.Name(), zerolog.New(p.log))
	t.Cleanup(func() {
		_ = p.leases.Close()
		_ = client.Close()
	})
	return p
}

// heard is when it heard last.
func (p *listener) heard() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hears {
		p.last = time.Now()
	}
	return p.last
}

// fallSilent ends its hearing.
func (p *listener) fallSilent() {
	p.heard()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hears = false
}

// seek has it wait for the topic.
func (p *listener) seek() *listener {
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if h, err := p.leases.Hold(ctx, "aircraft", p.heard); err == nil {
			p.got <- h
		}
	}()
	p.t.Cleanup(func() {
		cancel()
		<-done
	})
	return p
}

// holds waits until it has the topic.
func (p *listener) holds() feedlog.Lease {
	p.t.Helper()
	select {
	case h := <-p.got:
		return h
	case <-time.After(patience):
		p.t.Fatal("it does not get the topic")
		return nil
	}
}

// waits wants it not to have the topic for a while.
func (p *listener) waits(holder feedlog.Lease, long time.Duration) {
	p.t.Helper()
	select {
	case <-p.got:
		p.t.Fatal("it has the topic")
	case <-holder.Lost():
		p.t.Fatal("who has the topic loses it")
	case <-time.After(long):
	}
}

const leaves = "the topic is left to a process that hears its sources"

// A holder whose sources fall silent leaves the topic to one who hears, and waits until
// that one is silent in turn.
func TestADeafHolderLeavesTheTopicToOneWhoHears(t *testing.T) {
	server := redistest.Single(t)
	a := listen(t, server, true, time.Time{}).seek()
	first := a.holds()
	b := listen(t, server, true, time.Time{}).seek()
	b.waits(first, 2*deaf) // both hear
	a.fallSilent()
	silent := time.Now()
	second := b.holds()
	if took := time.Since(silent); took < deaf || took > deaf+5*duration {
		t.Errorf("the other has it after %v", took)
	}
	if !isLost(first) {
		t.Error("two hold it")
	}
	if n := a.log.count(leaves); n != 1 {
		t.Errorf("it says so %d times", n)
	}
	if ago := silent.Sub(second.Heard()); ago.Abs() > 2*duration {
		t.Errorf("what the first has heard is from %v before it fell silent", ago)
	}
	a.seek()
	a.waits(second, 2*deaf)
	a.mu.Lock()
	a.hears = true
	a.mu.Unlock()
	a.waits(second, 2*deaf) // both hear, and nobody takes it away
	b.fallSilent()
	a.holds()
	if n := b.log.count(leaves); n != 1 {
		t.Errorf("the other says so %d times", n)
	}
}

func TestWhileNobodyHearsNothingChanges(t *testing.T) {
	server := redistest.Single(t)
	long := time.Now().Add(-time.Hour)
	first := listen(t, server, false, long).seek().holds()
	b := listen(t, server, false, long).seek()
	c := listen(t, server, false, time.Time{}).seek()
	b.waits(first, 3*deaf)
	c.waits(first, 0)
}

// A free topic goes to who hears, whoever has waited for longer, and to who is deaf when
// nobody hears.
func TestAFreeTopicGoesFirstToOneWhoHears(t *testing.T) {
	server := redistest.Single(t)
	holder := listen(t, server, true, time.Time{}).seek().holds()
	// More of the deaf, so that one of them tries first.
	deafs := make([]*listener, 4)
	for i := range deafs {
		deafs[i] = listen(t, server, false, time.Time{}).seek()
	}
	hears := listen(t, server, true, time.Time{}).seek()
	server.Wait("it is known that one hears", exists(t, wantedKey))
	holder.Release()
	next := hears.holds()
	for _, p := range deafs {
		p.waits(next, 0)
	}
	next.Release()
	got := make(chan feedlog.Lease, len(deafs))
	for _, p := range deafs {
		go func() {
			select {
			case h := <-p.got:
				got <- h
			case <-t.Context().Done():
			}
		}()
	}
	select {
	case <-got:
	case <-time.After(patience):
		t.Fatal("nobody has it")
	}
}

// What others have put in the place of a lease is no lease, unless it ends like one.
func TestAKeyThatIsNoLeaseIsReplaced(t *testing.T) {
	server := redistest.Single(t)
	for name, put := range map[string][]any{
		"without an end":            {"SET", leaseKey, "somebody"},
		"that ends too late":        {"SET", leaseKey, "somebody", "EX", 3600},
		"of another kind":           {"HSET", leaseKey, "a", "b"},
		"and a wish without an end": {"MSET", leaseKey, "somebody", wantedKey, "somebody"},
		"and another kind of wish":  {"EVAL", "redis.call('RPUSH', KEYS[1], 'a') redis.call('RPUSH', KEYS[2], 'a') redis.call('RPUSH', KEYS[3], 'a') return 1", 3, leaseKey, wantedKey, heardKey},
	} {
		t.Run(name, func(t *testing.T) {
			if err := server.Client().FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			if err := server.Client().Do(t.Context(), put...).Err(); err != nil {
				t.Fatal(err)
			}
			p := listen(t, server, true, time.Time{}).seek()
			h := p.holds()
			if n := p.log.count("it is replaced"); n != 1 {
				t.Errorf("it says so %d times", n)
			}
			q := listen(t, server, false, time.Time{}).seek()
			q.waits(h, 2*duration)
			h.Release()
			q.holds()
			if n := q.log.count("it is replaced"); n != 0 {
				t.Errorf("the next says %d times that it replaces what was a lease", n)
			}
		})
	}
	t.Run("that ends like one", func(t *testing.T) {
		if err := server.Client().Set(t.Context(), leaseKey, "somebody", duration).Err(); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		p := listen(t, server, true, time.Time{}).seek()
		p.holds()
		if took := time.Since(begin); took < duration-100*time.Millisecond || p.log.count("it is replaced") != 0 {
			t.Errorf("it is taken after %v", took)
		}
	})
}

// What a holder has heard is known to those after it; one who hears nothing adds nothing.
func TestHeard(t *testing.T) {
	server := redistest.Single(t)
	a := listen(t, server, true, time.Time{}).seek()
	first := a.holds()
	if at := first.Heard(); !at.IsZero() {
		t.Errorf("somebody has heard at %v", at)
	}
	server.Wait("it is known that it hears", exists(t, heardKey))
	before := time.Now()
	a.fallSilent()
	first.Release()
	for name, last := range map[string]time.Time{"never": {}, "an hour ago": time.Now().Add(-time.Hour)} {
		next := listen(t, server, false, last).seek().holds()
		if ago := before.Sub(next.Heard()); ago.Abs() > 2*duration {
			t.Errorf("who has heard %s finds that another did %v before it ended", name, ago)
		}
		waitRenewed(t, server)
		next.Release()
	}
	for name, value := range map[string]any{"no number": "soon", "negative": "-5", "to come": time.Now().Add(time.Hour).UnixMilli()} {
		if err := server.Client().Set(t.Context(), heardKey, value, 0).Err(); err != nil {
			t.Fatal(err)
		}
		next := listen(t, server, false, time.Time{}).seek().holds()
		if at := next.Heard(); !at.IsZero() {
			t.Errorf("of %s it makes %v", name, at)
		}
		next.Release()
	}
}

// exists says whether a key is there.
func exists(t *testing.T, key string) func(*goredis.Client) error {
	return func(c *goredis.Client) error {
		n, err := c.Exists(t.Context(), key).Result()
		if err == nil && n == 0 {
			err = errors.New("it is not there")
		}
		return err
	}
}

// waitRenewed waits until the lease is renewed: then it ends later than before.
func waitRenewed(t *testing.T, server *redistest.Server) {
	t.Helper()
	before := time.Hour
	server.Wait("the lease is renewed", func(c *goredis.Client) error {
		left, err := c.PTTL(t.Context(), leaseKey).Result()
		if err != nil || left > before {
			return err
		}
		before = left
		return errors.New("it is not")
	})
}
