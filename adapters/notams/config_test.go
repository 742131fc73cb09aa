package notams

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/poll"
	"github.com/skygate-io/skygate/pkg/topic"
)

// TestKeysAreSent: what a service gave is sent as it wants it, and told to nobody.
func TestKeysAreSent(t *testing.T) {
	got := make(chan http.Header, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case got <- r.Header:
		default:
		}
		http.Error(w, "no", http.StatusForbidden)
	}))
	defer server.Close()
	c, err := ParseAddress(server.URL + "/notams?x=secret-1")
	if err != nil {
		t.Fatal(err)
	}
	c.ClientID, c.ClientSecret, c.Token = "me", "secret-2", "secret-3"
	logged := &strings.Builder{}
	s, err := New(c, zerolog.New(logged))
	if err != nil {
		t.Fatal(err)
	}
	sink := feed.New(topic.Policy{Name: "notams", Rate: 1}, feedlog.NewMemory(), zerolog.Nop())
	done := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { done <- s.Run(ctx, sink) }()
	h := <-got
	if h.Get("client_id") != "me" || h.Get("client_secret") != "secret-2" || h.Get("Authorization") != "BEARER secret-3" {
		t.Errorf("sent: %v", h)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if text := logged.String() + s.Status().Err; strings.Contains(text, "secret") {
		t.Errorf("it tells: %s", text)
	}
}

func TestConfig(t *testing.T) {
	for address, says := range map[string]string{
		"https://external-api.faa.gov/notamapi/v1/notams?icaoLocation=KJFK": "",
		"file:///var/lib/notams.json":                                       "",
		"":                                                                  "url: is missing",
		"notams.json":                                                       "url: must begin with",
	} {
		_, err := ParseAddress(address)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", address, err, says)
		}
	}
	if _, err := New(Config{Config: poll.Config{URL: "http://["}}, zerolog.Nop()); err == nil {
		t.Error("a source without an address")
	}
}
