package webhook_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/webhook"
)

// way answers each request by a function, and keeps when it came.
type way struct {
	mu     sync.Mutex // guards came
	came   []time.Time
	answer func(n int, r *http.Request) (*http.Response, error)
}

func (w *way) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.came = append(w.came, time.Now())
	n := len(w.came)
	w.mu.Unlock()
	return w.answer(n, r)
}

func answer(code int, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(strings.NewReader("ok"))}
}

// pauses runs one alert through answers, and gives the time between attempts.
func pauses(t *testing.T, what func(n int, r *http.Request) (*http.Response, error)) (got []time.Duration, stats webhook.Stats) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &way{answer: what}
		s := webhook.New(webhook.DefaultConfig(), zerolog.Nop())
		s.Through(w)
		run(t, s, func() {
			s.Deliver("https://example.org/", alert("1"))
			time.Sleep(time.Hour)
		})
		for i := 1; i < len(w.came); i++ {
			got = append(got, w.came[i].Sub(w.came[i-1]))
		}
		stats = s.Stats()
	})
	return got, stats
}

func TestItIsTriedAgainLaterAndLater(t *testing.T) {
	got, stats := pauses(t, func(n int, _ *http.Request) (*http.Response, error) {
		switch n {
		case 1:
			return nil, errors.New("no route")
		case 5:
			return answer(200), nil
		}
		return answer(503), nil
	})
	if len(got) != 4 || stats.Delivered != 1 || stats.Retried != 4 {
		t.Fatalf("pauses %v, %+v", got, stats)
	}
	for i, most := range []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second} {
		if got[i] > most || got[i] < most/2 {
			t.Errorf("pause %d is %v, want %v to %v", i, got[i], most/2, most)
		}
	}
}

func TestItIsGivenUpAtLast(t *testing.T) {
	got, stats := pauses(t, func(int, *http.Request) (*http.Response, error) { return answer(500), nil })
	if len(got) != 5 || stats.Exhausted != 1 || stats.Delivered != 0 || stats.Waiting != 0 {
		t.Errorf("pauses %v, %+v", got, stats)
	}
}

func TestAReceiverMayAskForTime(t *testing.T) {
	got, stats := pauses(t, func(n int, _ *http.Request) (*http.Response, error) {
		return answer([]int{429, 503, 200}[n-1], "Retry-After", []string{"60", "99999", ""}[n-1]), nil
	})
	if stats.Delivered != 1 || len(got) != 2 || got[0] != time.Minute || got[1] != 5*time.Minute {
		t.Errorf("pauses %v, %+v", got, stats)
	}
}

func TestAHostThatHangsHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &way{answer: func(_ int, r *http.Request) (*http.Response, error) {
			if r.URL.Host == "hangs.example" {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return answer(200), nil
		}}
		cfg := webhook.DefaultConfig()
		cfg.Queue = 50
		s := webhook.New(cfg, zerolog.Nop())
		s.Through(w)
		full := 0
		run(t, s, func() {
			for range 45 {
				s.Deliver("https://hangs.example/", alert("1"))
			}
			synctest.Wait()
			for range 20 {
				if !s.Deliver("https://good.example/", alert("2")) {
					full++
				}
				synctest.Wait()
			}
			if st := s.Stats(); st.Delivered != 20 || full != 0 {
				t.Errorf("at once: %+v, %d found no room", st, full)
			}
			for range 10 {
				s.Deliver("https://hangs.example/", alert("1"))
			}
			if st := s.Stats(); st.Full != 3 || st.Waiting != 50 {
				t.Errorf("with a full queue: %+v", st)
			}
		})
		if st := s.Stats(); st.Ended != 52 || st.Waiting != 0 {
			t.Errorf("after the end: %+v", st)
		}
	})
}
