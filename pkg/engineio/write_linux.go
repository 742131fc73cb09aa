package engineio

import (
	"sync"
	"syscall"
	"unsafe"
)

const canWriteRaw = true

// briefWrite is up to how many bytes a write is so short that the scheduler
// need not hear of it: it does not block, and copies for some microseconds.
// (Each delivery costs about 0.1 µs less.)
const briefWrite = 64 << 10

// unsent is how many bytes of a connection wait in the kernel, at most, that are
// not yet on their way: what waits in the outbox can still be dropped or overtaken,
// what the kernel has cannot. (Its own bound is megabytes: many seconds of old
// positions for a client on a slow line.)
const unsent = 128 << 10

// tcpNotsentLowat is TCP_NOTSENT_LOWAT, which package syscall lacks; see tcp(7).
const tcpNotsentLowat = 25

// keepShort bounds what waits in the kernel. It may fail where it is not known.
func keepShort(fd uintptr) {
	_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpNotsentLowat, unsent)
}

var vectors = sync.Pool{New: func() any { return new([batchFrames]syscall.Iovec) }}

// writeFrames writes what the kernel takes on a non-blocking descriptor, by one
// write(2), or writev(2) for several. It makes no garbage, which net.Buffers would.
func writeFrames(fd uintptr, bufs [][]byte) (int, error) {
	if len(bufs) == 1 && len(bufs[0]) <= briefWrite {
		for {
			n, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, fd,
				uintptr(unsafe.Pointer(unsafe.SliceData(bufs[0]))), uintptr(len(bufs[0])))
			if errno != syscall.EINTR {
				return written(n, errno)
			}
		}
	}
	iov := vectors.Get().(*[batchFrames]syscall.Iovec)
	defer vectors.Put(iov)
	for i, buf := range bufs {
		iov[i].Base = unsafe.SliceData(buf)
		iov[i].SetLen(len(buf))
	}
	defer clear(iov[:len(bufs)])
	for {
		n, _, errno := syscall.Syscall(syscall.SYS_WRITEV, fd,
			uintptr(unsafe.Pointer(iov)), uintptr(len(bufs)))
		if errno != syscall.EINTR {
			return written(n, errno)
		}
	}
}

func written(n uintptr, errno syscall.Errno) (int, error) {
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
