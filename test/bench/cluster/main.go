//go:build linux

// Command cluster measures what it costs to be one of several: processes that follow
// the same topics in one Redis, and serve clients.
//
// A turn is a Redis, one process that writes the topics ([servers/streams] with -writes)
// and serves nobody, and some that serve clients, which are in further processes (package
// swarm) and check of every message that it continues what they have. First there is
// nothing to tell, then no client to tell it to, then more and more: so what a process
// takes by itself and what a message takes are told apart, and so is what Redis takes for
// processes and for clients.
//
// All of it is on one machine. What that is too small for it cannot show: how much four
// processes deliver together. It shows what each message and each process takes.
//
//	go run ./test/bench/cluster [-short] [-only growth,outage] [-seconds 2] [-write]
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/skygate-io/skygate/test/bench/capacity"
	"github.com/skygate-io/skygate/test/bench/command"
	"github.com/skygate-io/skygate/test/bench/process"
	"github.com/skygate-io/skygate/test/bench/report"
)

func main() { command.Main("cluster", run) }

// The programs that take part.
const (
	serverName = "streams"
	loadName   = "load"
	redisName  = "redis"
)

// bench is one run.
type bench struct {
	*plan
	ctx      context.Context
	root     string
	programs map[string]string // their paths
	out      io.Writer         // for what goes wrong under way

	found    *report.Report
	measured *capacity.Measured // nil when not all of it was
	faults   []string
}

// scenarios are the tables with their bars.
func scenarios() command.Scenarios[*bench] {
	return command.Scenarios[*bench]{{Name: "growth", Measure: (*bench).measureGrowth}, {Name: "outage", Measure: (*bench).measureOutage}}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	p, root, err := parse(args)
	if err != nil {
		return err
	}
	b, err := prepare(ctx, p, root, filepath.Join(root, ".cache", "bench"), out)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s; load average before: %s\nabout %v\n", b.found.Machine, report.Load(), p.takes().Round(10*time.Second))
	watch := report.Watch()
	b.run()
	fmt.Fprintln(out, watch)
	b.found.Machine = fmt.Sprintf("%s. %v.", b.found.Machine, watch)
	return errors.Join(b.print(), ctx.Err())
}

// prepare builds the programs into a folder, and finds Redis.
func prepare(ctx context.Context, p *plan, root, into string, out io.Writer) (*bench, error) {
	into, err := filepath.Abs(into)
	if err != nil {
		return nil, err
	}
	b := &bench{plan: p, ctx: ctx, root: root, programs: map[string]string{}, out: out}
	for _, name := range []string{"redis-server", "valkey-server"} {
		if path, err := exec.LookPath(name); err == nil && b.programs[redisName] == "" {
			b.programs[redisName] = path
		}
	}
	if b.programs[redisName] == "" {
		return nil, errors.New("no redis-server and no valkey-server is installed: .ci/install redis does it")
	}
	for name, folder := range map[string]string{serverName: "test/bench/servers/streams", loadName: "test/bench/load"} {
		b.programs[name] = filepath.Join(into, name)
		if err := process.Build(ctx, filepath.Join(root, folder), b.programs[name]); err != nil {
			return nil, err
		}
	}
	if err := process.Allow(p.mostClients() + 100); err != nil {
		return nil, err
	}
	machine := fmt.Sprintf("%s; %d windows of %v", report.Machine(ctx), p.windows, p.window)
	b.found = &report.Report{Title: "Cluster", Machine: machine, Legend: legend}
	return b, nil
}

// run measures what the plan says. A scenario that fails is told of, and the other goes
// on.
func (b *bench) run() {
	scenarios().Run(b.ctx, b.only, b, b.out, b.found)
	b.found.Bar(len(b.faults) == 0, "nobody missed anything of a topic, got anything twice, was told to be too slow or was cut off")
}

// print writes the reports, and saves them when they are whole and that is wanted.
func (b *bench) print() error {
	for _, f := range b.faults {
		fmt.Fprintln(b.out, f)
	}
	err := b.found.WriteText(b.out)
	if !b.write || b.ctx.Err() != nil {
		return err
	}
	folder := filepath.Join(b.root, "test/bench/results")
	if b.has("growth") && b.has("outage") {
		err = errors.Join(err, b.found.Save(folder, "cluster.md"))
	}
	if b.measured != nil {
		plan := capacity.Report(b.measured)
		err = errors.Join(err, plan.Save(folder, "capacity.md"))
	}
	return err
}
