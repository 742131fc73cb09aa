//go:build unix && !linux

package engineio

import (
	"bytes"
	"errors"
	"syscall"
)

const canWriteRaw = true

// writeFrames writes what the kernel takes on a non-blocking descriptor. What
// leaves in one call is copied together: not every Unix gives writev(2) without cgo.
func writeFrames(fd uintptr, bufs [][]byte) (int, error) {
	all := bufs[0]
	if len(bufs) > 1 {
		all = bytes.Join(bufs, nil)
	}
	for {
		n, err := syscall.Write(int(fd), all)
		if !errors.Is(err, syscall.EINTR) {
			return max(n, 0), err
		}
	}
}

// keepShort bounds what waits in the kernel, where that can be.
func keepShort(uintptr) {}
