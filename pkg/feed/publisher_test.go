package feed_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

var errAway = errors.New("away")

// flaky is a log that can be away, and then takes nothing.
type flaky struct {
	*feedlog.Memory
	mu    sync.Mutex // guards all below
	away  bool
	tried int
}

func (l *flaky) Publish(ctx context.Context, name string, c *record.Change) (topic.Position, error) {
	l.mu.Lock()
	l.tried++
	away := l.away
	l.mu.Unlock()
	if away {
		return topic.Position{}, errAway
	}
	return l.Memory.Publish(ctx, name, c)
}

func (l *flaky) set(away bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = away
}

func (l *flaky) tries() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tried
}

// press is a publisher that runs, in a bubble with its own clock.
type press struct {
	*testing.T
	*feed.Publisher
	log  *flaky
	stop func()
}

func publish(t *testing.T, remember feed.Remember, script func(p *press)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		log := &flaky{Memory: feedlog.NewMemory()}
		p := &press{T: t, log: log, Publisher: feed.NewPublisher("safety", log, remember, zerolog.Nop())}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- p.Publisher.Run(ctx) }()
		p.stop = func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
			done <- nil
		}
		script(p)
		p.stop()
	})
}

func happened(n int) record.Event {
	return record.Event{Name: "safety:event", Record: rec(fmt.Sprint(n), "n", fmt.Sprint(n))}
}

func (p *press) publish(n int) error { return p.Publish(p.Context(), happened(n), int64(n)) }

func (p *press) once(key string, n int) bool {
	p.Helper()
	first, err := p.PublishOnce(p.Context(), key, happened(n), int64(n))
	if err != nil {
		p.Error(err)
	}
	return first
}

// want compares what is in the log with the numbers of events, in order.
func (p *press) want(numbers ...int) {
	p.Helper()
	synctest.Wait()
	state, err := p.log.Load(p.Context(), "safety")
	if err != nil {
		p.Fatal(err)
	}
	var got []string
	for _, e := range state.Entries {
		got = append(got, e.Change.Event.Key)
		if fmt.Sprint(e.Change.Observed) != e.Change.Event.Key {
			p.Errorf("event %s was heard at %d", e.Change.Event.Key, e.Change.Observed)
		}
	}
	if want := strings.Trim(fmt.Sprint(numbers), "[]"); strings.Join(got, " ") != want {
		p.Errorf("published %v, want %s", got, want)
	}
}

func TestPublisherBegins(t *testing.T) {
	publish(t, feed.Remember{}, func(p *press) {
		if err := p.Begin(p.Context()); err != nil {
			p.Fatal(err)
		}
		state, err := p.log.Load(p.Context(), "safety")
		if err != nil || state.At.Epoch == "" || state.At.Seq != 0 {
			p.Errorf("the topic is at %v, %v", state.At, err)
		}
		p.log.set(true)
		if err := p.Begin(p.Context()); !errors.Is(err, errAway) {
			p.Errorf("Begin while the log is away: %v", err)
		}
	})
}

func TestPublisherPublishesAtOnceAndInOrder(t *testing.T) {
	publish(t, feed.Remember{}, func(p *press) {
		begun := time.Now()
		for n := range 3 {
			if err := p.publish(n); err != nil {
				p.Error(err)
			}
		}
		p.want(0, 1, 2)
		if d := time.Since(begun); d != 0 {
			p.Errorf("that took %v", d)
		}
	})
}

func TestPublisherTriesUntilTheLogIsBack(t *testing.T) {
	publish(t, feed.Remember{}, func(p *press) {
		p.log.set(true)
		for n := range 5 {
			if err := p.publish(n); err != nil {
				p.Error(err)
			}
		}
		time.Sleep(10 * time.Minute)
		if n := p.log.tries(); n < 20 || n > 200 {
			p.Errorf("%d attempts in 10 minutes", n)
		}
		p.want()
		p.log.set(false)
		time.Sleep(20 * time.Second)
		p.want(0, 1, 2, 3, 4)
		if p.publish(5) != nil || p.Refused() != 0 || p.Waiting() > 1 {
			p.Errorf("refused %d, waiting %d", p.Refused(), p.Waiting())
		}
		p.want(0, 1, 2, 3, 4, 5)
	})
}

func TestPublisherRefusesWhatIsTooMuch(t *testing.T) {
	publish(t, feed.Remember{For: time.Hour, Most: 1 << 20}, func(p *press) {
		p.log.set(true)
		const most = 10_000
		for n := range most {
			if err := p.publish(n); err != nil {
				p.Fatal(err)
			}
		}
		if err := p.publish(most); !errors.Is(err, feed.ErrFull) {
			p.Errorf("one too many: %v, want ErrFull", err)
		}
		if first, err := p.PublishOnce(p.Context(), "key", happened(most), most); first || !errors.Is(err, feed.ErrFull) {
			p.Errorf("one too many: %v, %v, want ErrFull", first, err)
		}
		if p.Refused() != 2 || p.Waiting() != most {
			p.Errorf("refused %d, waiting %d", p.Refused(), p.Waiting())
		}
		p.log.set(false)
		time.Sleep(20 * time.Second)
		if p.Waiting() != 0 {
			p.Errorf("%d still wait", p.Waiting())
		}
		if !p.once("key", most) {
			p.Error("what was refused is taken for published")
		}
	})
}

