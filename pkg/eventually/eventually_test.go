package eventually_test

import (
	"errors"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skygate-io/skygate/pkg/eventually"
)

// failing is a test that may fail: it keeps what it says then.
type failing struct {
	testing.TB
	said string
}

func (f *failing) Helper() {}

func (f *failing) Fatalf(format string, args ...any) {
	f.said = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// says gives what a test says that fails; "" when it goes on.
func says(test func(t testing.TB)) string {
	f := &failing{}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		test(f)
	}()
	<-ended
	return f.said
}

// TestWaits: for what comes late, however late within its patience, and not longer.
func TestWaits(t *testing.T) {
	for name, after := range map[string]time.Duration{
		"is so":    0,
		"soon":     5 * time.Millisecond,
		"late":     eventually.Patience - time.Millisecond,
		"too late": eventually.Patience + time.Second,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				holds := func() bool { return time.Since(begun) >= after }
				if got, want := eventually.Is(holds), after < eventually.Patience+time.Second; got != want {
					t.Errorf("it is %v, want %v", got, want)
				}
				if took := time.Since(begun); took < min(after, eventually.Patience) || took > min(after, eventually.Patience)+100*time.Millisecond {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

func TestSaysWhatDidNotHappen(t *testing.T) {
	errs := []error{errors.New("refused"), errors.New("not ready")}
	for name, c := range map[string]struct {
		test func(t testing.TB)
		want string
	}{
		"it holds":         {func(t testing.TB) { eventually.Holds(t, "rain", func() bool { return true }) }, ""},
		"it does not hold": {func(t testing.TB) { eventually.Holds(t, "rain", func() bool { return false }) }, "waited 1m0s in vain: rain"},
		"it works":         {func(t testing.TB) { eventually.Works(t, "rain", func() error { return nil }) }, ""},
		"the last error": {func(t testing.TB) {
			tries := 0
			eventually.Works(t, "rain", func() error { tries++; return errs[min(tries/2, 1)] })
		}, "waited 1m0s in vain: rain: not ready"},
		"it comes late": {func(t testing.TB) {
			late := make(chan string)
			time.AfterFunc(eventually.Patience-1, func() { late <- "rain" })
			if got := eventually.Get(t, "weather", late); got != "rain" {
				t.Fatalf("it gives %q", got)
			}
		}, ""},
		"it does not come": {func(t testing.TB) { eventually.Get(t, "rain", make(chan int)) }, "waited 1m0s in vain: rain"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got := says(c.test); got != c.want {
					t.Errorf("it says %q, want %q", got, c.want)
				}
			})
		})
	}
}

func TestLooksLessOftenTheLongerItTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		looks := 0
		eventually.Is(func() bool { looks++; return false })
		if most := int(eventually.Patience/(20*time.Millisecond)) + 50; looks > most {
			t.Errorf("it looked %d times, want %d at most", looks, most)
		}
	})
}
