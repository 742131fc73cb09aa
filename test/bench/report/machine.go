package report

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// Machine says what the benchmark runs on: no names, no places.
func Machine(ctx context.Context) string {
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	version, _, _ := bytes.Cut(bytes.TrimSpace(kernel), []byte("-")) // what follows may name who built it
	node, err := exec.CommandContext(ctx, "node", "--version").Output()
	if err != nil {
		node = []byte("none")
	}
	return fmt.Sprintf("%d cores (%s), Linux %s, %s, Node %s", runtime.NumCPU(), processor(), version,
		runtime.Version(), bytes.TrimSpace(node))
}

// Load is the machine's load average: what else runs.
func Load() string {
	loaded, _ := os.ReadFile("/proc/loadavg")
	fields := bytes.Fields(loaded)
	return string(bytes.Join(fields[:min(3, len(fields))], []byte(" ")))
}

func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	_, after, found := bytes.Cut(text, []byte("model name"))
	if !found {
		return runtime.GOARCH
	}
	name, _, _ := bytes.Cut(after, []byte("\n"))
	return string(bytes.TrimLeft(bytes.TrimSpace(name), ": \t"))
}
