//go:build unix

package fetch

import (
	"path/filepath"
	"syscall"
	"testing"
)

// TestNamedPipe: a pipe that nobody writes to holds nobody up.
func TestNamedPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skipf("there are no named pipes here: %v", err)
	}
	if _, err := newFixture(t, "file://"+path).ask(); err == nil || err.Reason != Unreachable {
		t.Errorf("%+v", err)
	}
}
