package fetch

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestFailures(t *testing.T) {
	for name, want := range map[string]struct {
		answer http.HandlerFunc
		reason string
		body   string // what came all the same
	}{
		"500": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oh", 500) }, HTTPStatus, ""},
		"half an answer": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, "half")
		}, Truncated, "half"},
		"half of what is packed": {func(w http.ResponseWriter, _ *http.Request) {
			z := gzip.NewWriter(w)
			fmt.Fprint(z, "half")
			_ = z.Flush()
		}, Truncated, "half"},
		"packed in name only": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "\x1f\x8bnot so") }, Truncated, ""},
		"too much": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, strings.Repeat("x", 1<<20+1))
		}, TooLarge, strings.Repeat("x", 1<<20)},
		"a bomb": {func(w http.ResponseWriter, _ *http.Request) {
			z := gzip.NewWriter(w)
			defer func() { _ = z.Close() }()
			for range 10 {
				fmt.Fprint(z, strings.Repeat("x", 1<<20))
			}
		}, TooLarge, strings.Repeat("x", 1<<20)},
		"redirects without end": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}, Unreachable, ""},
		"a redirect to a file": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/hostname", http.StatusFound)
		}, Unreachable, ""},
		"a redirect to something else": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "ftp://elsewhere/", http.StatusFound)
		}, Unreachable, ""},
		"a connection that is cut":     {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, Unreachable, ""},
		"not modified, without asking": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }, HTTPStatus, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			f := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				want.answer(w, r)
			})
			switch a, err := f.ask(); {
			case err == nil || err.Reason != want.reason:
				t.Errorf("it fails with %+v, want %q", err, want.reason)
			case string(a.Body) != want.body:
				t.Errorf("%d bytes came, want %d: %.50q", len(a.Body), len(want.body), a.Body)
			case asked.Load() > maxRedirects+1:
				t.Errorf("%d requests", asked.Load())
			}
		})
	}
}

// TestSlow: an answer that does not come to its end in time is half of one.
func TestSlow(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "half")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}, func(c *Config) { c.Timeout = 200 * time.Millisecond })
	if a, err := f.ask(); err == nil || err.Reason != Timeout || err.Detail != "no whole answer within 200ms" || string(a.Body) != "half" {
		t.Errorf("%q came, %+v", a.Body, err)
	}
}

// TestNobodyThere: nobody listens any more.
func TestNobodyThere(t *testing.T) {
	server := httptest.NewServer(nil)
	f := newFixture(t, server.URL+"/?key=secret")
	server.Close()
	if _, err := f.ask(); err == nil || err.Reason != Unreachable {
		t.Errorf("%+v", err)
	}
}

// TestAfter: who says when to ask again is heard.
func TestAfter(t *testing.T) {
	_, err := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusTooManyRequests)
	}).ask()
	if err == nil || err.After != 2*time.Minute || err.Detail != "the server answers 429 Too Many Requests" {
		t.Errorf("%+v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 7, 21, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, "0": 0, "-1": 0, "soon": 0, "1e9": 0, "99999999": longestAfter, "99999999999999999999": 0,
		"Tue, 21 Jul 2026 12:01:00 GMT": time.Minute, "Tue, 21 Jul 2026 11:00:00 GMT": 0, "Fri, 21 Jul 2028 12:01:00 GMT": longestAfter,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}
