//go:build linux

package main

import (
	"slices"
	"time"

	"github.com/skygate-io/skygate/test/bench/histogram"
	"github.com/skygate-io/skygate/test/bench/swarm"
)

// cell is what all contenders are compared in.
type cell struct {
	crowd crowd
	size  int
}

// sample is a contender's one window in a cell.
type sample struct {
	cell         cell
	report       swarm.Report
	broadcasting time.Duration // from the first message to a period after the last
	serverCPU    time.Duration
	loadCPU      time.Duration
	mallocs      uint64
	rss          float64 // bytes per idle client
}

// results are the samples of all rounds.
type results map[cell]map[string][]sample

func (r results) add(contender string, samples []sample) {
	for _, s := range samples {
		if r[s.cell] == nil {
			r[s.cell] = map[string][]sample{}
		}
		r[s.cell][contender] = append(r[s.cell][contender], s)
	}
}

// result is a contender's in a cell: the median of its samples, and the sum of
// what was wrong.
type result struct {
	perDelivery time.Duration // the server's CPU time
	busy, load  float64       // of one core: the server, the load generator
	mallocs     float64       // per delivery; 0 when the server cannot tell
	rss         float64       // bytes per idle client
	latency     *histogram.Histogram
	missing     int
	disordered  int // and duplicated
	closed      int
	redials     int
}

func summary(samples []sample) result {
	r := result{latency: &histogram.Histogram{}}
	for _, s := range samples {
		r.latency.Merge(s.report.Latency)
		r.missing += s.report.Missing
		r.disordered += s.report.Disordered + s.report.Duplicated
		r.closed += s.report.Closed
		r.redials += s.report.Redials
	}
	perDelivery := func(of func(sample) float64) float64 {
		return median(samples, func(s sample) float64 { return of(s) / float64(max(1, s.report.Received)) })
	}
	perTime := func(of func(sample) time.Duration) float64 {
		return median(samples, func(s sample) float64 { return of(s).Seconds() / s.broadcasting.Seconds() })
	}
	r.perDelivery = time.Duration(perDelivery(func(s sample) float64 { return float64(s.serverCPU) }))
	r.mallocs = perDelivery(func(s sample) float64 { return float64(s.mallocs) })
	r.busy = perTime(func(s sample) time.Duration { return s.serverCPU })
	r.load = perTime(func(s sample) time.Duration { return s.loadCPU })
	r.rss = median(samples, func(s sample) float64 { return s.rss })
	return r
}

// median is that of one figure of all samples; of an even number, the mean of
// the two in the middle.
func median(samples []sample, of func(sample) float64) float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
