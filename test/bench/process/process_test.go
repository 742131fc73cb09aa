//go:build linux

package process

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, script string) *Process {
	t.Helper()
	p, err := Start("sh", []string{"sh", "-c", script})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAskAndStop(t *testing.T) {
	p := start(t, `while read -r line; do echo "{\"got\": \"$line\"}"; done`)
	for _, line := range []string{"a", "b"} {
		var answer struct{ Got string }
		if err := p.Ask([]byte(line), &answer); err != nil || answer.Got != line {
			t.Errorf("answered %q, %v, want %q", answer.Got, err, line)
		}
	}
	if rss, err := p.RSS(); err != nil || rss < 100_000 || rss > 100_000_000 {
		t.Errorf("a shell has %d bytes resident, %v", rss, err)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}

func TestWriteCalls(t *testing.T) {
	p := start(t, `while read -r line; do echo '{}'; done`)
	ask := func(times int) (calls int64) {
		for range times {
			if err := p.Ask(nil, &struct{}{}); err != nil {
				t.Fatal(err)
			}
		}
		calls, err := p.WriteCalls()
		if err != nil {
			t.Fatal(err)
		}
		return calls
	}
	if before := ask(1); ask(10) != before+10 {
		t.Errorf("ten answers took %d system calls", ask(0)-before)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}

// TestCPU works in another process, and waits for the account to tell.
func TestCPU(t *testing.T) {
	p := start(t, `i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done; echo '{}'; read -r line`)
	if err := p.Hear(&struct{}{}); err != nil {
		t.Fatal(err)
	}
	used, err := p.CPU()
	if err != nil || used < time.Millisecond || used > time.Minute {
		t.Errorf("30,000 rounds of a loop took %v, %v", used, err)
	}
	if err := p.Stop(); err == nil {
		t.Error("read at the end of the input fails, so the shell does, and Stop says nothing")
	}
}

func TestSignal(t *testing.T) {
	p := start(t, `sleep 1000 & trap 'kill $!; exit 0' TERM; echo '{}'; wait`)
	if err := p.Hear(&struct{}{}); err != nil {
		t.Fatal(err)
	}
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	begun := time.Now()
	if err := p.Stop(); err != nil || time.Since(begun) >= farewell {
		t.Errorf("it ended after %v, %v", time.Since(begun), err)
	}
	if err := p.Signal(syscall.SIGTERM); err == nil {
		t.Error("a process that has ended was told to end")
	}
}

func TestErrorsTellWhatTheProgramSaid(t *testing.T) {
	p := start(t, `echo "no such luck" >&2; exit 3`)
	err := p.Hear(&struct{}{})
	if stop := p.Stop(); stop == nil || !strings.Contains(stop.Error(), "no such luck") {
		t.Errorf("stopped: %v", stop)
	}
	if err == nil || !strings.Contains(err.Error(), "has ended") {
		t.Errorf("heard: %v", err)
	}
	if _, err := Start("none", []string{"/nowhere/at/all"}); err == nil {
		t.Error("a program that is not there was started")
	}
}
