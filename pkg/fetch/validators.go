package fetch

import (
	"net/http"
	"time"
)

// Validators name an edition of a file, for a question that wants news alone. The zero
// value names none.
type Validators struct{ etag, modified string }

// validatorsOf gives what the next question may ask with; date is when the answer was sent.
// A modification time counts whole seconds: while the second lasts the file may be written
// again unnoticed (RFC 9110, 8.8.2.2), so a younger one is not used.
func validatorsOf(h http.Header, date time.Time) Validators {
	v := Validators{etag: h.Get("ETag"), modified: h.Get("Last-Modified")}
	modified, err := http.ParseTime(v.modified)
	if err != nil || date.Sub(modified) < 2*time.Second {
		v.modified = ""
	}
	return v
}

// ask writes the condition into a question's header. (Who gets an ETag passes over the
// time, RFC 9110, 13.1.3.)
func (v Validators) ask(h http.Header) {
	if v.etag != "" {
		h.Set("If-None-Match", v.etag)
	} else if v.modified != "" {
		h.Set("If-Modified-Since", v.modified)
	}
}
