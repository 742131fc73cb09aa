// Package eventually is for tests: it waits for what other goroutines, connections and
// processes bring about. It looks again and again in the goroutine of the test, so a
// condition needs no lock beyond its own, and may end the test. It is our own because
// assertion libraries look from another goroutine, where neither is so.
package eventually

import (
	"testing"
	"time"
)

// Patience is how long a condition may take. It is only a bound on what goes wrong, and
// so long that a loaded machine does not reach it.
const Patience = time.Minute

// How long it pauses between two looks: short at first, as most things happen soon, then
// longer, as looking costs those who work.
const (
	firstPause = time.Millisecond
	lastPause  = 20 * time.Millisecond
)

// Holds waits until a condition holds, and ends the test when it does not.
func Holds(t testing.TB, what string, holds func() bool) {
	t.Helper()
	if !Is(holds) {
		t.Fatalf("waited %v in vain: %s", Patience, what)
	}
}

// Works waits until trying is no error any more, and ends the test with the last error
// when it always is.
func Works(t testing.TB, what string, try func() error) {
	t.Helper()
	var err error
	if !Is(func() bool { err = try(); return err == nil }) {
		t.Fatalf("waited %v in vain: %s: %v", Patience, what, err)
	}
}

// Get gives what comes from a channel, and ends the test when nothing does.
func Get[T any](t testing.TB, what string, from <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(Patience):
		t.Fatalf("waited %v in vain: %s", Patience, what)
	}
	return v
}

// Is waits until a condition holds, and says whether it came to. It is for who has more to
// tell of a failure, or goes on after it.
func Is(holds func() bool) bool {
	end := time.Now().Add(Patience)
	for pause := firstPause; ; pause = min(pause+pause/4, lastPause) {
		if holds() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
		time.Sleep(pause)
	}
}
