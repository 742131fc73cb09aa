package fetch

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// fixture is a client, and what it asks.
type fixture struct {
	*testing.T
	*Client
	question Question
}

// serve gives a client of a server, whose address has secrets.
func serve(t *testing.T, answer http.HandlerFunc, change ...func(*Config)) *fixture {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return newFixture(t, strings.Replace(server.URL, "://", "://user:secret@", 1)+"/list?key=secret", change...)
}

func newFixture(t *testing.T, address string, change ...func(*Config)) *fixture {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Scheme: u.Scheme, Timeout: 10 * time.Second}
	for _, c := range change {
		c(&cfg)
	}
	f := &fixture{t, New(cfg), Question{Address: u, Limit: 1 << 20}}
	t.Cleanup(f.Close)
	return f
}

// ask asks, and gives what came and the error, nil when there is none.
func (f *fixture) ask() (Answer, *Error) {
	f.Helper()
	a, err := f.Get(f.Context(), f.question)
	if err == nil {
		return a, nil
	}
	failure, ok := err.(*Error)
	if !ok {
		f.Fatalf("%v is no *Error", err)
	}
	if failure.Detail == "" || strings.Contains(failure.Detail, "secret") {
		f.Errorf("it says %q", failure.Detail)
	}
	return a, failure
}

// wantBody asks, and wants a whole answer.
func (f *fixture) wantBody(body string) Answer {
	f.Helper()
	a, err := f.ask()
	if err != nil || string(a.Body) != body || a.Unchanged || a.NoContent {
		f.Errorf("it brings %q (%+v), error %v; want %q", a.Body, a, err, body)
	}
	return a
}
