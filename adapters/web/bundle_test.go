package web_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The committed bundle is what its sources and its lock file make, byte for byte.
func TestTheBundleIsUpToDate(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the bundle anew: not with -short")
	}
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("%s is not installed: cannot build the bundle anew", program)
		}
	}
	packages, out := t.TempDir(), t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", ".npmrc"} {
		data, err := os.ReadFile(filepath.Join("src", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(packages, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t, packages, "npm", "ci", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error")
	run(t, ".", "node", filepath.Join("src", "build.mjs"), "--packages", packages, "--out", out)

	for _, name := range []string{"app.js", "app.js.LICENSES.txt"} {
		fresh, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		committed, err := os.ReadFile(filepath.Join("dist", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(fresh, committed) {
			t.Errorf("dist/%s is not what its sources make: run `npm ci && npm run build` in adapters/web/src", name)
		}
	}
}

func run(t *testing.T, folder, name string, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Dir = folder
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", command, err, output)
	}
}
