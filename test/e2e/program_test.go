package e2e

import (
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// execute runs the program to its end.
func execute(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Env = append(os.Environ(), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// writeFile gives a file of settings.
func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "skygate.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWrongSettings(t *testing.T) {
	file := func(text string) string { return writeFile(t, text) }
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for name, tc := range map[string]struct {
		env  []string
		args []string
		code int
		says string
	}{
		"unknown command":     {nil, []string{"fly"}, 2, `"fly"`},
		"unknown flag":        {nil, []string{"--lisen", ":1"}, 2, "--lisen"},
		"address":             {nil, []string{"--listen", "here"}, 2, "listen"},
		"kind of source":      {nil, []string{"--source", "radio=1"}, 2, "sources[0].kind"},
		"source's option":     {nil, []string{"--source", "demo=50,8?aircraft=0"}, 2, "sources[0]"},
		"unknown key":         {nil, []string{"--config", file("topics:\n  aircraft:\n    rte: 5\n")}, 2, "topics.aircraft.rte"},
		"value out of range":  {nil, []string{"--config", file("batch:\n  window: 1h\n")}, 2, "batch.window"},
		"duration without":    {nil, []string{"--config", file("topics:\n  aircraft:\n    ttl: 60\n")}, 2, "topics.aircraft.ttl"},
		"no such file":        {nil, []string{"--config", "/nowhere.yaml"}, 2, "/nowhere.yaml"},
		"variable":            {[]string{"SKYGATE_BATCH_WINDOW=soon"}, nil, 2, "batch.window"},
		"unknown variable":    {[]string{"SKYGATE_BACH_WINDOW=1s"}, nil, 2, "SKYGATE_BACH_WINDOW"},
		"precision":           {[]string{"SKYGATE_TOPICS_AIRCRAFT_PRECISION_GS=16"}, nil, 2, "topics.aircraft.precision.gs"},
		"check":               {nil, []string{"config", "check", file("listen: 7\nlogs: {}\n")}, 2, "logs"},
		"port that is taken":  {nil, []string{"--listen", taken.Addr().String()}, 1, "address already in use: another program has this port; --listen HOST:PORT names another"},
		"recording not there": {nil, []string{"--listen", "127.0.0.1:0", "--source", "replay=/nowhere.jsonl"}, 1, "/nowhere.jsonl"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, stderr := execute(t, tc.env, tc.args...)
			if code != tc.code || !strings.Contains(stderr, tc.says) {
				t.Errorf("code %d, want %d; it should say %q, and says:\n%s", code, tc.code, tc.says, stderr)
			}
		})
	}
}

func TestConfigCommands(t *testing.T) {
	example := filepath.Join("..", "..", "config", "skygate.example.yaml")
	if code, out, errs := execute(t, nil, "config", "check", example); code != 0 {
		t.Errorf("the example file: code %d\n%s%s", code, out, errs)
	}
	code, printed, errs := execute(t, []string{"SKYGATE_TOPICS_AIRCRAFT_TTL=90s"}, "config", "print", "--listen", "127.0.0.1:9")
	if code != 0 {
		t.Fatalf("print: code %d\n%s", code, errs)
	}
	for _, line := range []string{"listen: 127.0.0.1:9 # flag --listen", "ttl: 1m30s # env SKYGATE_TOPICS_AIRCRAFT_TTL", "window: 200ms # default"} {
		if !strings.Contains(printed, line) {
			t.Errorf("print lacks %q:\n%s", line, printed)
		}
	}
	if code, out, _ := execute(t, nil, "--help"); code != 0 || !strings.Contains(out, "--source") {
		t.Errorf("help: code %d\n%s", code, out)
	}
}

func TestInterrupt(t *testing.T) {
	s := serve(t)
	c := follow(t, s, kinds[0])
	c.event("snapshot", 1)
	if h := s.health(); h.Status != "ok" || h.Aircraft == 0 || h.Sources[0].Name != "demo" {
		t.Errorf("health %+v", h)
	}
	if err := s.Cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Done:
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
	if code := s.Cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("code %d:\n%s", code, s.Log())
	}
}