func TestPublisherRefusesTooManyBytes(t *testing.T) {
	publish(t, feed.Remember{}, func(p *press) {
		p.log.set(true)
		large := record.Event{Record: rec("A", "text", strings.Repeat("x", 5<<20))}
		for n := range 4 {
			if err := p.Publish(p.Context(), large, 0); (err != nil) != (n == 3) {
				p.Errorf("%d times 5 MiB: %v", n+1, err)
			}
		}
		p.log.set(false)
		time.Sleep(20 * time.Second)
		larger := record.Event{Record: rec("A", "text", strings.Repeat("x", 20<<20))}
		if err := p.Publish(p.Context(), larger, 0); err != nil {
			p.Errorf("one alone: %v", err)
		}
	})
}

func TestPublisherOnce(t *testing.T) {
	publish(t, feed.Remember{For: 30 * time.Second, Most: 3}, func(p *press) {
		want := func(key string, n int, want bool) {
			p.Helper()
			if first := p.once(key, n); first != want {
				p.Errorf("%s at %d: first is %v", key, n, first)
			}
		}
		want("a", 0, true)
		want("a", 1, false)
		time.Sleep(29 * time.Second)
		want("a", 2, false)
		want("b", 3, true)
		time.Sleep(time.Second) // a was published 30 s ago; that it was heard since does not count
		want("a", 4, true)
		want("a", 5, false)
		want("b", 6, false)
		want("c", 7, true)
		want("d", 8, true) // and b, the oldest, is forgotten
		want("a", 9, false)
		want("b", 10, true) // it is not told all the same: the log remembers more
		p.want(0, 3, 4, 7, 8)
	})
}

// What two processes hear is told once.
func TestPublisherOnceOfTwo(t *testing.T) {
	remember := feed.Remember{For: 30 * time.Second, Most: 3}
	publish(t, remember, func(p *press) {
		other := feed.NewPublisher("safety", p.log, remember, zerolog.Nop())
		ctx, cancel := context.WithCancel(p.Context())
		done := make(chan error)
		go func() { done <- other.Run(ctx) }()
		p.once("a", 0)
		synctest.Wait()
		if first, err := other.PublishOnce(p.Context(), "a", happened(1), 1); !first || err != nil {
			p.Errorf("to the other one it is the first: %v, %v", first, err)
		}
		synctest.Wait()
		p.want(0)
		cancel()
		<-done
	})
}

func TestPublisherThatRemembersNothing(t *testing.T) {
	publish(t, feed.Remember{}, func(p *press) {
		if !p.once("a", 0) || !p.once("a", 1) {
			p.Error("it remembers")
		}
		p.want(0, 1)
	})
}

func TestPublisherEnds(t *testing.T) {
	for name, away := range map[string]bool{"what waits goes out": false, "the log is away": true} {
		t.Run(name, func(t *testing.T) {
			publish(t, feed.Remember{}, func(p *press) {
				p.log.set(true)
				if err := p.publish(1); err != nil {
					p.Error(err)
				}
				synctest.Wait()
				p.log.set(away)
				begun := time.Now()
				p.stop()
				if d := time.Since(begun); d > time.Second {
					p.Errorf("that took %v", d)
				}
				if !away {
					p.want(1)
				}
				ended, cancel := context.WithCancel(p.Context())
				cancel()
				if err := p.Publish(ended, happened(2), 2); !errors.Is(err, context.Canceled) {
					p.Errorf("Publish with a context that has ended: %v", err)
				}
				if _, err := p.PublishOnce(ended, "a", happened(2), 2); !errors.Is(err, context.Canceled) {
					p.Errorf("PublishOnce with a context that has ended: %v", err)
				}
			})
		})
	}
}

func TestPublisherEndsWithItsLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := feedlog.NewMemory()
		p := feed.NewPublisher("safety", log, feed.Remember{}, zerolog.Nop())
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
		if err := p.Publish(t.Context(), happened(1), 1); err != nil {
			t.Error(err)
		}
		if err := p.Run(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestPublisherForMany(t *testing.T) {
	const publishers, each = 8, 200
	publish(t, feed.Remember{For: time.Minute, Most: publishers * each}, func(p *press) {
		var work sync.WaitGroup
		for range publishers {
			work.Go(func() {
				for n := range each {
					p.once(fmt.Sprint(n), n)
				}
			})
		}
		work.Wait()
		synctest.Wait()
		state, _ := p.log.Load(p.Context(), "safety")
		if len(state.Entries) != each {
			p.Errorf("%d events of %d keys", len(state.Entries), each)
		}
	})
}
