//go:build linux

// Command sidebyside measures what it costs to broadcast to many clients, for
// Skygate and for others, in one run on one machine.
//
// Each turn is a fresh server process, a fresh process of clients, and a window
// in which this one has messages broadcast at a steady rate, whether or not the
// server keeps up. The contenders take turns, round after round, so that a
// machine that gets slower does so for all. What counts are the ratios to the
// floor, which is a bare loop of writes, and to Node's socket.io.
//
//	go run ./test/bench/sidebyside [-short] [-contenders floor,skygate] [-clients 500@20] [-sizes 1024] [-seconds 4] [-rounds 2] [-write]
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

const legend = `CPU/delivery is what the operating system accounts to the server, p50 and p99 are over all deliveries of all rounds, from the
order to broadcast to the read; the other figures are medians of the rounds, and those of failures sums. disorder: out of order,
or twice. redials: handshakes that had to be tried again. RSS/client: idle, after a garbage collection. busy: of one core.`

func main() { command.Main("sidebyside", run) }

func run(ctx context.Context, args []string, out io.Writer) error {
	p, root, err := parse(args)
	if err != nil {
		return err
	}
	if err := p.fit(out); err != nil {
		return err
	}
	load, err := p.prepare(ctx, root, filepath.Join(root, ".cache", "bench"), out)
	if err != nil {
		return err
	}
	machine := fmt.Sprintf("%s; windows of %v, %d round(s)", report.Machine(ctx), p.window, p.rounds)
	fmt.Fprintf(out, "%s; load average before: %s\nabout %v\n", machine, report.Load(), p.takes().Round(10*time.Second))
	watch := report.Watch()
	r := p.run(ctx, load, out)
	fmt.Fprintln(out, watch)
	machine = fmt.Sprintf("%s. %v.", machine, watch)
	found := &report.Report{Title: "Broadcasts, side by side", Machine: machine, Tables: r.tables(p), Legend: legend}
	r.bars(found, p)
	if err := found.WriteText(out); err != nil {
		return err
	}
	if p.write && ctx.Err() == nil {
		return found.Save(filepath.Join(root, "test/bench/results"), "broadcasts.md")
	}
	return ctx.Err()
}

// run has the contenders take turns. One that fails is told of, and the others
// go on.
func (p *plan) run(ctx context.Context, load string, out io.Writer) results {
	r := results{}
	for round := range p.rounds {
		for _, crowd := range p.crowds {
			for _, c := range p.contenders {
				if ctx.Err() != nil {
					return r
				}
				samples, err := p.take(c, crowd, load)
				if err != nil {
					fmt.Fprintf(out, "round %d, %v, %s: %v\n", round+1, crowd, c.name, err)
					continue
				}
				r.add(c.name, samples)
			}
		}
	}
	return r
}

// fit raises the limit of open files, and leaves out the crowds that are too
// many for it.
func (p *plan) fit(out io.Writer) error {
	const others = 100 // files that are no connections
	most, err := process.OpenFiles()
	if err != nil {
		return err
	}
	p.crowds = slices.DeleteFunc(slices.Clone(p.crowds), func(c crowd) bool {
		tooMany := uint64(c.clients+others) > most
		if tooMany {
			fmt.Fprintf(out, "%v is left out: this machine allows %d open files (ulimit -Hn)\n", c, most)
		}
		return tooMany
	})
	if len(p.crowds) == 0 {
		return errors.New("no crowd is left to measure")
	}
	return nil
}
