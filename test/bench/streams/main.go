//go:build linux

// Command streams measures what the project's bars say of streams: views,
// latency, deltas, writes, and how the server grows.
//
// Each turn is the real server, from feed to connection, in a process of its own
// ([servers/streams]), and its clients in another (package swarm), which check of
// every message that it continues what they have. This process is the source: it
// orders each update, and its order's moment comes with the update to the
// clients. What the server takes is what the operating system accounts to it.
// What is compared takes turns, round after round, so that a machine that gets
// slower does so for all; what counts are ratios.
//
//	go run ./test/bench/streams [-short] [-only views,latency] [-seconds 10] [-rounds 2] [-write]
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"github.com/skygate-io/skygate/test/bench/command"
	"github.com/skygate-io/skygate/test/bench/process"
	"github.com/skygate-io/skygate/test/bench/report"
)

func main() { command.Main("streams", run) }

// The programs that take part.
const (
	streamsName = "streams"
	floorName   = "floor"
	loadName    = "load"
)

// bench is one run.
type bench struct {
	*plan
	ctx      context.Context
	root     string
	programs map[string]string // their paths
	out      io.Writer         // for what goes wrong under way

	found  *report.Report // of all scenarios but growth
	growth *report.Report
	curves []byte // SVG
	turns  int    // that were had
	faults []string
}

// growthName is the scenario whose tables are a report of their own.
const growthName = "growth"

// scenarios are the tables with their bars.
func scenarios() command.Scenarios[*bench] {
	return command.Scenarios[*bench]{
		{Name: "views", Measure: (*bench).measureViews},
		{Name: "latency", Measure: (*bench).measureLatency},
		{Name: "flow", Measure: (*bench).measureFlow},
		{Name: "monitors", Measure: (*bench).measureMonitors},
		{Name: "delta", Measure: (*bench).measureDelta},
		{Name: "writes", Measure: (*bench).measureWrites},
		{Name: growthName, Measure: (*bench).measureGrowth},
	}
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
	for _, r := range []*report.Report{b.found, b.growth} {
		r.Machine = fmt.Sprintf("%s. %v.", r.Machine, watch)
	}
	return errors.Join(b.print(), ctx.Err())
}

// prepare builds the programs into a folder.
func prepare(ctx context.Context, p *plan, root, into string, out io.Writer) (*bench, error) {
	into, err := filepath.Abs(into)
	if err != nil {
		return nil, err
	}
	machine := fmt.Sprintf("%s; windows of %v, %d round(s)", report.Machine(ctx), p.window, p.rounds)
	b := &bench{
		plan: p, ctx: ctx, root: root, programs: map[string]string{}, out: out,
		found:  &report.Report{Title: "Streams", Machine: machine, Legend: legend},
		growth: &report.Report{Title: "Growth", Machine: machine, Legend: growthLegend},
	}
	for name, folder := range map[string]string{
		streamsName: "test/bench/servers/streams", floorName: "test/bench/servers/floor", loadName: "test/bench/load",
	} {
		b.programs[name] = filepath.Join(into, name)
		if err := process.Build(ctx, filepath.Join(root, folder), b.programs[name]); err != nil {
			return nil, err
		}
	}
	if err := process.Allow(p.mostClients() + 100); err != nil {
		return nil, err
	}
	return b, nil
}

// run measures what the plan says. A scenario that fails is told of, and the
// others go on.
func (b *bench) run() {
	scenarios().Run(b.ctx, b.only, b, b.out, b.found)
	if b.turns > 0 {
		b.found.Bar(len(b.faults) == 0, "in %d turns nobody missed anything, got anything twice, was told to be too slow or was cut off", b.turns)
	}
}

// print writes the reports, and saves those that are whole if that is wanted.
func (b *bench) print() error {
	for _, f := range b.faults {
		fmt.Fprintln(b.out, f)
	}
	err := errors.Join(b.growth.WriteText(b.out), b.found.WriteText(b.out))
	if !b.write || b.ctx.Err() != nil {
		return err
	}
	folder := filepath.Join(b.root, "test/bench/results")
	if whole := !slices.ContainsFunc(scenarios().Names(), func(name string) bool { return name != growthName && !b.has(name) }); whole {
		err = errors.Join(err, b.found.Save(folder, "streams.md"))
	}
	if b.curves != nil {
		b.growth.Images = []string{curvesFile}
		err = errors.Join(err, b.growth.Save(folder, "growth.md"), report.Save(folder, curvesFile, b.curves))
	}
	return err
}

// takeTurns has each of some contenders its turn, in each round. One that fails is
// told of, and the others go on.
func takeTurns[T any](b *bench, names []string, take func(name string) (T, []sample, error)) map[string][]T {
	taken := map[string][]T{}
	for round := range b.rounds {
		for _, name := range names {
			if b.ctx.Err() != nil {
				return taken
			}
			t, samples, err := take(name)
			if err != nil {
				fmt.Fprintf(b.out, "round %d, %s: %v\n", round+1, name, err)
				continue
			}
			taken[name] = append(taken[name], t)
			b.turns++
			for i := range samples {
				if faults := samples[i].faults(); faults != "" {
					b.faults = append(b.faults, fmt.Sprintf("round %d, %s: %s", round+1, name, faults))
				}
			}
		}
	}
	return taken
}
