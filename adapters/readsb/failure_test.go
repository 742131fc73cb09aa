package readsb

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/feed"
)

func TestSourceFailures(t *testing.T) {
	half := func(w http.ResponseWriter) {
		body := file("aaaaaa", "bbbbbb", "cccccc")
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		fmt.Fprint(w, body[:len(body)-20])
	}
	tests := map[string]struct {
		answer http.HandlerFunc
		reason string
		keys   string // what is delivered all the same
	}{
		"error page": {func(w http.ResponseWriter, r *http.Request) { http.Error(w, "busy", 503) }, HTTPStatus, ""},
		"page":       {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>") }, NotJSON, ""},
		"nothing":    {func(w http.ResponseWriter, r *http.Request) {}, Truncated, ""},
		"other JSON": {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{"lat":1}`) }, NoList, ""},
		"half a file, connection cut": {func(w http.ResponseWriter, r *http.Request) {
			half(w)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, Truncated, "AAAAAA BBBBBB"},
		"half a file on disk": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, file("aaaaaa", "bbbbbb")[:100])
		}, Truncated, "AAAAAA"},
		"half a compressed file": {func(w http.ResponseWriter, r *http.Request) {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			fmt.Fprint(z, file("aaaaaa", "bbbbbb"))
			_ = z.Flush()
			_, _ = w.Write(b.Bytes())
		}, Truncated, "AAAAAA BBBBBB"},
		"gzip in name only": {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "\x1f\x8bnot so") }, Truncated, ""},
		"redirects without end": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}, Unreachable, ""},
		"redirect to a file": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/hostname", http.StatusFound)
		}, Unreachable, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			f := newFixture(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/data/receiver.json" {
					http.NotFound(w, r)
					return
				}
				asked.Add(1)
				test.answer(w, r)
			}))
			f.run()
			f.wantBad(test.reason)
			if got := f.sink.keys(); got != test.keys {
				t.Errorf("got %q, want %q", got, test.keys)
			}
			if n := asked.Load(); n > maxRedirects+1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestSourceSlow(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	f := newFixture(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/data/receiver.json" {
			return
		}
		body := file("aaaaaa", "bbbbbb")
		fmt.Fprint(w, body[:len(body)-5])
		w.(http.Flusher).Flush()
		<-release
	}), func(c *Config) { c.Timeout = 200 * time.Millisecond })
	f.run()
	f.wantBad(Timeout)
	if got := f.sink.keys(); got != "AAAAAA" {
		t.Errorf("got %q, want what came before the timeout", got)
	}
}

func TestSourceTooLarge(t *testing.T) {
	address, err := endpoint(serve(t, func(w http.ResponseWriter, r *http.Request) {
		z := gzip.NewWriter(w)
		defer z.Close()
		fmt.Fprint(z, file("aaaaaa"), strings.Repeat(" ", 1<<21))
	}))
	if err != nil {
		t.Fatal(err)
	}
	fetch := newFetcher("http", time.Minute)
	defer fetch.close()
	a, err := fetch.get(context.Background(), address, validators{}, 1<<20)
	if e, ok := err.(*Error); !ok || e.Reason != TooLarge || len(a.body) != 1<<20 {
		t.Errorf("%d bytes, %v", len(a.body), err)
	}
}

// TestSourceNotModifiedUnasked: who did not say which edition is known cannot
// be told that it is still the same.
func TestSourceNotModifiedUnasked(t *testing.T) {
	f := newFixture(t, serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotModified) }))
	f.run()
	f.wantBad(HTTPStatus)
}

// TestSourceNoFile: what is no regular file may block for ever when it is
// opened, so it is not.
func TestSourceNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "aircraft.json")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	f := newFixture(t, "file://"+path)
	f.run()
	f.wantBad(Unreachable)
	if err := f.Status().Err; err != path+" is a folder: with a / at its end the address means the aircraft.json in it" {
		t.Errorf("told: %s", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	f.want("that it is missed", func() bool { return f.Status().Err == "there is no file "+path })
	if err := os.WriteFile(path, []byte(file("aaaaaa")), 0o600); err != nil {
		t.Fatal(err)
	}
	f.wantState(feed.Delivering)
}

func TestSourceKeepsSecrets(t *testing.T) {
	address := strings.Replace(serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "ftp://elsewhere/", http.StatusFound)
	}), "://", "://user:secret@", 1) + "/aircraft.json?key=secret"
	f := newFixture(t, address)
	f.run()
	f.wantBad(Unreachable)
	f.logs.mu.Lock()
	defer f.logs.mu.Unlock()
	if text := f.logs.b.String() + f.Status().Err; strings.Contains(text, "secret") || !strings.Contains(text, "/aircraft.json") {
		t.Errorf("told: %s", text)
	}
}
