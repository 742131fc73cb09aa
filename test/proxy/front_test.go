package proxy

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/test/built"
)

// patience bounds every wait for something that must happen.
const patience = 60 * time.Second

// secret is the key of who publishes.
const secret = "sk_proxy_0123456789"

const settings = `
redis: {mode: single, addresses: [%q]}
cluster: {presence: {every: 500ms}}
event_topics: {ops: {permission: ""}}
auth: {keys: [{name: ops, key: %s, permissions: [publish]}]}
`

// processes is how many the examples have, at these addresses.
const processes = 3

func listedAs(i int) string { return fmt.Sprintf("127.0.0.1:%d", 8081+i) }

// cluster starts them on one Redis.
func cluster(t *testing.T) []*built.Process {
	t.Helper()
	redis := redistest.Single(t)
	path := filepath.Join(t.TempDir(), "skygate.yaml")
	if err := os.WriteFile(path, fmt.Appendf(nil, settings, redis.Addr, secret), 0o600); err != nil {
		t.Fatal(err)
	}
	all := make([]*built.Process, processes)
	for i := range all {
		all[i] = built.Start(t, exec.Command(binary, "--config", path, "--listen", "127.0.0.1:0"))
	}
	for _, p := range all {
		eventually.Works(t, "it is ready", func() error { return ready(p.URL) })
	}
	return all
}

// front is a proxy: what starts it, and what it writes into a folder of the test.
type front struct {
	// example is its file in examples/cluster.
	example string
	// adapt changes the file's text so that it runs here, listening on a port.
	adapt func(text string, port int) string
	// command gives what runs it, with the file in a folder.
	command func(program, dir, file string) []string
	// program is its name.
	program string
}

// start starts it before the processes, and gives its address. more changes the file.
func (f front) start(t *testing.T, behind []*built.Process, more ...string) (url string) {
	t.Helper()
	program := find(t, f.program)
	raw, err := os.ReadFile(filepath.Join("..", "..", "examples", "cluster", f.example))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for i, p := range behind {
		more = append(more, listedAs(i), p.Addr)
	}
	for i := 0; i < len(more); i += 2 {
		if !strings.Contains(text, more[i]) {
			t.Fatalf("%s has no %q", f.example, more[i])
		}
		text = strings.ReplaceAll(text, more[i], more[i+1])
	}
	port := freePort(t)
	dir := t.TempDir()
	file := filepath.Join(dir, f.example)
	if err := os.WriteFile(file, []byte(f.adapt(text, port)), 0o600); err != nil {
		t.Fatal(err)
	}
	command := f.command(program, dir, file)
	var log bytes.Buffer
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(done)
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // with its workers
		select {
		case <-done:
		case <-time.After(patience):
			t.Errorf("%s does not end", f.program)
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-done
		}
		if t.Failed() {
			t.Logf("%s:\n%s", f.program, log.String())
		}
	})
	url = fmt.Sprintf("http://127.0.0.1:%d", port)
	eventually.Works(t, f.program+" leads to a process", func() error {
		select {
		case <-done:
			t.Fatalf("%s ended:\n%s", f.program, log.String())
		default:
		}
		return ready(url)
	})
	return url
}

// find finds a program that Debian keeps where only root looks.
func find(t *testing.T, name string) string {
	t.Helper()
	for _, path := range []string{name, "/usr/sbin/" + name} {
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
	}
	t.Skipf("%s is not installed here (.ci/install proxies)", name)
	return ""
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// ready asks a process whether it is.
func ready(url string) error {
	var r struct{ Ready bool }
	return get(url+"/readyz", &r)
}

// counts asks a process whether all have so many clients.
func counts(url string, processes, clients int) error {
	var h struct {
		Clients struct {
			Processes, Connections int
			Subscribers            map[string]int
		}
	}
	if err := get(url+"/healthz", &h); err != nil {
		return err
	}
	if c := h.Clients; c.Processes != processes || c.Connections != clients || c.Subscribers["ops"] != clients {
		return fmt.Errorf("it counts %+v, not %d clients of %d processes", c, clients, processes)
	}
	return nil
}

func get(url string, into any) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(into)
}
