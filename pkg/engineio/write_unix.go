//go:build unix && !linux

package engineio

import (
	"errors"
	"syscall"
)

const canWriteRaw = true

// vectors is where what leaves in one call is copied together: not every Unix
// gives writev(2) without cgo.
type vectors struct {
	joined []byte
}

func (b *batch) write(fd uintptr) (int, error) {
	all := b.bufs[0]
	if len(b.bufs) > 1 {
		b.joined = b.joined[:0]
		for _, buf := range b.bufs {
			b.joined = append(b.joined, buf...)
		}
		all = b.joined
	}
	for {
		n, err := syscall.Write(int(fd), all)
		if !errors.Is(err, syscall.EINTR) {
			return max(n, 0), err
		}
	}
}
