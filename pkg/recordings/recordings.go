// Package recordings is for tests: it finds and reads the large recordings, which are not
// part of the project. The variable SKYGATE_TESTDATA names their folder; a test that asks
// for one is skipped where there is none.
package recordings

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Folder is where they are.
func Folder(t testing.TB) string {
	t.Helper()
	folder := os.Getenv("SKYGATE_TESTDATA")
	if folder == "" {
		t.Skip("SKYGATE_TESTDATA is not set: it names the folder of the large recordings")
	}
	return folder
}

// File gives where one is, by its name in the folder, such as "adsb/x.jsonl.gz".
func File(t testing.TB, name string) string {
	t.Helper()
	return filepath.Join(Folder(t), name)
}

// Files gives where those are that fit the patterns. That none fits one fails the test.
func Files(t testing.TB, patterns ...string) (files []string) {
	t.Helper()
	for _, p := range patterns {
		found, err := filepath.Glob(File(t, p))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: no such files (%v)", p, err)
		}
		files = append(files, found...)
	}
	return files
}

// Read gives what is in a file, wherever it is; unpacked, when its name ends in ".gz".
func Read(t testing.TB, file string) []byte {
	t.Helper()
	body, err := os.ReadFile(file)
	if err == nil && strings.HasSuffix(file, ".gz") {
		var z *gzip.Reader
		if z, err = gzip.NewReader(bytes.NewReader(body)); err == nil {
			body, err = io.ReadAll(z)
		}
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return body
}

// Lines gives the lines of a file that Read reads, without their ends.
func Lines(t testing.TB, file string) (lines []string) {
	t.Helper()
	for line := range strings.Lines(string(Read(t, file))) {
		lines = append(lines, strings.TrimRight(line, "\r\n"))
	}
	return lines
}
