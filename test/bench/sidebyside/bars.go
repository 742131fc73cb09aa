//go:build linux

package main

import "github.com/skygate-io/skygate/test/bench/report"

const (
	ours       = "skygate"
	barSize    = 1024 // bytes
	overFloor  = 1.2  // a delivery's cost, of the floor's
	floorOfOne = 0.75 // the floor's cost, of Node's: more, and the floor is a bad one
	idleKB     = 20
	idleCrowd  = 2000 // clients, for the memory of one to be more than noise
)

// bars says of each bar that was measured whether it is met.
func (r results) bars(found *report.Report, p *plan) {
	for _, crowd := range p.crowds {
		cell := cell{crowd, barSize}
		if crowd.clients >= 500 {
			r.ratioBar(found, cell, floorName, nodeName, floorOfOne)
			r.ratioBar(found, cell, ours, floorName, overFloor)
			r.ratioBar(found, cell, ours, nodeName, 1)
			r.ratioBar(found, cell, ours, "centrifuge", 1)
		}
		if samples := r[cell][ours]; len(samples) > 0 {
			s := summary(samples)
			found.Bar(s.missing+s.disordered+s.closed+s.redials == 0,
				"%v: %s loses %d, disorders %d, of %d; it cuts off %d clients and forgets %d handshakes",
				crowd, ours, s.missing, s.disordered, s.latency.Count()+uint64(s.missing), s.closed, s.redials)
			found.Bar(s.mallocs < 0.1, "%v: %s allocates %.2f times per delivery: 0, but for what a broadcast takes",
				crowd, ours, s.mallocs)
			if crowd.clients >= idleCrowd {
				found.Bar(s.rss <= idleKB*1000, "%v: %s holds %.1f KB per idle client: up to %d", crowd, ours, s.rss/1000, idleKB)
			}
		}
	}
}

// ratioBar says whether one costs at most a multiple of another.
func (r results) ratioBar(found *report.Report, cell cell, name, base string, most float64) {
	cost, ok := r.cost(cell, name)
	of, okBase := r.cost(cell, base)
	if !ok || !okBase {
		return
	}
	ratio := float64(cost) / float64(of)
	found.Bar(ratio <= most, "%v: %s costs %.2f of %s: up to %.2f", cell.crowd, name, ratio, base, most)
}
