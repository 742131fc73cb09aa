package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/test/built"
)

// settings of all processes.
const settings = `
redis: {mode: %s, master: %s}
event_topics: {ops: {permission: "", retention: 1h}}
auth: {keys: [{name: chaos, key: %s, permissions: [publish]}]}
publish: {rate: 10000, burst: 10000}
topics: {aircraft: {ttl: %v}}
`

// gateway is a process of the cluster, which may be killed and come again.
type gateway struct {
	*built.Process
	// inside is what its command begins with: nothing, or what takes it to a network of
	// its own.
	inside []string
	listen string
	args   []string
	env    []string
	before usage
}

// start starts it, at the address that it had.
func (g *gateway) start(t testing.TB) {
	t.Helper()
	command := append(append(append([]string{}, g.inside...), binary, "serve", "--listen", g.listen), g.args...)
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), g.env...)
	g.Process = built.Start(t, cmd)
	g.listen = g.Addr
}

// configure writes the settings of a cluster, and gives what its processes are started
// with. (Addresses are a variable, as a process may reach Redis by another.)
func configure(t testing.TB, r redis.Config, source string) (args, env []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "skygate.yaml")
	master := r.Master
	if master == "" {
		master = "mymaster"
	}
	text := fmt.Sprintf(settings, r.Mode, master, secret, aircraftGo)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"--config", path, "--source", "readsb=file://" + source + "?interval=200ms"},
		[]string{"SKYGATE_REDIS_ADDRESSES=" + strings.Join(r.Addresses, ",")}
}

// isWriter says whether it writes the aircraft, as far as it has logged.
func (g *gateway) isWriter() bool {
	writes := false
	for _, text := range strings.Split(g.Log(), "\n") {
		var l struct{ Topic, Message string }
		if json.Unmarshal([]byte(text), &l) != nil || l.Topic != "aircraft" {
			continue
		}
		switch l.Message {
		case "this process writes the topic":
			writes = true
		case "this process no longer writes the topic":
			writes = false
		}
	}
	return writes
}

// ill says what is the matter with its health, "" if nothing.
func (g *gateway) ill() string {
	for _, path := range []string{"/healthz", "/readyz"} {
		status, raw, err := g.get(path)
		switch {
		case err != nil:
			return err.Error()
		case path == "/readyz" && status == http.StatusNotFound: // it has none
		case status != http.StatusOK:
			return fmt.Sprintf("%s%s: %d: %s", g.URL, path, status, raw)
		case path == "/healthz" && !bytes.Contains(raw, []byte(`"status": "ok"`)):
			return fmt.Sprintf("%s%s: %s", g.URL, path, raw)
		}
	}
	return ""
}

func (g *gateway) get(path string) (status int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.URL+path, nil)
	if err != nil {
		return 0, nil, err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	var out bytes.Buffer
	_, err = out.ReadFrom(resp.Body)
	return resp.StatusCode, out.Bytes(), err
}

// usage is what a process uses.
type usage struct {
	when   time.Time
	cpu    time.Duration // since its start
	memory int64         // bytes that are resident
	files  int           // that are open, connections among them
}

// ticks is how many of the kernel's units of time are a second: so on all systems.
const ticks = 100

// uses measures it.
func (g *gateway) uses(t testing.TB) usage {
	t.Helper()
	dir := filepath.Join("/proc", strconv.Itoa(g.Cmd.Process.Pid))
	u := usage{when: time.Now()}
	raw, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		t.Fatal(err)
	}
	// The name of the program is in brackets; after it the 12th and 13th are its own
	// time and the kernel's.
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	for _, field := range fields[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		u.cpu += time.Duration(n) * time.Second / ticks
	}
	if raw, err = os.ReadFile(filepath.Join(dir, "statm")); err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(raw))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	u.memory = pages * int64(os.Getpagesize())
	files, err := os.ReadDir(filepath.Join(dir, "fd"))
	if err != nil {
		t.Fatal(err)
	}
	u.files = len(files)
	return u
}

// cores is how much of the time between two measurements it has computed.
func (u usage) cores(before usage) float64 {
	return float64(u.cpu-before.cpu) / float64(u.when.Sub(before.when))
}
