//go:build linux

package swarm

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"
)

// A message is a JSON object that begins with its number and the moment it was
// sent, both as digits of fixed length, so that they are found without decoding:
//
//	{"n":"0000000042","t":"0000005848809463105","p":"xxxxxxxx…"}
const (
	marker    = `{"n":"`
	numberLen = 10
	between   = `","t":"`
	timeLen   = 19
	padding   = `","p":"`
	end       = `"}`

	headLen = len(marker) + numberLen + len(between) + timeLen

	// MinSize is the size of a message without padding, in bytes.
	MinSize = headLen + len(padding) + len(end)
)

// Warmup is the number of messages that only show that a client listens.
const Warmup = 0

// Message gives a message of a size in bytes (MinSize at least).
func Message(number int, sent time.Duration, size int) []byte {
	pad := bytes.Repeat([]byte{'x'}, max(0, size-MinSize))
	return fmt.Appendf(nil, "%s%0*d%s%0*d%s%s%s", marker, numberLen, number, between, timeLen, int64(sent), padding, pad, end)
}

// cutMessage finds the first message in a payload, and gives what follows its
// head. Whatever else a protocol puts around it is passed over.
func cutMessage(payload []byte) (number int, sent time.Duration, rest []byte, ok bool) {
	i := bytes.Index(payload, []byte(marker))
	if i < 0 || len(payload)-i < headLen {
		return 0, 0, nil, false
	}
	payload = payload[i+len(marker):]
	n, okNumber := digits(payload[:numberLen])
	payload = payload[numberLen+len(between):]
	t, okTime := digits(payload[:timeLen])
	return int(n), time.Duration(t), payload[timeLen:], okNumber && okTime
}

func digits(text []byte) (value int64, ok bool) {
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		value = value*10 + int64(c-'0')
	}
	return value, true
}

// Clock tells the time since the machine started (CLOCK_MONOTONIC), which is
// the same in all its processes.
type Clock struct {
	start  time.Time
	offset time.Duration
}

// NewClock gives a clock. It looks at both clocks several times, and takes the
// pair with the least time between.
func NewClock() (*Clock, error) {
	const monotonic = 1
	var c *Clock
	closest := time.Hour
	for range 10 {
		var now syscall.Timespec
		before := time.Now()
		if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, monotonic, uintptr(unsafe.Pointer(&now)), 0); errno != 0 {
			return nil, os.NewSyscallError("clock_gettime", errno)
		}
		if took := time.Since(before); took < closest || c == nil {
			c, closest = &Clock{start: before, offset: time.Duration(now.Nano())}, took
		}
	}
	return c, nil
}

// Now is the time since the machine started.
func (c *Clock) Now() time.Duration { return c.offset + time.Since(c.start) }
