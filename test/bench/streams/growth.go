//go:build linux

package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/skygate-io/skygate/test/bench/beat"
	"github.com/skygate-io/skygate/test/bench/histogram"
	"github.com/skygate-io/skygate/test/bench/plot"
	"github.com/skygate-io/skygate/test/bench/report"
	"github.com/skygate-io/skygate/test/bench/swarm"
)

const (
	growthHz   = viewsHz
	curvesFile = "growth.svg"

	growthLegend = `Every aircraft changes some five times a second, and every client is told of those that it sees, about 50. cores: what the
operating system accounts to the server, with what generates the aircraft. p50, p99: from the order to the read.`
)

// size is a point on an axis.
type size struct {
	axis                             string
	subscribers, aircraft, audiences int
}

// at is where on its axis it is.
func (s size) at() int {
	switch s.axis {
	case "subscribers":
		return s.subscribers
	case "aircraft":
		return s.aircraft
	}
	return s.audiences
}

func (s size) String() string { return fmt.Sprintf("%d %s", s.at(), s.axis) }

// axes are the sizes of a plan: one grows at a time.
func (g *growthPlan) axes() (sizes []size) {
	for _, n := range g.subscribers {
		sizes = append(sizes, size{"subscribers", n, g.fewAircraft, 1})
	}
	for _, n := range g.aircraft {
		sizes = append(sizes, size{"aircraft", g.fewSubscribers, n, 1})
	}
	for _, n := range g.audiences {
		sizes = append(sizes, size{"audiences", g.manySubscribers, g.someAircraft, n})
	}
	return sizes
}

func (b *bench) takeGrowth(at size) (m sample, err error) {
	s, err := b.open(streamsName)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	puts := beat.Beat{Hz: growthHz, Do: s.put}
	if err := s.fleet(at.aircraft, "aircraft"); err != nil {
		return m, err
	}
	if err := beat.Play(b.warmup/2, puts); err != nil {
		return m, err
	}
	if err := s.dial(swarm.Streams, at.subscribers, views(at.aircraft, at.audiences), b.warmup, puts); err != nil {
		return m, err
	}
	s.rest()
	return s.measure(swarm.Streams, b.plan.growth.window, puts)
}

func (b *bench) measureGrowth() error {
	sizes := b.plan.growth.axes()
	names, byName := []string{}, map[string]size{}
	for _, at := range sizes {
		names, byName[at.String()] = append(names, at.String()), at
	}
	turns := takeTurns(b, names, func(name string) (sample, []sample, error) {
		m, err := b.takeGrowth(byName[name])
		return m, []sample{m}, err
	})
	if len(turns) == 0 {
		return errors.New("there is nothing to show")
	}
	var charts []plot.Chart
	for _, axis := range []string{"subscribers", "aircraft", "audiences"} {
		table := &report.Table{
			Title: "Growth: " + axis,
			Head:  []string{"subscribers", "aircraft", "audiences", "cores", "updates/s", "p50", "p99", "load"},
		}
		b.growth.Tables = append(b.growth.Tables, table)
		cores, p99 := plot.Chart{Title: "server, cores", X: axis}, plot.Chart{Title: "p99, ms", X: axis}
		for _, at := range sizes {
			list := turns[at.String()]
			if at.axis != axis || len(list) == 0 {
				continue
			}
			h := merged(list, func(m *sample) *histogram.Histogram { return m.latency("aircraft") })
			took := median(of(list, (*sample).cores))
			x := float64(at.at())
			cores.Points = append(cores.Points, plot.Point{X: x, Y: took})
			p99.Points = append(p99.Points, plot.Point{X: x, Y: h.Quantile(0.99).Seconds() * 1000})
			table.Row(fmt.Sprint(at.subscribers), fmt.Sprint(at.aircraft), fmt.Sprint(at.audiences), fraction(took),
				number(median(of(list, func(m *sample) float64 { return m.perSecond(float64(m.got("aircraft"))) }))),
				millis(h.Quantile(0.5)), millis(h.Quantile(0.99)), fraction(median(of(list, (*sample).loadCores))))
		}
		charts = append(charts, cores, p99)
	}
	slices.SortStableFunc(charts, func(a, b plot.Chart) int { return -cmp.Compare(a.Title, b.Title) }) // those of a kind in a row
	b.curves = plot.SVG(charts, 3)
	return nil
}
