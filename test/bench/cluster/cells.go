//go:build linux

package main

import (
	"fmt"
	"time"
)

func fraction(v float64) string { return fmt.Sprintf("%.3f", v) }

func millis(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

// micros gives seconds as microseconds.
func micros(seconds float64) string { return fmt.Sprintf("%.1f µs", seconds*1e6) }

func kilobytes(bytes float64) string { return fmt.Sprintf("%.0f KB", bytes/1000) }

const legend = `cores: what the operating system accounts to a process, of one core. by itself: a process that is told everything and has no
client; /message: what is beyond that, for each message that a client gets. Redis: its own count of bytes and commands, and of
memory, which grows until what is kept (30 s of changes) goes; it writes its file once a second. p50 and p99: from the order at
the source to the read by the client, over all clients and windows; an update's is that of the newest order that it tells, and
waits for the window (200 ms) that the process has open. All else are medians of the windows.

Redis, the writer, all processes and the clients share two cores: four processes cannot deliver more than one there, and do not
show what they would on machines of their own. What each takes is theirs wherever they run.`
