package app

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// version says which version of the program this is, by what the compiler noted:
// the version of the module, the commit and its time, and whether files were
// changed since; and with which Go it was built.
func version(read func() (*debug.BuildInfo, bool)) string {
	info, ok := read()
	if !ok {
		return "skygate, of unknown version"
	}
	noted := map[string]string{}
	for _, s := range info.Settings {
		noted[s.Key] = s.Value
	}
	name := info.Main.Version
	if name == "" || name == "(devel)" {
		name = "of no release"
	}
	parts := []string{"skygate " + name}
	if commit := noted["vcs.revision"]; commit != "" {
		text := "commit " + commit[:min(12, len(commit))]
		if noted["vcs.modified"] == "true" {
			text += " with changes"
		}
		parts = append(parts, text)
	}
	if at := noted["vcs.time"]; at != "" {
		parts = append(parts, at)
	}
	return fmt.Sprintf("%s (%s)", strings.Join(parts, ", "), info.GoVersion)
}
