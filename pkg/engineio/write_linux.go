package engineio

import (
	"syscall"
	"unsafe"
)

const canWriteRaw = true

type vectors struct {
	iov [batchFrames]syscall.Iovec
}

// write is writev(2) on a non-blocking descriptor. It makes no garbage, which
// net.Buffers would.
func (b *batch) write(fd uintptr) (int, error) {
	for i, buf := range b.bufs {
		b.iov[i].Base = unsafe.SliceData(buf)
		b.iov[i].SetLen(len(buf))
	}
	defer clear(b.iov[:len(b.bufs)])
	for {
		n, _, errno := syscall.Syscall(syscall.SYS_WRITEV, fd,
			uintptr(unsafe.Pointer(&b.iov[0])), uintptr(len(b.bufs)))
		switch errno {
		case 0:
			return int(n), nil
		case syscall.EINTR:
		default:
			return 0, errno
		}
	}
}
