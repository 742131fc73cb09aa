package fetch

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// TestConditional: the second question says what is known, and the answer is that it is
// still so.
func TestConditional(t *testing.T) {
	old := time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)
	for name, header := range map[string]struct{ says, asks, value string }{
		"an ETag": {"ETag", "If-None-Match", `"one"`},
		"a time":  {"Last-Modified", "If-Modified-Since", old},
	} {
		t.Run(name, func(t *testing.T) {
			f := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get(header.asks) == header.value {
					w.WriteHeader(http.StatusNotModified)
					return
				}
				w.Header().Set(header.says, header.value)
				fmt.Fprint(w, "text")
			})
			f.question.Known = f.wantBody("text").Validators
			if a, err := f.ask(); err != nil || !a.Unchanged || len(a.Body) != 0 || a.Validators != f.question.Known {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
}

func TestValidators(t *testing.T) {
	date := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	modified := func(age time.Duration) string { return date.Add(-age).Format(http.TimeFormat) }
	for name, tc := range map[string]struct {
		etag, modified string
		date           time.Time
		want           Validators
	}{
		"both":                      {`"x"`, modified(time.Hour), date, Validators{`"x"`, modified(time.Hour)}},
		"a time":                    {"", modified(time.Hour), date, Validators{"", modified(time.Hour)}},
		"within the second":         {"", modified(time.Second), date, Validators{}},
		"sent nobody knows when":    {"", modified(time.Hour), time.Time{}, Validators{}},
		"a time that is none":       {"", "yesterday", date, Validators{}},
		"nothing":                   {"", "", date, Validators{}},
		"an ETag, just written":     {`"x"`, modified(0), date, Validators{etag: `"x"`}},
		"an ETag, by a clock ahead": {`"x"`, modified(-time.Hour), date, Validators{etag: `"x"`}},
	} {
		t.Run(name, func(t *testing.T) {
			got := validatorsOf(http.Header{"Etag": {tc.etag}, "Last-Modified": {tc.modified}}, tc.date)
			if got != tc.want {
				t.Errorf("%+v, want %+v", got, tc.want)
			}
		})
	}
}
