// Package interop lets the clients that people use say whether a server speaks
// Socket.IO: socket.io-client, python-socketio and the official Java client.
package interop

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/test/interop/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// checks are those that each script must have made.
var checks = []string{
	"auth", "auth-none", "namespace", "namespace-shared", "namespace-dynamic", "namespace-unknown", "denied",
	"transport", "event", "ack-from-server", "ack-from-client", "binary-from-server", "binary-from-client",
	"large", "order", "burst", "room", "server-disconnects-socket", "server-disconnects-connection",
	"client-disconnects", "reconnects", "idle",
}

// TestClients: every client, over every transport.
func TestClients(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes: not with -short")
	}
	for name, program := range servers(t) {
		if name == "skygate" && !server.Mended {
			continue
		}
		for language, script := range scripts(t) {
			for _, mode := range []string{"websocket", "polling", "upgrade"} {
				t.Run(name+"/"+language+"/"+mode, func(t *testing.T) {
					t.Parallel()
					s := server.Start(t, program, "PING_TIMEOUT=3000")
					run(t, append(slices.Clone(script), s.URL, mode))
				})
			}
		}
	}
}

// servers are the commands of the servers to try. The reference server proves
// the scripts; it has been proven itself elsewhere.
func servers(t *testing.T) map[string][]string {
	return map[string][]string{
		"reference": {"node", filepath.Join("reference", "server.mjs")},
		"skygate":   server.Skygate(t),
	}
}

// scripts are the commands of the clients, without their arguments.
func scripts(t *testing.T) map[string][]string {
	t.Helper()
	if _, err := os.Stat(filepath.Join("node_modules", "socket.io-client")); err != nil {
		t.Fatal("socket.io-client is not installed: run .ci/install")
	}
	python := os.Getenv("SKYGATE_PYTHON")
	if python == "" {
		python = filepath.Join("..", "..", ".cache", "venv", "bin", "python")
	}
	return map[string][]string{
		"js":     {"node", filepath.Join("js", "interop.mjs")},
		"python": {python, filepath.Join("python", "interop.py")},
		"java":   {"java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", compiled(t), "Interop"},
	}
}

// compiled gives the class path of the Java client and its script.
func compiled(t *testing.T) string {
	t.Helper()
	jars := filepath.Join("..", "..", ".cache", "java", "*")
	if found, _ := filepath.Glob(jars + ".jar"); len(found) == 0 {
		t.Fatal("the Java client is not installed: run .ci/install")
	}
	classes := t.TempDir()
	sources, err := filepath.Glob(filepath.Join("java", "*.java"))
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-encoding", "UTF-8", "-cp", jars, "-d", classes}, sources...)
	if out, err := exec.CommandContext(t.Context(), "javac", args...).CombinedOutput(); err != nil {
		t.Fatalf("javac: %v\n%s", err, out)
	}
	return classes + string(filepath.ListSeparator) + jars
}

// run runs a script to its end and reports each check that it did not pass.
func run(t *testing.T, command []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	script := exec.CommandContext(ctx, command[0], command[1:]...)
	script.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "JAVA_TOOL_OPTIONS=-Dfile.encoding=UTF-8")
	var out, complaints bytes.Buffer
	script.Stdout, script.Stderr = &out, &complaints
	err := script.Run()
	var passed []string
	for line := range strings.Lines(out.String()) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "ok "); ok {
			passed = append(passed, name)
		} else {
			t.Error(strings.TrimSpace(line))
		}
	}
	for _, name := range checks {
		if !slices.Contains(passed, name) {
			t.Errorf("%s has not passed", name)
		}
	}
	if err != nil || t.Failed() {
		t.Errorf("%v\n%s", err, &complaints)
	}
}
