//go:build !unix

package engineio

import "errors"

// canWriteRaw: without it a goroutine writes, see Conn.writeWrapped.
const canWriteRaw = false

type vectors struct{}

func (b *batch) write(uintptr) (int, error) { return 0, errors.ErrUnsupported }
