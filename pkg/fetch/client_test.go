package fetch

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestAnswers(t *testing.T) {
	packed := func(w http.ResponseWriter) {
		z := gzip.NewWriter(w)
		defer func() { _ = z.Close() }()
		fmt.Fprint(z, "text")
	}
	for name, answer := range map[string]http.HandlerFunc{
		"plain": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "text") },
		"packed, and said to be": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			packed(w)
		},
		"packed by itself": func(w http.ResponseWriter, _ *http.Request) { packed(w) },
		"somewhere else": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/list" {
				http.Redirect(w, r, "/there", http.StatusFound)
				return
			}
			fmt.Fprint(w, "text")
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := time.Now()
			a := serve(t, answer).wantBody("text")
			if a.Received.Before(before) || a.Received.After(time.Now()) || a.Date.IsZero() || a.Date.After(time.Now()) {
				t.Errorf("received %v, sent %v, asked %v", a.Received, a.Date, before)
			}
		})
	}
}

// TestNoContent: that there is nothing is an answer too.
func TestNoContent(t *testing.T) {
	a, err := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }).ask()
	if err != nil || !a.NoContent || len(a.Body) != 0 {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestInto: a buffer is used again, from its beginning on; without one the answers do not
// share their bytes.
func TestInto(t *testing.T) {
	asked := 0
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		asked++
		fmt.Fprint(w, asked)
	})
	first := f.wantBody("1")
	f.question.Into = bytes.NewBufferString("what was there")
	f.wantBody("2")
	third := f.wantBody("3")
	if string(first.Body) != "1" || &third.Body[0] != &f.question.Into.Bytes()[0] {
		t.Errorf("the first answer is %q by now, the third %q", first.Body, third.Body)
	}
}

// TestHeader: what is sent along is not sent on to another host, nor is where it came from.
func TestHeader(t *testing.T) {
	var first, same, second http.Header
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { second = r.Header }))
	defer other.Close()
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/list" {
			first = r.Header
			http.Redirect(w, r, "/same", http.StatusFound)
			return
		}
		same = r.Header
		http.Redirect(w, r, other.URL, http.StatusFound)
	}, func(c *Config) { c.Header = http.Header{"client_id": {"me"}} })
	f.wantBody("")
	if first.Get("client_id") != "me" || first.Get("User-Agent") != "skygate" || same.Get("client_id") != "me" || same.Get("Referer") != "" {
		t.Errorf("sent along: %v, and then %v", first, same)
	}
	if second.Get("client_id") != "" || second.Get("Referer") != "" || second.Get("Authorization") != "" {
		t.Errorf("sent on: %v", second)
	}
}
