//go:build linux

package main

import (
	"fmt"
	"io"
)

const (
	ours       = "skygate"
	barSize    = 1024 // bytes
	overFloor  = 1.2  // a delivery's cost, of the floor's
	floorOfOne = 0.75 // the floor's cost, of Node's: more, and the floor is a bad one
	idleKB     = 20
	idleCrowd  = 2000 // clients, for the memory of one to be more than noise
)

// printBars says of each bar that was measured whether it is met.
func (r results) printBars(out io.Writer, p *plan) {
	fmt.Fprintln(out, "\nbars:")
	for _, crowd := range p.crowds {
		cell := cell{crowd, barSize}
		if crowd.clients >= 500 {
			r.printRatio(out, cell, floorName, nodeName, floorOfOne)
			r.printRatio(out, cell, ours, floorName, overFloor)
			r.printRatio(out, cell, ours, nodeName, 1)
			r.printRatio(out, cell, ours, "centrifuge", 1)
		}
		if samples := r[cell][ours]; len(samples) > 0 {
			s := summary(samples)
			printBar(out, s.missing+s.disordered+s.closed+s.redials == 0,
				"%v: %s loses %d, disorders %d, of %d; it cuts off %d clients and forgets %d handshakes",
				crowd, ours, s.missing, s.disordered, s.latency.Count()+uint64(s.missing), s.closed, s.redials)
			printBar(out, s.mallocs < 0.1, "%v: %s allocates %.2f times per delivery: 0, but for what a broadcast takes",
				crowd, ours, s.mallocs)
			if crowd.clients >= idleCrowd {
				printBar(out, s.rss <= idleKB*1000, "%v: %s holds %.1f KB per idle client: up to %d", crowd, ours, s.rss/1000, idleKB)
			}
		}
	}
}

// printRatio says whether one costs at most a multiple of another.
func (r results) printRatio(out io.Writer, cell cell, name, base string, most float64) {
	cost, ok := r.cost(cell, name)
	of, okBase := r.cost(cell, base)
	if !ok || !okBase {
		return
	}
	ratio := float64(cost) / float64(of)
	printBar(out, ratio <= most, "%v: %s costs %.2f of %s: up to %.2f", cell.crowd, name, ratio, base, most)
}

func printBar(out io.Writer, met bool, format string, args ...any) {
	verdict := "met   "
	if !met {
		verdict = "MISSED"
	}
	fmt.Fprintf(out, "  %s  %s\n", verdict, fmt.Sprintf(format, args...))
}
