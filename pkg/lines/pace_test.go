package lines

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feed/feedtest"
	"github.com/skygate-io/skygate/pkg/record"
)

// decode understands lines like "A1" (an aircraft) and "-" (nothing of interest).
func decode(line string, received int64) (u record.Update, reason string) {
	switch {
	case line == "-":
		return u, ""
	case line[0] != 'A':
		return u, "malformed"
	}
	u.Key, u.Observed = line, received
	return u, ""
}

// played is a source in a bubble, with when it tried to connect; its connections are pipes.
type played struct {
	*feedtest.Fixture
	*feedtest.Pace
}

// play runs a source in a bubble. serve is what the other side does with a
// connection, or the reason why there is none.
func play(t *testing.T, serve func(since time.Duration, conn net.Conn) error) played {
	pace := feedtest.NewPace()
	f := feedtest.Run(t, func(log zerolog.Logger) (*Source, error) {
		s, err := New(Config{Name: "test", Connect: "pi", Timeout: DefaultTimeout}, 1, decode, log)
		if err != nil {
			return nil, err
		}
		s.dial = func(context.Context, string, string) (net.Conn, error) {
			since := pace.Try()
			ours, theirs := net.Pipe()
			if err := serve(since, theirs); err != nil {
				_ = ours.Close()
				return nil, err
			}
			return ours, nil
		}
		return s, nil
	})
	return played{f, pace}
}

// script serves a connection in a goroutine of its own. When the test ends it
// does not wait any more.
func script(t *testing.T, act func(send func(string), wait func(time.Duration))) func(time.Duration, net.Conn) error {
	return func(_ time.Duration, conn net.Conn) error {
		go func() {
			defer conn.Close()
			act(func(text string) { _, _ = conn.Write([]byte(text)) }, func(d time.Duration) {
				select {
				case <-t.Context().Done():
				case <-time.After(d):
				}
			})
		}()
		return nil
	}
}

func TestBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const mended = 10 * time.Minute
		p := play(t, func(since time.Duration, conn net.Conn) error {
			if since < mended {
				return errors.New("connection refused")
			}
			return script(t, func(send func(string), wait func(time.Duration)) {
				send("A1\n")
				wait(time.Minute)
			})(since, conn)
		})
		p.Until(mended - time.Second)
		dialled := p.Tried()
		if s := p.Status(); s.State != feed.Failing || s.Err != "connection refused" || s.Bad[Unreachable] != uint64(len(dialled)) {
			t.Errorf("status %+v after %d attempts", s, len(dialled))
		}
		p.WantBackOff(t, 5*time.Second) // one that is back is seen soon
		p.Until(mended + maxRetry)
		if s := p.Status(); s.State != feed.Delivering || s.Err != "" || s.Records != 1 {
			t.Errorf("status %+v after it is mended", s)
		}
		if got := p.Logs.States(); got != "failing delivering" {
			t.Errorf("logged %q", got)
		}
	})
}

// TestUseless: who takes every connection and ends it at once is not asked more
// often than who takes none; one that sends something before is.
func TestUseless(t *testing.T) {
	for sent, few := range map[string]bool{"": true, "?\n": true, "\n": false, "-\n": false, "A1\n": false} {
		t.Run(fmt.Sprintf("%q", sent), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := play(t, script(t, func(send func(string), _ func(time.Duration)) {
					if sent != "" {
						send(sent)
					}
				}))
				p.Until(10 * time.Minute)
				if n := len(p.Tried()); few != (n < 250) || n > 1200 {
					t.Errorf("%d attempts in 10 minutes", n)
				}
				if few == strings.Contains(p.Logs.States(), "delivering") {
					t.Errorf("logged %.100s", p.Logs.States())
				}
			})
		})
	}
}

func TestSilence(t *testing.T) {
	tests := map[string]struct {
		act  func(send func(string), wait func(time.Duration))
		cuts bool // within 5 minutes
	}{
		"nothing": {func(_ func(string), wait func(time.Duration)) { wait(5 * time.Minute) }, true},
		"nothing after a line": {func(send func(string), wait func(time.Duration)) {
			send("A1\n")
			wait(5 * time.Minute)
		}, true},
		"a sign of life a minute": {func(send func(string), wait func(time.Duration)) {
			for range 5 {
				send("\r\n")
				wait(time.Minute)
			}
		}, false},
		"a line that does not end": {func(send func(string), wait func(time.Duration)) {
			for range 5 * 60 {
				send("A")
				wait(time.Second)
			}
		}, true},
		"a line that is too long and does not end": {func(send func(string), wait func(time.Duration)) {
			for range 5 * 60 {
				send(strings.Repeat("A", 1000))
				wait(time.Second)
			}
		}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := play(t, script(t, test.act))
				p.Until(119 * time.Second)
				if s := p.Status(); s.Bad[Timeout] != 0 {
					t.Errorf("status %+v after two minutes", s)
				}
				p.Until(121 * time.Second)
				if s := p.Status(); test.cuts != (s.Bad[Timeout] == 1) || test.cuts != strings.Contains(p.Logs.States(), "stale") {
					t.Errorf("status %+v after more than two minutes; logged %s", s, p.Logs.States())
				}
			})
		})
	}
}

