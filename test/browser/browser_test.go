// Package browser looks at the program's first page with a real browser.
package browser

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/cmd/skygate/app"
	"github.com/skygate-io/skygate/config"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The page is live, keeps its policy, and comes back after a restart of the
// server; check.mjs says what that means.
func TestTheFirstPage(t *testing.T) {
	needs(t)
	server := start(t, "127.0.0.1:0")
	address := server.address

	var complaints bytes.Buffer
	check := exec.CommandContext(t.Context(), "node", "check.mjs", "--url", "http://"+address+"/", "--rows", "50", "--restart")
	check.Stderr = &complaints
	output, err := check.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := check.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(output); lines.Scan(); {
		switch lines.Text() {
		case "stop":
			server.stop()
		case "start":
			server = start(t, address)
		}
	}
	if err := check.Wait(); err != nil {
		t.Errorf("%v\n%s", err, &complaints)
	}
}

// Where nobody may see aircraft without a key the page says so, and takes one from
// its address.
func TestTheFirstPageWithAKey(t *testing.T) {
	needs(t)
	const key = "sk_0123456789abcdef"
	path := filepath.Join(t.TempDir(), "skygate.yaml")
	settings := "listen: 127.0.0.1:0\nauth: {mode: private, keys: [{name: tower, key: " + key + ", permissions: [\"*\"]}]}\n"
	if err := os.WriteFile(path, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load([]string{"--config", path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + startWith(t, *cfg).address + "/"
	for name, args := range map[string][]string{
		"without one": {"--url", url, "--refused"},
		"with one":    {"--url", url + "#key=" + key},
	} {
		t.Run(name, func(t *testing.T) {
			check := exec.CommandContext(t.Context(), "node", append([]string{"check.mjs"}, args...)...)
			if out, err := check.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// needs says what is not installed.
func needs(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser: not with -short")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Fatal("node is not installed")
	}
	if _, err := os.Stat(filepath.Join("node_modules", "playwright-core")); err != nil {
		t.Fatal("playwright-core is not installed: run .ci/install")
	}
	for _, path := range []string{os.Getenv("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/google-chrome"} {
		if _, err := os.Stat(path); err == nil {
			return
		}
	}
	t.Fatal("no Chromium: run .ci/install, or name one in CHROMIUM")
}

type running struct {
	address string
	stop    func()
}

func start(t *testing.T, listen string) running {
	t.Helper()
	cfg := config.Default()
	cfg.Listen = listen
	return startWith(t, cfg)
}

func startWith(t *testing.T, cfg config.Config) running {
	t.Helper()
	program, err := app.New(cfg, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- program.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with: %v", err)
		}
	})
	t.Cleanup(stop)
	return running{program.Addr().String(), stop}
}
