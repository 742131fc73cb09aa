// Package control is how the side-by-side benchmark talks to a server that it
// started. All contenders keep to it, whatever they are written in.
//
// A server listens on a free loopback port and says so in its first line of
// output. Then it obeys lines of its input, and ends when that ends:
//
//	                 → {"addr":"127.0.0.1:40123"}
//	{"n":…}          ←                              a message: broadcast it to all clients
//	gc               ←                              collect garbage, give memory back
//	                 → {}
//	stats            ←
//	                 → {"mallocs":1234}             allocations since the start; 0 when it cannot tell
package control

import (
	"bufio"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

// Serve tells the address and obeys until the input ends. The bytes that
// broadcast gets are its own only during the call. Calls do not overlap.
func Serve(in io.Reader, out io.Writer, addr string, broadcast func(message []byte)) error {
	if _, err := fmt.Fprintf(out, "{\"addr\":%q}\n", addr); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		switch line := lines.Bytes(); string(line) {
		case "gc":
			runtime.GC()
			debug.FreeOSMemory()
			fmt.Fprintln(out, "{}")
		case "stats":
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			fmt.Fprintf(out, "{\"mallocs\":%d}\n", m.Mallocs)
		default:
			broadcast(line)
		}
	}
	return lines.Err()
}
