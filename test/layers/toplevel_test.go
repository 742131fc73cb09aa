package layers

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// topLevel is all that stands in the repository's root, beside dot files.
var topLevel = []string{
	"LICENSE", "README.md", "Taskfile.yml", "adapters", "cmd", "config", "examples",
	"go.mod", "go.sum", "namespaces", "pkg", "test",
}

func TestTopLevelIsFixed(t *testing.T) {
	command := exec.CommandContext(t.Context(), "git", "ls-files", "-z")
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		t.Skipf("this is no git checkout: %v", err)
	}
	for _, problem := range checkTopLevel(strings.Split(strings.Trim(string(out), "\x00"), "\x00")) {
		t.Error(problem)
	}
}

func TestCheckTopLevelSeesEachMistake(t *testing.T) {
	all := append([]string{".gitignore", ".ci/run"}, topLevel...)
	for name, c := range map[string]struct {
		files []string
		want  string // part of the problem; "" for none
	}{
		"exact":             {all, ""},
		"files in folders":  {append(slices.Clone(all), "pkg/hub/hub.go"), ""},
		"one folder more":   {append(slices.Clone(all), "internal/x.go"), "internal"},
		"one file more":     {append(slices.Clone(all), "main.go"), "main.go"},
		"the README is not": {slices.DeleteFunc(slices.Clone(all), func(f string) bool { return f == "README.md" }), "README.md"},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(checkTopLevel(c.files), "\n")
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// checkTopLevel says what stands in the root and should not, and what is missing.
func checkTopLevel(files []string) (problems []string) {
	present := map[string]bool{}
	for _, file := range files {
		top, _, _ := strings.Cut(file, "/")
		if present[top] {
			continue
		}
		present[top] = true
		if !strings.HasPrefix(top, ".") && !slices.Contains(topLevel, top) {
			problems = append(problems, top+" does not belong in the root: the folders there are fixed")
		}
	}
	for _, want := range topLevel {
		if !present[want] {
			problems = append(problems, want+" is missing in the root")
		}
	}
	return problems
}
