//go:build linux

// Command load is the clients of the side-by-side benchmark, in a process of
// their own. It obeys lines of its input: see package swarm.
package main

import (
	"fmt"
	"os"

	"github.com/skygate-io/skygate/test/bench/swarm"
)

func main() {
	if err := swarm.Serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}
