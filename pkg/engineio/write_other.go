//go:build !unix

package engineio

import "errors"

// canWriteRaw: without it a goroutine writes, see Conn.writeWrapped.
const canWriteRaw = false

func writeFrames(uintptr, [][]byte) (int, error) { return 0, errors.ErrUnsupported }

// keepShort bounds what waits in the kernel, where that can be.
func keepShort(uintptr) {}
