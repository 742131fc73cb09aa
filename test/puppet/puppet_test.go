package puppet_test

import (
	"fmt"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/test/puppet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// order is a line, there and back.
type order struct{ N int }

func TestTellAndHear(t *testing.T) {
	heard := make(chan order, 3)
	t.Run("a test", func(t *testing.T) {
		p := puppet.Start(t, "cat", exec.Command("cat"), func(o order) { heard <- o })
		for n := range 3 {
			p.Tell(order{n})
		}
	})
	close(heard) // it has ended with the test
	var got []order
	for o := range heard {
		got = append(got, o)
	}
	if !slices.Equal(got, []order{{0}, {1}, {2}}) {
		t.Errorf("it says %v", got)
	}
}

// A program that ends while it says something has said all lines but that one.
func TestWhatIsCutOffIsNotHeard(t *testing.T) {
	heard := make(chan order, 3)
	t.Run("a test", func(t *testing.T) {
		puppet.Start(t, "sh", exec.Command("sh", "-c", `printf '{"N":1}\n{"N":2}\n{"N":'; cat`), func(o order) { heard <- o })
		if got := []order{<-heard, <-heard}; !slices.Equal(got, []order{{1}, {2}}) {
			t.Errorf("it says %v", got)
		}
	})
	if len(heard) > 0 {
		t.Errorf("of half a line %v was heard", <-heard)
	}
}

// failing is a test that may fail: it keeps what it says then, and ends when it is told.
type failing struct {
	testing.TB
	ends []func()

	mu   sync.Mutex // guards said
	said []string
}

func (f *failing) Helper()            {}
func (f *failing) Cleanup(end func()) { f.ends = append(f.ends, end) }
func (f *failing) Failed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.said) > 0
}

func (f *failing) Errorf(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.said = append(f.said, fmt.Sprintf(format, args...))
}
func (f *failing) Logf(format string, args ...any) { f.Errorf(format, args...) }
func (f *failing) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	runtime.Goexit()
}

func TestWhatGoesWrongIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		tell   bool
		want   []string
	}{
		"nothing":                 {`cat`, false, nil},
		"it complains":            {`echo oh >&2; cat`, false, nil},
		"it fails":                {`echo oh >&2; cat; exit 3`, false, []string{"sh: exit status 3", "sh complains:\noh\n"}},
		"it says what is no JSON": {`echo oh; echo '{"N":"x"}'; cat`, false, []string{`sh: it says "oh"`, `sh: it says "{\"N\":\"x\"}"`}},
		"it has ended":            {`echo oh >&2; exec <&- >&-`, true, []string{"sh: telling it {\"N\":1}: ", "sh complains:\noh\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := &failing{TB: t}
			done := make(chan struct{})
			go func() {
				defer close(done)
				p := puppet.Start(f, "sh", exec.Command("sh", "-c", c.script), func(order) {})
				if c.tell {
					<-p.Ended
					p.Tell(order{1})
				}
			}()
			<-done
			for _, end := range f.ends {
				end()
			}
			ok := len(c.want) == len(f.said)
			for i := 0; ok && i < len(c.want); i++ {
				ok = strings.HasPrefix(f.said[i], c.want[i])
			}
			if !ok {
				t.Errorf("it says %q, want %q", f.said, c.want)
			}
		})
	}
}
