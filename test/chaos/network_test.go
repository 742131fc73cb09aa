package chaos

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
)

// network is one of a process's own, with a cable to Redis and another to its clients.
type network struct {
	t          testing.TB
	name       string
	redis      string // this machine's end of the cable to Redis
	here       string // its address
	outside    string // the address under which clients find the process
	interfaces [2]string
}

// lay makes a network; the test is skipped where that is not permitted.
func lay(t testing.TB) *network {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("networks of their own are root's to make")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("ip (iproute2) is not installed")
	}
	// Addresses for trials of networks (RFC 2544), that nobody has.
	pid, block := os.Getpid()%100_000, 8*rand.IntN(8_000)
	address := func(n int) string { return fmt.Sprintf("198.18.%d.%d", (block+n)>>8, (block+n)&255) }
	n := &network{t: t, name: fmt.Sprintf("sgchaos%d", pid), here: address(1), outside: address(6)}
	n.interfaces = [2]string{fmt.Sprintf("sgr%d", pid), fmt.Sprintf("sgc%d", pid)}
	n.redis = n.interfaces[0]
	if out, err := exec.CommandContext(t.Context(), "ip", "netns", "add", n.name).CombinedOutput(); err != nil {
		t.Skipf("this machine does not permit networks of their own: %v: %s", err, out)
	}
	t.Cleanup(func() {
		_ = exec.Command("ip", "netns", "del", n.name).Run() // the cables go with it
		for _, name := range n.interfaces {
			_ = exec.Command("ip", "link", "del", name).Run() // if they were not in it yet
		}
	})
	n.ip("-n", n.name, "link", "set", "lo", "up")
	for i, name := range n.interfaces {
		n.ip("link", "add", name, "type", "veth", "peer", "name", name+"x", "netns", n.name)
		n.ip("addr", "add", address(4*i+1)+"/30", "dev", name)
		n.ip("-n", n.name, "addr", "add", address(4*i+2)+"/30", "dev", name+"x")
		n.ip("link", "set", name, "up")
		n.ip("-n", n.name, "link", "set", name+"x", "up")
	}
	return n
}

func (n *network) ip(args ...string) {
	n.t.Helper()
	if out, err := exec.CommandContext(n.t.Context(), "ip", args...).CombinedOutput(); err != nil {
		n.t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// cut pulls the cable to Redis: what is sent goes nowhere, and nobody says so.
func (n *network) cut()  { n.ip("link", "set", n.redis, "down") }
func (n *network) mend() { n.ip("link", "set", n.redis, "up") }

// TestNetwork: one process cannot reach Redis for a while. Its clients keep what they
// have, and are told that it is old.
func TestNetwork(t *testing.T) {
	t.Parallel()
	n := lay(t)
	server := redistest.Single(t, "--bind", "127.0.0.1", n.here)
	config := server.Config()
	const alone = processes - 1
	r := rigUp(t, *seed+4, config, func(i int, g *gateway) {
		if i != alone {
			return
		}
		_, port, _ := strings.Cut(server.Addr, ":")
		g.inside = []string{"ip", "netns", "exec", n.name}
		g.listen = n.outside + ":0"
		g.env = []string{"SKYGATE_REDIS_ADDRESSES=" + n.here + ":" + port}
	})
	r.strike(map[string]fault{
		"a process is cut off from Redis": func(r *rig) figures {
			before := r.told()
			n.cut()
			f := r.away(r.between(6*time.Second, 9*time.Second), n.mend)
			r.wantTold(before, func(home int) bool { return home == alone })
			return f
		},
	})
}
