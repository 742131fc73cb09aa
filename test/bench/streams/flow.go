//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/test/bench/beat"
	"github.com/skygate-io/skygate/test/bench/report"
	"github.com/skygate-io/skygate/test/bench/swarm"
)

const (
	flowHz    = 10.0 // each aircraft changes so often
	flowCores = 0.5  // the bar
)

// The contenders: as the server is configured by itself, and with every change
// told by itself.
const (
	inWindows   = "as configured"
	everyChange = "every change by itself"
)

// flowTurn is a server's whose aircraft move and are given to nobody; that has a
// feed, log and replica of them; and that tells all of them to one client.
type flowTurn struct{ moved, kept, told sample }

// cores is what it takes beyond the moving.
func (t *flowTurn) cores() float64 { return t.told.cores() - t.moved.cores() }

func (b *bench) takeFlow(args ...string) (t flowTurn, err error) {
	s, err := b.open(streamsName, args...)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.fleet(b.flow, "aircraft"); err != nil {
		return t, err
	}
	moves, puts := beat.Beat{Hz: flowHz, Do: s.move}, beat.Beat{Hz: flowHz, Do: s.put}
	if err := beat.Play(b.warmup, moves); err != nil {
		return t, err
	}
	if t.moved, err = s.measure("", b.window, moves); err != nil {
		return t, err
	}
	if err := beat.Play(b.warmup, puts); err != nil {
		return t, err
	}
	if t.kept, err = s.measure("", b.window, puts); err != nil {
		return t, err
	}
	if err := s.dial(swarm.Streams, 1, one(auth(nil, "aircraft")), b.warmup, puts); err != nil {
		return t, err
	}
	t.told, err = s.measure(swarm.Streams, b.window, puts)
	return t, err
}

func one(auth json.RawMessage) []json.RawMessage { return []json.RawMessage{auth} }

func (b *bench) measureFlow() error {
	turns := takeTurns(b, []string{inWindows, everyChange}, func(name string) (t flowTurn, _ []sample, err error) {
		if name == inWindows {
			t, err = b.takeFlow()
		} else {
			t, err = b.takeFlow("-window", "0s")
		}
		return t, []sample{t.told}, err
	})
	table := &report.Table{
		Title: fmt.Sprintf("Flow: %d aircraft that all change %g times a second, one client that sees all", b.flow, flowHz),
		Head:  []string{"", "moving them", "feed, log, replica", "and encoding", "in all", "updates/s", "bytes/s"},
		Note: "Moving them is the benchmark's own; what it takes is not in the columns after it. Encoding includes writing to " +
			"the client. An update of over 1 MB is told in parts, of which the last counts.",
	}
	b.found.Tables = append(b.found.Tables, table)
	for _, name := range []string{inWindows, everyChange} {
		list := turns[name]
		if len(list) == 0 {
			table.Row(name, "failed")
			continue
		}
		figure := func(f func(*flowTurn) float64) float64 { return median(of(list, f)) }
		rate := func(t *flowTurn) float64 { return t.told.perSecond(float64(t.told.got("aircraft"))) }
		table.Row(name,
			fraction(figure(func(t *flowTurn) float64 { return t.moved.cores() })),
			fraction(figure(func(t *flowTurn) float64 { return t.kept.cores() - t.moved.cores() })),
			fraction(figure(func(t *flowTurn) float64 { return t.told.cores() - t.kept.cores() })),
			fraction(figure((*flowTurn).cores)),
			fmt.Sprintf("%.2f", figure(rate)),
			number(figure(func(t *flowTurn) float64 { return t.told.perSecond(float64(t.told.counts.Bytes)) })))
		cores, want := figure((*flowTurn).cores), flowHz
		if name == inWindows {
			want = float64(time.Second) / float64(batch.DefaultConfig().Window)
		}
		few := shortfall(figure(rate), want)
		b.found.Bar(cores <= flowCores && few == "", "%d aircraft, each changed %g times a second, %s: feed, delta and encoding take %.2f cores: up to %.2f%s",
			b.flow, flowHz, name, cores, flowCores, few)
	}
	return nil
}
