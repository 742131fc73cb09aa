//go:build unix

package readsb

import (
	"path/filepath"
	"syscall"
	"testing"
)

// TestSourceNamedPipe: a pipe that nobody writes to does not hold the source up,
// nor its end.
func TestSourceNamedPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "aircraft.json")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skipf("there are no named pipes here: %v", err)
	}
	f := newFixture(t, "file://"+path)
	f.run()
	f.wantBad(Unreachable)
}
