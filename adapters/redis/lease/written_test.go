package lease_test

import (
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/pkg/feedlog"
)

// wantWritten asks whether somebody writes a topic.
func wantWritten(t *testing.T, writers feedlog.Writers, topic string, want bool) {
	t.Helper()
	if got, err := writers.Written(t.Context(), topic); err != nil || got != want {
		t.Errorf("%s is written: %v, %v; want %v", topic, got, err, want)
	}
}

// TestWritten: any process knows of what another holds, for as long as that does.
func TestWritten(t *testing.T) {
	server := redistest.Single(t)
	a, b := open(t, server.Config()), open(t, server.Config())
	wantWritten(t, b, "aircraft", false)
	held := hold(t, a, "aircraft")
	wantWritten(t, b, "aircraft", true)
	wantWritten(t, a, "aircraft", true)
	wantWritten(t, b, "airspace", false)
	held.Release()
	wantWritten(t, b, "aircraft", false)
}

// TestWrittenUntilTheLeaseExpires: who dies gives nothing back.
func TestWrittenUntilTheLeaseExpires(t *testing.T) {
	server := redistest.Single(t)
	dead := start(t, server)
	l := open(t, server.Config())
	wantWritten(t, l, "aircraft", true)
	dead.kill()
	eventually.Holds(t, "the lease expires", func() bool {
		written, err := l.Written(t.Context(), "aircraft")
		return err == nil && !written
	})
}

// TestWrittenByWhatIsNoLease: a key that no process renews is nobody's.
func TestWrittenByWhatIsNoLease(t *testing.T) {
	server := redistest.Single(t)
	l := open(t, server.Config())
	for name, c := range map[string]struct {
		lasts time.Duration
		want  bool
	}{
		"for ever":            {0, false},
		"for a day":           {24 * time.Hour, false},
		"as long as it may":   {time.Minute, true},
		"as long as a lease":  {time.Second, true},
		"longer than it may":  {time.Minute + 10*time.Second, false},
		"for ever once again": {0, false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := server.Client().Set(t.Context(), "{skygate:aircraft}:lease", "somebody", c.lasts).Err(); err != nil {
				t.Fatal(err)
			}
			wantWritten(t, l, "aircraft", c.want)
		})
	}
}

// TestWrittenIsNotKnown: without Redis there is no answer, and not a "no".
func TestWrittenIsNotKnown(t *testing.T) {
	server := redistest.Single(t)
	l := open(t, server.Config())
	server.Kill()
	if written, err := l.Written(t.Context(), "aircraft"); err == nil || written {
		t.Errorf("it is written: %v, %v; want an error", written, err)
	}
}
