//go:build linux

package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/skygate-io/skygate/test/bench/beat"
	"github.com/skygate-io/skygate/test/bench/report"
)

// monitorsHz is how often each aircraft changes: as often as a receiver tells.
const monitorsHz = 1.0

// monitorsPlan: at each number of aircraft a window without monitors, with each, and
// with all.
type monitorsPlan struct {
	aircraft        []int
	window, between time.Duration
}

// watched are which monitors watch, by the rows of the table.
var watched = [][]string{{}, {"safety"}, {"rules"}, {"stats"}, {"safety", "rules", "stats"}}

// monitorsTurn is a server's whose aircraft move and are given to nobody; and that has
// a feed, log and replica of them, and monitors, by the place in watched.
type monitorsTurn struct {
	moved sample
	with  [5]sample
}

// cores is what it takes with monitors, beyond the moving.
func (t *monitorsTurn) cores(i int) float64 { return t.with[i].cores() - t.moved.cores() }

func (b *bench) takeMonitors(aircraft int) (t monitorsTurn, err error) {
	s, err := b.open(streamsName)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.fleet(aircraft, "aircraft"); err != nil {
		return t, err
	}
	moves, puts := beat.Beat{Hz: monitorsHz, Do: s.move}, beat.Beat{Hz: monitorsHz, Do: s.put}
	if err := beat.Play(b.warmup, moves); err != nil {
		return t, err
	}
	if t.moved, err = s.measure("", b.monitors.window, moves); err != nil {
		return t, err
	}
	if err := beat.Play(b.warmup, puts); err != nil {
		return t, err
	}
	for i, names := range watched {
		if err := s.order(map[string]any{"do": "watch", "monitors": names}); err != nil {
			return t, err
		}
		if err := beat.Play(b.monitors.between, puts); err != nil { // what is new to them is new once
			return t, err
		}
		if t.with[i], err = s.measure("", b.monitors.window, puts); err != nil {
			return t, err
		}
	}
	return t, nil
}

func (b *bench) measureMonitors() error {
	names := map[string]int{}
	var order []string
	for _, n := range b.monitors.aircraft {
		name := fmt.Sprint(n)
		names[name], order = n, append(order, name)
	}
	turns := takeTurns(b, order, func(name string) (t monitorsTurn, _ []sample, err error) {
		t, err = b.takeMonitors(names[name])
		return t, nil, err
	})
	table := &report.Table{
		Title: fmt.Sprintf("Monitors: aircraft that all change %g time a second, no client", monitorsHz),
		Head:  []string{"aircraft", "monitors", "cores", "more than without", "ratio"},
		Note: "Cores: feed, log, replica and monitors; moving the aircraft is the benchmark's own. There are 1,000 rules; figures have a tick each second, " +
			"ten times as often as by themselves. The aircraft are spread evenly, over an area that grows with their number: none is in conflict with another.",
	}
	b.found.Tables = append(b.found.Tables, table)
	for _, name := range order {
		list := turns[name]
		if len(list) == 0 {
			table.Row(name, "failed")
			continue
		}
		cores := func(i int) float64 { return median(of(list, func(t *monitorsTurn) float64 { return t.cores(i) })) }
		without := cores(0)
		for i, monitors := range watched {
			row := "none"
			if i > 0 {
				row = strings.Join(monitors, ", ")
			}
			table.Row(name, row, fraction(cores(i)), fraction(cores(i)-without), fmt.Sprintf("%.2f", cores(i)/max(without, 1e-4)))
		}
	}
	if len(turns) == 0 {
		return errors.New("nothing was measured")
	}
	return nil
}
