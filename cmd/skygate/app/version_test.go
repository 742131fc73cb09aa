package app

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	info := func(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{GoVersion: "go1.26", Main: debug.Module{Version: version}, Settings: settings}
	}
	commit, at := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef0123"}, debug.BuildSetting{Key: "vcs.time", Value: "2026-07-01T12:00:00Z"}
	for want, given := range map[string]*debug.BuildInfo{
		"skygate, of unknown version": nil,
		"skygate v1.2.3 (go1.26)":     info("v1.2.3"),
		"skygate v1.2.3, commit 0123456789ab, 2026-07-01T12:00:00Z (go1.26)":                     info("v1.2.3", commit, at),
		"skygate of no release (go1.26)":                                                         info("(devel)"),
		"skygate of no release, commit 0123456789ab with changes, 2026-07-01T12:00:00Z (go1.26)": info("", commit, at, debug.BuildSetting{Key: "vcs.modified", Value: "true"}),
	} {
		if got := version(func() (*debug.BuildInfo, bool) { return given, given != nil }); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestVersionCommand(t *testing.T) {
	for _, arg := range []string{"--version", "version"} {
		out, err := os.Create(filepath.Join(t.TempDir(), "out"))
		if err != nil {
			t.Fatal(err)
		}
		if code := Main([]string{arg}, nil, out, os.Stderr); code != 0 {
			t.Errorf("%s: exit code %d", arg, code)
		}
		_ = out.Close()
		if text, _ := os.ReadFile(out.Name()); !strings.HasPrefix(string(text), "skygate ") || !strings.HasSuffix(string(text), ")\n") {
			t.Errorf("%s: %q", arg, text)
		}
	}
}
