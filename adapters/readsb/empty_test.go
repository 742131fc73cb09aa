package readsb

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// TestEmpty: a whole file without aircraft is told as such, as the receiver is well;
// what is no file, or no news, is not.
func TestEmpty(t *testing.T) {
	for name, test := range map[string]struct {
		answer func() (string, error)
		puts   int // in five seconds
	}{
		"an empty sky":      {func() (string, error) { return at(time.Now(), ""), nil }, 5},
		"nothing of use":    {func() (string, error) { return at(time.Now(), `{"hex":"?"}`), nil }, 5},
		"the same again":    {func() (string, error) { return `{"now":946684800,"aircraft":[]}`, nil }, 1},
		"a page":            {func() (string, error) { return "<html>" + time.Now().String(), nil }, 0},
		"half an empty sky": {func() (string, error) { return at(time.Now(), "")[:25], nil }, 0},
		"no answer":         {func() (string, error) { return "", errors.New("no route") }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := play(t, time.Second, func(time.Duration, *http.Request) (string, error) { return test.answer() })
				p.Until(5*time.Second - time.Millisecond)
				if got := p.Sink.Puts(); len(got) != test.puts {
					t.Errorf("it tells %d times, want %d", len(got), test.puts)
				}
				if got := p.Sink.Keys(); got != "" {
					t.Errorf("it tells of %s", got)
				}
			})
		})
	}
}
