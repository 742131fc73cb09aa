package poll

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/fetch"
)

// TestFailures: whatever an upstream answers that is no list takes nothing away, and once
// it is well again all is as it says.
func TestFailures(t *testing.T) {
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		reason string
	}{
		"500":         {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oh", 500) }, fetch.HTTPStatus},
		"429":         {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "slowly", 429) }, fetch.HTTPStatus},
		"a page":      {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<!doctype html><html>") }, Unreadable},
		"nothing":     {func(http.ResponseWriter, *http.Request) {}, fetch.Truncated},
		"blanks":      {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, " \r\n") }, fetch.Truncated},
		"half a list": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `[{"ID":"B","V":2}`) }, Unreadable},
		"half an answer": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, `[]`)
		}, fetch.Truncated},
		"10 MB of garbage": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("garbage, ", 10<<20/9)) }, fetch.TooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.upstream.lists(entry{ID: "A", V: 1}, entry{ID: "B", V: 1})
			if reason := f.ask(); reason != "" {
				t.Fatal(reason)
			}
			f.upstream.says(tc.answer)
			if got := f.ask(); got != tc.reason {
				t.Errorf("it fails with %q, want %q", got, tc.reason)
			}
			f.want("after the failure", "A:1 B:1")
			f.upstream.lists(entry{ID: "B", V: 2})
			f.ask()
			f.want("and then", "B:2")
		})
	}
}

// TestSlowBody: an answer that does not come to its end in time is none.
func TestSlowBody(t *testing.T) {
	f := newFixture(t)
	f.upstream.lists(entry{ID: "A", V: 1})
	f.ask()
	f.client = fetch.New(fetch.Config{Timeout: 50 * time.Millisecond})
	defer f.client.Close()
	f.upstream.says(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "[]")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	if got := f.ask(); got != fetch.Timeout {
		t.Errorf("it fails with %q", got)
	}
	f.want("after the timeout", "A:1")
}

// TestListsNothing: an empty list, and an answer without content, are lists.
func TestListsNothing(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"an empty list": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "[]") },
		"no content":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.upstream.lists(entry{ID: "A", V: 1})
			f.ask()
			f.upstream.says(answer)
			if got := f.ask(); got != "" {
				t.Errorf("it fails with %q", got)
			}
			f.want("all is over", "")
		})
	}
}

// TestKeeps: what is listed and cannot be read stays as it was; what was never read does
// not come by that.
func TestKeeps(t *testing.T) {
	f := newFixture(t)
	f.upstream.lists(entry{ID: "A", V: 1}, entry{ID: "B", V: 1})
	f.ask()
	f.upstream.lists(entry{ID: "A", Broken: true}, entry{ID: "C", Broken: true})
	f.ask()
	f.want("A cannot be read", "A:1")
	f.upstream.lists(entry{ID: "C", V: 3})
	f.ask()
	f.want("A is no longer listed", "C:3")
	if bad := f.Status().Bad["broken"]; bad != 2 {
		t.Errorf("%d were refused", bad)
	}
}

// TestPartial: of what an upstream tells in part only, the rest stays.
func TestPartial(t *testing.T) {
	f := newFixture(t)
	f.upstream.lists(entry{ID: "A", V: 1}, entry{ID: "B", V: 1}, entry{ID: "C", V: 1})
	f.ask()
	whole := f.decode
	f.decode = func(ctx context.Context, body []byte, more Get, now time.Time) (Found, error) {
		found, err := whole(ctx, body, more, now)
		found.Partial = true
		return found, err
	}
	f.upstream.lists(entry{ID: "A", V: 2}, entry{ID: "C", From: time.Now().Add(time.Hour).UnixMilli()})
	f.ask()
	f.want("B is not told, C begins later", "A:2 B:1")
	f.decode = whole
	f.ask()
	f.want("B is not listed", "A:2")
}

// TestTooMany: beyond a number nothing is taken, and nothing is lost of what there was.
func TestTooMany(t *testing.T) {
	f := newFixture(t)
	many := make([]entry, maxItems+2)
	for i := range many {
		many[i].ID = fmt.Sprint(i)
	}
	f.upstream.lists(many...)
	if got := f.ask(); got != "" {
		t.Fatal(got)
	}
	if n, bad := len(f.sink.now), f.Status().Bad[TooMany]; n != maxItems || bad != 2 {
		t.Errorf("%d are in force, %d refused", n, bad)
	}
}

// TestConditional: an upstream that has nothing new is asked with a condition, and what is
// in force stays.
func TestConditional(t *testing.T) {
	f := newFixture(t)
	f.upstream.says(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"one"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"one"`)
		fmt.Fprint(w, `[{"ID":"A","V":1}]`)
	})
	for range 3 {
		if got := f.ask(); got != "" {
			t.Fatal(got)
		}
	}
	f.want("it is the same", "A:1")
	if f.sink.puts != 3 {
		t.Errorf("it was told %d times: a feed that lost it would not get it again", f.sink.puts)
	}
	f.upstream.says(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") })
	f.ask()
	f.upstream.says(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" {
			t.Error("after an answer that could not be read it asks for news only")
		}
		fmt.Fprint(w, `[]`)
	})
	f.ask()
	f.want("and then nothing", "")
}

// TestFile: a list may be in a file; that it is missing takes nothing away.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list.json")
	if err := os.WriteFile(path, []byte(`[{"ID":"A","V":1}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	f := newSource(t, "file://"+path)
	if got := f.ask(); got != "" {
		t.Error(got)
	}
	f.want("it is in the file", "A:1")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got := f.ask(); got != fetch.Unreachable {
		t.Errorf("without the file it fails with %q", got)
	}
	f.want("it is missing", "A:1")
}

func TestConfig(t *testing.T) {
	good := Config{Name: "x", URL: "https://x/y", Interval: time.Minute, Timeout: time.Second}
	for name, tc := range map[string]struct {
		change func(*Config)
		says   string
	}{
		"good":              {func(*Config) {}, ""},
		"no address":        {func(c *Config) { c.URL = "" }, "url: is missing"},
		"no host":           {func(c *Config) { c.URL = "https:///y" }, "url: must begin with"},
		"another scheme":    {func(c *Config) { c.URL = "ftp://x" }, "url: must begin with"},
		"a file of a host":  {func(c *Config) { c.URL = "file://x/y" }, "url: a file's address has three slashes"},
		"no address at all": {func(c *Config) { c.URL = "http://[" }, "url: is not an address"},
		"too often":         {func(c *Config) { c.Interval = time.Millisecond }, "interval: 1ms is out of range"},
		"too patient":       {func(c *Config) { c.Timeout = time.Hour }, "timeout: 1h0m0s is out of range"},
	} {
		t.Run(name, func(t *testing.T) {
			c := good
			tc.change(&c)
			err := c.Validate()
			if (err == nil) != (tc.says == "") || err != nil && !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%v, want %q", err, tc.says)
			}
		})
	}
}