// TestSignsOfLife: lines of use that tell of no aircraft are passed on as such, and so
// are signs of life; what cannot be used is not.
func TestSignsOfLife(t *testing.T) {
	for name, test := range map[string]struct {
		line string
		puts int
	}{
		"aircraft":            {"A1\n", 5},
		"nothing of interest": {"-\n", 5},
		"a sign of life":      {"\r\n", 5},
		"garbage":             {"?\n", 0},
		"half a line":         {"A", 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := play(t, script(t, func(send func(string), wait func(time.Duration)) {
					for range 5 {
						send(test.line)
						wait(time.Second)
					}
					wait(time.Hour)
				}))
				p.Until(10 * time.Second)
				if got := p.Sink.Puts(); len(got) != test.puts {
					t.Errorf("it tells %d times, want %d", len(got), test.puts)
				}
			})
		})
	}
}

// TestNowAndThen: single lines that cannot be used are no reason to fail, however
// rare those of use are.
func TestNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, script(t, func(send func(string), wait func(time.Duration)) {
			for range 20 {
				send("A1\n")
				for range 9 {
					wait(5 * time.Second)
					send("?\n")
				}
			}
			wait(time.Hour)
		}))
		p.Until(15 * time.Minute)
		if s := p.Status(); p.Logs.States() != "delivering" || s.Records != 20 || s.Bad["malformed"] != 180 {
			t.Errorf("status %+v, logged %q", s, p.Logs.States())
		}
	})
}

// TestConnectedAgain: a connection alone does not mean that all is well.
func TestConnectedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, func(since time.Duration, conn net.Conn) error {
			if since == 0 {
				return errors.New("connection refused")
			}
			return script(t, func(send func(string), wait func(time.Duration)) {
				wait(time.Minute)
				send("A1\n")
				wait(time.Minute)
			})(since, conn)
		})
		p.Until(30 * time.Second)
		if s := p.Status(); s.State != feed.Failing || s.Err != "connected again, but nothing came yet; before: connection refused" {
			t.Errorf("status %+v", s)
		}
		p.Until(63 * time.Second)
		if s := p.Status(); s.State != feed.Delivering || p.Logs.States() != "failing delivering" {
			t.Errorf("status %+v, logged %s", s, p.Logs.States())
		}
	})
}

func TestBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, script(t, func(send func(string), wait func(time.Duration)) {
			send("A1\nA2\nA")
			wait(10 * time.Millisecond)
			send("3\nA4\n")
			wait(20 * time.Millisecond)
			send("A5\nhalf")
			wait(time.Second)
			send("\nA6\n")
			wait(time.Second)
		}))
		for _, step := range []struct {
			after time.Duration
			keys  string
		}{
			{0, "A1 A2"}, {49, "A1 A2"}, {50, "A1 A2 A3 A4 A5"}, {1029, "A1 A2 A3 A4 A5"}, {1030, "A1 A2 A3 A4 A5 A6"},
		} {
			p.Until(step.after * time.Millisecond)
			if got := p.Sink.Keys(); got != step.keys {
				t.Errorf("after %d ms: %s, want %s", step.after, got, step.keys)
			}
		}
		if s := p.Status(); s.Records != 6 || s.Bad["malformed"] != 1 || len(s.Bad) != 1 {
			t.Errorf("status %+v", s)
		}
	})
}

// TestGarbage: what cannot be used is told after a while, once, and forgotten
// with the first line of use.
func TestGarbage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, script(t, func(send func(string), wait func(time.Duration)) {
			send("A1\n")
			for range 600 {
				send("\x1a1?\n\n\r\n")
				wait(100 * time.Millisecond)
			}
			send("A2\n")
			wait(time.Minute)
		}))
		p.Until(4 * time.Second)
		if s := p.Status(); s.State != feed.Delivering {
			t.Errorf("status %+v after 4 s", s)
		}
		p.Until(59 * time.Second)
		if s := p.Status(); s.State != feed.Failing || s.Err != `what comes cannot be used, such as malformed: "\x1a1?"` || s.Bad["malformed"] != 591 {
			t.Errorf("status %+v after a minute", s)
		}
		p.Until(61 * time.Second)
		if s := p.Status(); s.State != feed.Delivering || p.Sink.Keys() != "A1 A2" {
			t.Errorf("status %+v at the end", s)
		}
		if got := p.Logs.States(); got != "delivering failing delivering" {
			t.Errorf("logged %q", got)
		}
	})
}

// TestQuietNight: who hears nothing for hours is stale all that time; that is
// logged once.
func TestQuietNight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, func(since time.Duration, conn net.Conn) error {
			return script(t, func(send func(string), wait func(time.Duration)) {
				switch {
				case since == 0:
					send("A1\n")
				case since > 8*time.Hour:
					for range 10 {
						send("A1\n")
						wait(time.Minute)
					}
				}
				wait(time.Hour)
			})(since, conn)
		})
		p.Until(8 * time.Hour)
		if s := p.Status(); s.State != feed.Stale || s.Err == "" {
			t.Errorf("status %+v", s)
		}
		p.Until(8*time.Hour + 3*time.Minute)
		if s := p.Status(); s.State != feed.Delivering {
			t.Errorf("status %+v in the morning", s)
		}
		if got := p.Logs.States(); got != "delivering stale delivering" {
			t.Errorf("logged %q", got)
		}
	})
}
