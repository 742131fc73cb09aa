package poll

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skygate-io/skygate/pkg/feed/feedtest"
	"github.com/skygate-io/skygate/pkg/fetch"
)

// direct is an upstream without a network between, for a bubble of time.
type direct struct{ *upstream }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), r.Context().Err()
}

// live runs a source in a bubble of time, and gives when it asked.
func live(t *testing.T, play func(t *testing.T, f *fixture, since func() []time.Duration)) {
	synctest.Test(t, func(t *testing.T) {
		f := newSource(t, "http://sky.example/list?key=secret")
		f.upstream = &upstream{}
		pace := feedtest.NewPace()
		f.through(func(r *http.Request) (*http.Response, error) {
			pace.Try()
			return direct{f.upstream}.RoundTrip(r)
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		f.upstream.lists()
		go func() { done <- f.Source.Run(ctx, f.sink) }()
		synctest.Wait()
		play(t, f, func() []time.Duration {
			synctest.Wait()
			return pace.Tried()
		})
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
}

// through has the source ask without a network.
func (f *fixture) through(transport roundTrip) {
	f.client = fetch.New(fetch.Config{Timeout: f.cfg.Timeout, Transport: transport})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestPace: it asks once in an interval, never all at the same moment.
func TestPace(t *testing.T) {
	live(t, func(t *testing.T, f *fixture, since func() []time.Duration) {
		time.Sleep(100 * time.Minute)
		at := since()
		if n := len(at); n < 90 || n > 112 {
			t.Errorf("%d questions in 100 minutes", n)
		}
		varied := map[time.Duration]bool{}
		for i := 1; i < len(at); i++ {
			gap := at[i] - at[i-1]
			varied[gap] = true
			if gap < 54*time.Second || gap > 66*time.Second {
				t.Errorf("%v between two", gap)
			}
		}
		if len(varied) < 50 {
			t.Errorf("%d pauses of %d are different", len(varied), len(at))
		}
		if s := f.Status(); s.State != "delivering" || time.Since(s.Newest) > 70*time.Second {
			t.Errorf("status %+v", s)
		}
	})
}

// TestBackOff: after failures the pauses grow, up to a bound; one line is logged for each
// change of state, and it does not tell the key in the address.
func TestBackOff(t *testing.T) {
	live(t, func(t *testing.T, f *fixture, since func() []time.Duration) {
		before := len(since())
		f.upstream.says(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", 500) })
		time.Sleep(6 * time.Hour)
		at := since()[before:]
		if first := at[1] - at[0]; first > 10*time.Second {
			t.Errorf("the first pause is %v", first)
		}
		for i := 1; i < len(at); i++ {
			if gap := at[i] - at[i-1]; gap > 15*time.Minute || i > 12 && gap < 5*time.Minute {
				t.Errorf("pause %d is %v", i, gap)
			}
		}
		if s := f.Status(); s.State != "failing" || s.Err != "the server answers 500 Internal Server Error" || s.Bad[fetch.HTTPStatus] != uint64(len(at)) {
			t.Errorf("status %+v after %d failures", s, len(at))
		}
		f.upstream.lists()
		time.Sleep(20 * time.Minute)
		if s := f.Status(); s.State != "delivering" || s.Err != "" {
			t.Errorf("status %+v", s)
		}
		lines := strings.Split(strings.TrimSpace(f.logged.String()), "\n")
		if len(lines) != 3 || strings.Contains(f.logged.String(), "secret") {
			t.Errorf("logged:\n%s", f.logged)
		}
	})
}

// TestRetryAfterIsKept: an upstream that says when it may be asked again is not asked
// before.
func TestRetryAfterIsKept(t *testing.T) {
	live(t, func(t *testing.T, f *fixture, since func() []time.Duration) {
		before := len(since())
		f.upstream.says(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		})
		time.Sleep(3 * time.Hour)
		at := since()[before:]
		if len(at) < 2 || len(at) > 3 {
			t.Fatalf("%d questions in 3 hours", len(at))
		}
		for i := 1; i < len(at); i++ {
			if gap := at[i] - at[i-1]; gap < time.Hour || gap > time.Hour+time.Second {
				t.Errorf("%v between two", gap)
			}
		}
	})
}

// TestAsk: who wants news has the upstream asked, at once when it was left alone for a
// while; an upstream that fails is not asked more often for that.
func TestAsk(t *testing.T) {
	live(t, func(t *testing.T, f *fixture, since func() []time.Duration) {
		time.Sleep(31 * time.Second)
		f.Ask()
		if at := since(); len(at) != 2 || at[1] != 31*time.Second {
			t.Fatalf("asked at %v", at)
		}
		for range 50 {
			f.Ask()
			time.Sleep(time.Second)
		}
		if at := since(); len(at) != 3 || at[2] != at[1]+leastPause {
			t.Errorf("asked at %v", at)
		}
		f.upstream.says(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", 500) })
		time.Sleep(5 * time.Hour)
		before := len(since())
		for range 3600 {
			f.Ask()
			time.Sleep(time.Second)
		}
		if n := len(since()) - before; n > 13 {
			t.Errorf("an upstream that fails is asked %d times in an hour", n)
		}
	})
}

// TestBegins: what is listed before it begins is told when it does, also when the upstream
// is away by then; what is taken back before that is never told.
func TestBegins(t *testing.T) {
	live(t, func(t *testing.T, f *fixture, _ func() []time.Duration) {
		in := func(d time.Duration) int64 { return time.Now().Add(d).UnixMilli() }
		f.upstream.lists(
			entry{ID: "A", V: 1, From: in(-time.Hour), Until: in(5 * time.Minute)},
			entry{ID: "B", V: 2, From: in(3*time.Minute + 7*time.Second)},
			entry{ID: "C", V: 3, From: in(10 * time.Minute)},
		)
		time.Sleep(2 * time.Minute)
		f.want("B has not begun", "A:1")
		f.upstream.says(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", 500) })
		time.Sleep(time.Minute + 6*time.Second)
		f.want("a second before", "A:1")
		time.Sleep(2 * time.Second)
		f.want("B has begun", "A:1 B:2")
		f.upstream.lists(entry{ID: "B", V: 2})
		time.Sleep(30 * time.Minute)
		f.want("C was taken back", "B:2")
		f.upstream.lists(entry{ID: "B", V: 2, From: in(time.Hour)})
		time.Sleep(2 * time.Minute)
		f.want("B begins later, after all", "")
		time.Sleep(time.Hour)
		f.want("and then", "B:2")
	})
}

// TestRunEnds: it ends with its context, also while an answer is under way.
func TestRunEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newSource(t, "http://sky.example/")
		f.through(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- f.Source.Run(ctx, f.sink) }()
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
		if s := f.Status(); s.State != "starting" {
			t.Errorf("an end is no failure: %+v", s)
		}
	})
}

func TestErrorsOfDecode(t *testing.T) {
	f := newFixture(t)
	f.upstream.lists()
	f.decode = func(context.Context, []byte, Get, time.Time) (Found, error) { return Found{}, errors.New("no") }
	if err := f.poll(t.Context(), f.sink); err == nil || err.Error() != "no" {
		t.Errorf("poll = %v", err)
	}
}
