//go:build linux

package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/skygate-io/skygate/test/bench/report"
)

// tables are one for each cell, the contenders in their order.
func (r results) tables(p *plan) (tables []*report.Table) {
	for _, crowd := range p.crowds {
		for _, size := range p.sizes {
			if cell := (cell{crowd, size}); len(r[cell]) > 0 {
				tables = append(tables, r.table(p, cell))
			}
		}
	}
	return tables
}

var head = []string{"", "CPU/delivery", "/floor", "/node", "p50", "p99", "missing", "disorder", "closed", "redials",
	"allocs/delivery", "RSS/client", "busy", "load busy"}

func (r results) table(p *plan, cell cell) *report.Table {
	t := &report.Table{Head: head, Title: fmt.Sprintf("%d clients, %g messages a second, %d bytes: %.0f deliveries a second",
		cell.crowd.clients, cell.crowd.hz, cell.size, float64(cell.crowd.clients)*cell.crowd.hz)}
	for _, c := range p.contenders {
		samples := r[cell][c.name]
		if len(samples) == 0 {
			t.Row(c.name, "failed")
			continue
		}
		s := summary(samples)
		t.Row(c.name, fmt.Sprintf("%.2f µs", micros(s.perDelivery)), r.ratio(cell, c.name, floorName), r.ratio(cell, c.name, nodeName),
			millis(s.latency.Quantile(0.5)), millis(s.latency.Quantile(0.99)),
			strconv.Itoa(s.missing), strconv.Itoa(s.disordered), strconv.Itoa(s.closed), strconv.Itoa(s.redials),
			c.mallocs(s.mallocs), fmt.Sprintf("%.1f KB", s.rss/1000), fmt.Sprintf("%.0f %%", 100*s.busy), fmt.Sprintf("%.0f %%", 100*s.load))
	}
	return t
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
