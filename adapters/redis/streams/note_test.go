package streams

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/pkg/feedlog"
)

// TestNote: an outage is one of all topics, what is damaged is each one's own.
func TestNote(t *testing.T) {
	gone := fmt.Errorf("%w: %w", feedlog.ErrUnreachable, errors.New("connection refused"))
	damaged := fmt.Errorf("%w: topic aircraft: its head", errDamaged)
	for name, c := range map[string]struct {
		aircraft, safety []error
		want             string // a letter for each line: w(arn), e(rror) or i(nfo)
	}{
		"well":              {[]error{nil}, []error{nil}, ""},
		"an outage":         {[]error{gone, gone}, []error{gone}, "w"},
		"one is damaged":    {[]error{damaged, damaged, nil, nil}, []error{nil}, "ei"},
		"both are":          {[]error{damaged}, []error{damaged, damaged}, "ee"},
		"and then gone":     {[]error{damaged, gone}, []error{gone}, "ew"},
		"damaged elsewhere": {[]error{gone}, []error{damaged, nil}, "wei"},
		"too fast":          {[]error{fmt.Errorf("%w: %w", feedlog.ErrAway, errMoved)}, nil, "e"},
	} {
		t.Run(name, func(t *testing.T) {
			config := redis.DefaultConfig()
			config.Mode = redis.Single
			client, err := redis.Open(config)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = client.Close() }()
			var out bytes.Buffer
			log := New(client, DefaultConfig(), nil, zerolog.New(&out).Level(zerolog.InfoLevel))
			defer func() { _ = log.Close() }()
			for _, err := range c.aircraft {
				log.note("aircraft", err)
			}
			for _, err := range c.safety {
				log.note("safety", err)
			}
			said := ""
			for line := range strings.Lines(out.String()) {
				said += line[len(`{"level":"`):][:1]
			}
			if said != c.want {
				t.Errorf("it says %q, want %q:\n%s", said, c.want, out.String())
			}
		})
	}
}
