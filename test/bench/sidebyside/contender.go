//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/skygate-io/skygate/test/bench/process"
	"github.com/skygate-io/skygate/test/bench/swarm"
)

// The two that the others are compared with.
const (
	floorName = "floor"
	nodeName  = "node"
)

const servers = "test/bench/servers"

// contender is a server, its source in a folder of its name.
type contender struct {
	name    string
	dialect swarm.Dialect
	node    bool     // run by Node; the others are Go programs
	argv    []string // set by prepare
}

var contenders = []contender{
	{name: floorName, dialect: swarm.Raw},
	{name: "skygate", dialect: swarm.SocketIO},
	{name: nodeName, dialect: swarm.SocketIO, node: true},
	{name: "stock", dialect: swarm.SocketIO},
	{name: "centrifuge", dialect: swarm.Centrifuge},
}

// prepare builds the contenders and the load generator, whose path is returned,
// into a folder. Who cannot run here is left out, and out told why.
func (p *plan) prepare(ctx context.Context, root, into string, out io.Writer) (load string, err error) {
	into, err = filepath.Abs(into)
	if err != nil {
		return "", err
	}
	load = filepath.Join(into, "load")
	if err := process.Build(ctx, filepath.Join(root, "test/bench/load"), load); err != nil {
		return "", err
	}
	var ready []contender
	for _, c := range p.contenders {
		dir := filepath.Join(root, servers, c.name)
		if c.node {
			if why := nodeLacks(dir); why != "" {
				fmt.Fprintf(out, "%s is left out: %s\n", c.name, why)
				continue
			}
			c.argv = []string{"node", "--expose-gc", filepath.Join(dir, "server.mjs")}
		} else {
			c.argv = []string{filepath.Join(into, c.name)}
			if err := process.Build(ctx, dir, c.argv[0]); err != nil {
				return "", err
			}
		}
		ready = append(ready, c)
	}
	p.contenders = ready
	return load, nil
}

func nodeLacks(dir string) string {
	if _, err := exec.LookPath("node"); err != nil {
		return "there is no node"
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "socket.io")); err != nil {
		return "its packages are not installed: .ci/install node_packages"
	}
	return ""
}
