//go:build linux

package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// print writes one table per cell, the contenders in their order.
func (r results) print(out io.Writer, p *plan) error {
	for _, crowd := range p.crowds {
		for _, size := range p.sizes {
			cell := cell{crowd, size}
			if len(r[cell]) == 0 {
				continue
			}
			fmt.Fprintf(out, "\n%d clients, %g messages a second, %d bytes: %.0f deliveries a second\n",
				crowd.clients, crowd.hz, size, float64(crowd.clients)*crowd.hz)
			if err := r.printCell(out, p, cell); err != nil {
				return err
			}
		}
	}
	return nil
}

const (
	head    = "\tCPU/delivery\t/floor\t/node\tp50\tp99\tmissing\tdisorder\tclosed\tredials\tallocs/delivery\tRSS/client\tbusy\tload busy\t"
	columns = 13
)

func (r results) printCell(out io.Writer, p *plan, cell cell) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, head)
	for _, c := range p.contenders {
		samples := r[cell][c.name]
		if len(samples) == 0 {
			fmt.Fprintf(table, "%s\tfailed%s\n", c.name, strings.Repeat("\t", columns))
			continue
		}
		s := summary(samples)
		fmt.Fprintf(table, "%s\t%.2f µs\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%s\t%.1f KB\t%.0f %%\t%.0f %%\t\n", c.name,
			micros(s.perDelivery), r.ratio(cell, c.name, floorName), r.ratio(cell, c.name, nodeName),
			millis(s.latency.Quantile(0.5)), millis(s.latency.Quantile(0.99)),
			s.missing, s.disordered, s.closed, s.redials, c.mallocs(s.mallocs), s.rss/1000, 100*s.busy, 100*s.load)
	}
	return table.Flush()
}

func (c contender) mallocs(perDelivery float64) string {
	if c.node {
		return "–"
	}
	return fmt.Sprintf("%.2f", perDelivery)
}

// cost is what a delivery costs a contender in a cell; false when that is unknown.
func (r results) cost(cell cell, name string) (time.Duration, bool) {
	samples := r[cell][name]
	if len(samples) == 0 {
		return 0, false
	}
	cost := summary(samples).perDelivery
	return cost, cost > 0
}

func (r results) ratio(cell cell, name, base string) string {
	cost, ok := r.cost(cell, name)
	of, okBase := r.cost(cell, base)
	if !ok || !okBase {
		return "–"
	}
	return fmt.Sprintf("%.2f", float64(cost)/float64(of))
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func millis(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}
