package readsb

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed/feedtest"
	"github.com/skygate-io/skygate/pkg/fetch"
)

// newFixture makes a source that asks ten times a second.
func newFixture(t *testing.T, url string, change ...func(*Config)) *feedtest.Fixture {
	t.Helper()
	return feedtest.New(t, func(log zerolog.Logger) (*Source, error) {
		cfg := DefaultConfig()
		cfg.URL, cfg.Interval, cfg.Timeout = url, 100*time.Millisecond, 10*time.Second
		for _, c := range change {
			c(&cfg)
		}
		return New(cfg, log)
	})
}

// through makes a source of a receiver without a network between, so that time can be a
// bubble's.
func through(t *testing.T, transport http.RoundTripper, interval time.Duration) *feedtest.Fixture {
	t.Helper()
	return feedtest.New(t, func(log zerolog.Logger) (*Source, error) {
		cfg := DefaultConfig()
		cfg.URL, cfg.Interval = "http://receiver", interval
		s, err := New(cfg, log)
		if err == nil {
			s.client = fetch.New(fetch.Config{Timeout: cfg.Timeout, Transport: transport})
		}
		return s, err
	})
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func file(aircraft ...string) string {
	for i, hex := range aircraft {
		aircraft[i] = fmt.Sprintf(`{"hex":%q,"lat":50,"lon":9,"seen":1}`, hex)
	}
	return fmt.Sprintf(`{"now":%.3f,"aircraft":[%s]}`, float64(time.Now().UnixMilli())/1000, strings.Join(aircraft, ","))
}
