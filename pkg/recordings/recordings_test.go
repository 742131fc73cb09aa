package recordings

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestRead(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("SKYGATE_TESTDATA", folder)
	const text = "one\r\n\ntwo\nthree"
	packed, err := os.Create(filepath.Join(folder, "b.txt.gz"))
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(packed)
	_, _ = z.Write([]byte(text))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	_ = packed.Close()
	if err := os.WriteFile(filepath.Join(folder, "a.txt"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	files := Files(t, "a.*", "*.gz")
	if !slices.Equal(files, []string{File(t, "a.txt"), File(t, "b.txt.gz")}) {
		t.Errorf("files %v", files)
	}
	for _, file := range files {
		if got := string(Read(t, file)); got != text {
			t.Errorf("%s is %q", file, got)
		}
		if got := Lines(t, file); !slices.Equal(got, []string{"one", "", "two", "three"}) {
			t.Errorf("%s has the lines %q", file, got)
		}
	}
}

// TestSkips: without a folder a test is skipped, and does not fail.
func TestSkips(t *testing.T) {
	t.Setenv("SKYGATE_TESTDATA", "")
	var skipped bool
	t.Run("asks", func(t *testing.T) {
		defer func() { skipped = t.Skipped() }()
		File(t, "a.txt")
	})
	if !skipped {
		t.Error("it is not skipped")
	}
}
