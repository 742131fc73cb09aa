// Package chaos breaks what a cluster of the built program stands on, and looks
// whether its clients notice more than they are told: three processes on a real
// Redis, with official clients on each that know the contract, one receiver that all
// processes read, and events that are published to any of them.
//
// Each fault is struck once in a test run. "task chaos -- -seed 7 -rounds 20" does
// it again and again: the seed decides the order, the victims and the times.
package chaos

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/test/built"
)

// patience bounds every wait for something that must happen.
const patience = 60 * time.Second

var (
	seed   = flag.Uint64("seed", 1, "of all that is left to chance")
	rounds = flag.Int("rounds", 1, "how often each fault is struck")
)

// binary is the program, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	redis.LogTo(zerolog.Nop())
	code := built.Run(m, func(path string) { binary = path })
	report.print()
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// figures are what one fault has shown.
type figures struct {
	fault string
	// From the moment from which it may be well again, until all clients have what was
	// published, and what was heard, after that; and until all processes are healthy.
	events, state, healthy time.Duration
	cores                  float64 // of the busiest process, while Redis was away; below 0: it was not
	grown                  int64   // bytes of memory, of the process that grew most
}

// results are the figures of all.
type results struct {
	mu  sync.Mutex // guards all
	all []figures
}

var report results

func (r *results) add(f figures) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, f)
}

// print writes a table with the worst of each fault.
func (r *results) print() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.all) == 0 {
		return
	}
	worst, times := map[string]figures{}, map[string]int{}
	for _, f := range r.all {
		times[f.fault]++
		w, ok := worst[f.fault]
		if !ok {
			worst[f.fault] = f
			continue
		}
		w.events, w.state, w.healthy = max(w.events, f.events), max(w.state, f.state), max(w.healthy, f.healthy)
		w.cores, w.grown = max(w.cores, f.cores), max(w.grown, f.grown)
		worst[f.fault] = w
	}
	fmt.Println("| fault | times | events, s | state, s | healthy, s | cores while away | memory grown by, MB |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, f := range slices.SortedFunc(func(yield func(figures) bool) {
		for _, f := range worst {
			if !yield(f) {
				return
			}
		}
	}, func(a, b figures) int { return cmp.Compare(a.fault, b.fault) }) {
		cores := "–"
		if f.cores >= 0 {
			cores = fmt.Sprintf("%.3f", f.cores)
		}
		fmt.Printf("| %s | %d | %.1f | %.1f | %.1f | %s | %.0f |\n", f.fault, times[f.fault],
			f.events.Seconds(), f.state.Seconds(), f.healthy.Seconds(), cores, float64(f.grown)/(1<<20))
	}
}

// eventually waits until nothing is the matter.
func eventually(t testing.TB, what string, matter func() string) {
	t.Helper()
	last := ""
	for end := time.Now().Add(patience); time.Now().Before(end); pause(t, 10*time.Millisecond) {
		if last = matter(); last == "" {
			return
		}
	}
	t.Fatalf("%s: not so within %v: %s", what, patience, last)
}

// pause lets some time pass.
func pause(t testing.TB, d time.Duration) {
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}
