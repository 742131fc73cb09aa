package streams

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

func TestAnAbsenceIsSaidOnce(t *testing.T) {
	var out bytes.Buffer
	a := absence{logger: zerolog.New(&out)}
	lines := func(want int) {
		t.Helper()
		if got := strings.Count(out.String(), "\n"); got != want {
			t.Errorf("%d lines, want %d:\n%s", got, want, out.String())
		}
		out.Reset()
	}
	gone := errors.New("connection refused")
	a.read("safety")
	lines(0)
	for range 3 {
		for _, name := range []string{"aircraft", "safety", "acars"} {
			a.failed(name, gone)
		}
	}
	lines(1)
	a.read("aircraft")
	a.failed("aircraft", gone)
	a.read("aircraft")
	a.read("acars")
	lines(0)
	a.read("safety")
	a.read("safety")
	lines(1)
	a.failed("safety", gone)
	a.read("safety")
	lines(2)
}
