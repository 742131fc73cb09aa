package feed

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feedlog"
)

// TestTroubleIsSaidOnce: and not at all when the log says it itself.
func TestTroubleIsSaidOnce(t *testing.T) {
	gone := fmt.Errorf("%w: connection refused", feedlog.ErrUnreachable)
	full := fmt.Errorf("%w: OOM", feedlog.ErrAway)
	for name, c := range map[string]struct {
		errs []error
		want string // a letter for each line: w(arn) or i(nfo)
	}{
		"well":                     {[]error{nil, nil}, ""},
		"an outage":                {[]error{gone, gone, nil}, ""},
		"it refuses":               {[]error{full, full, nil, nil}, "wi"},
		"another error":            {[]error{errors.New("too large"), nil}, "wi"},
		"twice":                    {[]error{full, nil, full, nil}, "wiwi"},
		"after an outage":          {[]error{gone, full, full, nil}, "wi"},
		"before an outage":         {[]error{full, gone, gone, full, nil}, "wi"},
		"an outage, then nothing":  {[]error{gone, nil, nil}, ""},
		"refused before an outage": {[]error{full, gone, nil, gone, nil}, "wi"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			trouble := trouble{logger: zerolog.New(&out).Level(zerolog.InfoLevel)}
			for _, err := range c.errs {
				trouble.note(err)
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
