package readsb

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/fetch"
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
		"error page": {func(w http.ResponseWriter, r *http.Request) { http.Error(w, "busy", 503) }, fetch.HTTPStatus, ""},
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
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/data/receiver.json" {
					http.NotFound(w, r)
					return
				}
				test.answer(w, r)
			}))
			f.Start()
			f.WantFailing(test.reason)
			if got := f.Sink.Keys(); got != test.keys {
				t.Errorf("got %q, want %q", got, test.keys)
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
	f.Start()
	f.WantFailing(fetch.Timeout)
	if got := f.Sink.Keys(); got != "AAAAAA" {
		t.Errorf("got %q, want what came before the timeout", got)
	}
}

// TestSourceNoFile: who gave a folder is told how to; a file that is missing is waited for.
func TestSourceNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "aircraft.json")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	f := newFixture(t, "file://"+path)
	f.Start()
	f.WantFailing(fetch.Unreachable)
	if err := f.Status().Err; err != path+" is a folder: with a / at its end the address means the aircraft.json in it" {
		t.Errorf("told: %s", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	f.Want("that it is missed", func() bool { return f.Status().Err == "there is no file "+path })
	if err := os.WriteFile(path, []byte(file("aaaaaa")), 0o600); err != nil {
		t.Fatal(err)
	}
	f.WantState(feed.Delivering)
}

func TestSourceKeepsSecrets(t *testing.T) {
	address := strings.Replace(serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "ftp://elsewhere/", http.StatusFound)
	}), "://", "://user:secret@", 1) + "/aircraft.json?key=secret"
	f := newFixture(t, address)
	f.Start()
	f.WantFailing(fetch.Unreachable)
	if text := f.Logs.String() + f.Status().Err; strings.Contains(text, "secret") || !strings.Contains(text, "/aircraft.json") {
		t.Errorf("told: %s", text)
	}
}
