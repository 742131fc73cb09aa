package streams_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/adapters/redis/streams"
	"github.com/skygate-io/skygate/pkg/feedlog"
)

// TestWhateverHappens kills and freezes a server that keeps what it has, while two
// processes publish and one writes. Whoever reads is told each event once and has the
// newest state in the end.
func TestWhateverHappens(t *testing.T) {
	server := redistest.Single(t)
	logs := []*streams.Log{open(t, server.Config(), hasty), open(t, server.Config(), hasty)}
	var reads []*follower
	for _, log := range logs {
		reads = append(reads, follow(t, log, "safety"))
	}
	state := follow(t, logs[1], "aircraft")

	ctx, cancel := context.WithCancel(context.Background())
	var working sync.WaitGroup
	defer working.Wait()
	defer cancel()
	published := make([]int, len(logs))
	for i, log := range logs {
		working.Go(func() { published[i] = publishUntil(ctx, log, i) })
	}
	written := 0
	working.Go(func() { written = writeUntil(ctx, logs[0]) })

	seen := func() (n int) {
		reads[0].mu.Lock()
		defer reads[0].mu.Unlock()
		return len(reads[0].told)
	}
	goesOn := func() {
		t.Helper()
		before := seen()
		eventually(t, "events are told again", func() error {
			if seen() < before+20 {
				return errors.New("they are not")
			}
			return nil
		})
	}
	goesOn()
	for round := range 6 {
		away := func(f *follower) int { f.mu.Lock(); defer f.mu.Unlock(); return f.away }
		before := away(reads[0])
		if round%2 == 0 {
			server.Kill()
		} else {
			server.Freeze()
		}
		eventually(t, "it is seen", func() error {
			if away(reads[0]) == before {
				return errors.New("it is not")
			}
			return nil
		})
		server.Thaw()
		server.Start()
		goesOn()
	}
	cancel()
	working.Wait()
	for i, f := range reads {
		eventually(t, "all is told", func() error {
			f.mu.Lock()
			defer f.mu.Unlock()
			return toldOnce(f.told, published)
		})
		if f.wantNothingWrong(t); t.Failed() {
			t.Fatalf("reader %d", i)
		}
	}
	eventually(t, "the newest state is there", func() error {
		if got := state.value("A"); got != fmt.Sprint(written) {
			return fmt.Errorf("%s, not %d", got, written)
		}
		return nil
	})
	state.wantNothingWrong(t)
}

// publishUntil publishes one event after the other, each until the log has it, and says
// how many.
func publishUntil(ctx context.Context, log feedlog.Log, publisher int) (n int) {
	for ; ctx.Err() == nil; n++ {
		c := event(publisher*1_000_000 + n)
		for {
			if _, err := log.Publish(context.Background(), "safety", c); err == nil {
				break
			}
			time.Sleep(10 * time.Millisecond) // the pause of who tries again
		}
	}
	return n
}

// writeUntil writes one change after the other, as a feed does, and gives the last.
func writeUntil(ctx context.Context, log feedlog.Log) (n int) {
	var w feedlog.Writer
	for ctx.Err() == nil || w == nil {
		var err error
		if w == nil {
			if w, err = log.Begin(context.Background(), "aircraft"); err != nil {
				time.Sleep(10 * time.Millisecond) // the pause of who tries again
				continue
			}
		}
		if _, err := w.Append(context.Background(), change(n+1)); err != nil {
			w = nil
			continue
		}
		n++
	}
	return n
}

// toldOnce says what is wrong with what was told of so many events of each publisher:
// each once, those of one publisher in order.
func toldOnce(told []string, published []int) error {
	next := make([]int, len(published))
	for _, text := range told {
		n := 0
		fmt.Sscan(text, &n)
		p := n / 1_000_000
		if n%1_000_000 != next[p] {
			return fmt.Errorf("publisher %d: in the place of %d comes %d", p, next[p], n%1_000_000)
		}
		next[p]++
	}
	for p := range next {
		if next[p] != published[p] {
			return fmt.Errorf("publisher %d: %d of %d are told", p, next[p], published[p])
		}
	}
	return nil
}
