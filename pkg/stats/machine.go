package stats

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Machine reads the load of the last minute and the share of memory in use (%) from
// a folder like /proc; nil is what it does not say, as on other systems than Linux.
func Machine(proc string) (load, mem *float64) {
	return loadOf(readFile(proc, "loadavg")), memOf(readFile(proc, "meminfo"))
}

func readFile(folder, name string) string {
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		return ""
	}
	return string(text)
}

// loadOf reads "0.42 0.36 0.30 1/123 4567".
func loadOf(text string) *float64 {
	first, _, _ := strings.Cut(text, " ")
	load, err := strconv.ParseFloat(first, 64)
	if err != nil || !(load >= 0 && load < 1e6) {
		return nil
	}
	load = round(load, 2)
	return &load
}

// memOf reads lines like "MemTotal:       16303428 kB".
func memOf(text string) *float64 {
	total, free := 0.0, -1.0
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		kb, err := strconv.ParseUint(words[1], 10, 63)
		switch {
		case err != nil:
		case words[0] == "MemTotal:":
			total = float64(kb)
		case words[0] == "MemAvailable:":
			free = float64(kb)
		}
	}
	if total <= 0 || free < 0 || free > total {
		return nil
	}
	used := round(100*(1-free/total), 1)
	return &used
}
