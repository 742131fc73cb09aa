package fetch

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestFile: a file is asked for as a page is, and nothing but a regular one is opened.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list")
	f := newFixture(t, "file://"+path, func(c *Config) { c.Folder = ": a hint" })
	wantFailure := func(detail string) {
		t.Helper()
		if _, err := f.ask(); err == nil || err.Reason != Unreachable || err.Detail != detail {
			t.Errorf("it fails with %+v, want %s", err, detail)
		}
	}
	wantFailure("there is no file " + path)
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	wantFailure(path + " is a folder: a hint")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	write := func(text string, age time.Duration) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	write("one", time.Hour)
	a := f.wantBody("one")
	if a.Date != a.Received {
		t.Errorf("received %v, sent %v: it is the same clock", a.Received, a.Date)
	}
	f.question.Known = a.Validators
	if a, err := f.ask(); err != nil || !a.Unchanged || a.Validators != f.question.Known {
		t.Errorf("the same file: %+v, %v", a, err)
	}
	write("two", time.Minute)
	f.wantBody("two")
}
