//go:build linux

package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/test/bench/beat"
	"github.com/skygate-io/skygate/test/bench/histogram"
	"github.com/skygate-io/skygate/test/bench/report"
	"github.com/skygate-io/skygate/test/bench/swarm"
)

const (
	slowHz = 1.0
	// fastHz is a little less than ten, so that the orders' place in the server's
	// windows moves through all that there are.
	fastHz = 9.9
	// alertHz has nothing in common with the rates of what runs beside.
	alertHz   = 19.7
	alertSize = 300 // bytes

	overFloorSlow   = 2.0 // the bars: the median of an update, once a second,
	overFloorBypass = 3.0 // and p99 of what bypasses
)

// latencyTurn has four windows: an update once a second, ten times a second, and
// something that bypasses while that goes on: as it is published, and as it comes from
// what a receiver sends. Aside are those updates.
type latencyTurn struct{ slow, fast, bypass, heard sample }

// The rows of the table, and what of a turn they are.
var latencyWindows = []struct {
	name, stream string
	of           func(*latencyTurn) *sample
}{
	{"update, 1 Hz", "aircraft", func(t *latencyTurn) *sample { return &t.slow }},
	{"update, 10 Hz", "aircraft", func(t *latencyTurn) *sample { return &t.fast }},
	{"bypassing event", "alert", func(t *latencyTurn) *sample { return &t.bypass }},
	{"emergency, from a receiver's socket", "safety", func(t *latencyTurn) *sample { return &t.heard }},
}

func (b *bench) takeLatency() (t latencyTurn, err error) {
	r, err := newReceiver()
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	s, err := b.open(streamsName, "-receiver", r.Addr().String())
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := r.await(); err != nil {
		return t, err
	}
	if err := s.fleet(b.latency.aircraft, "aircraft"); err != nil {
		return t, err
	}
	puts := beat.Beat{Hz: fastHz, Do: s.put}
	if err := s.dial(swarm.Streams, b.latency.clients, one(auth(nil, "aircraft", "alerts", "safety")), b.warmup, puts); err != nil {
		return t, err
	}
	s.rest()
	if t.slow, err = s.measure(swarm.Streams, b.latency.slow, beat.Beat{Hz: slowHz, Do: s.put}); err != nil {
		return t, err
	}
	if t.fast, err = s.measure(swarm.Streams, b.window, puts); err != nil {
		return t, err
	}
	alerts := beat.Beat{Hz: alertHz, Do: func() error { return s.event("alerts", alertSize) }}
	if t.bypass, err = s.measure(swarm.Streams, b.window, puts, alerts); err != nil {
		return t, err
	}
	if err := s.order(map[string]any{"do": "watch", "monitors": []string{"safety"}}); err != nil {
		return t, err
	}
	t.heard, err = s.measure(swarm.Streams, b.window, puts, beat.Beat{Hz: alertHz, Do: func() error { return r.emergency(s.clock) }})
	return t, err
}

// takeFloorLatency has the floor do the same, with messages of the same sizes: in
// the last window the updates go as often as the server's windows let them.
func (b *bench) takeFloorLatency(update, event, emergency int) (t latencyTurn, err error) {
	s, err := b.open(floorName)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	messages := func(hz float64, size int) beat.Beat {
		return beat.Beat{Hz: hz, Do: func() error { return s.broadcast(size) }, Count: true}
	}
	behind := beat.Beat{Hz: float64(time.Second) / float64(batch.DefaultConfig().Window), Do: func() error { return s.behind(update) }}
	if err := s.dial(swarm.Raw, b.latency.clients, nil, b.warmup, behind); err != nil {
		return t, err
	}
	if t.slow, err = s.measure(swarm.Raw, b.latency.slow, messages(slowHz, update)); err != nil {
		return t, err
	}
	if t.fast, err = s.measure(swarm.Raw, b.window, messages(fastHz, update)); err != nil {
		return t, err
	}
	if t.bypass, err = s.measure(swarm.Raw, b.window, behind, messages(alertHz, event)); err != nil {
		return t, err
	}
	t.heard, err = s.measure(swarm.Raw, b.window, behind, messages(alertHz, emergency))
	return t, err
}

func (b *bench) measureLatency() error {
	update, event, emergency := 4000, alertSize, 1500 // bytes, until they are known
	turns := takeTurns(b, []string{streamsName, floorName}, func(name string) (t latencyTurn, _ []sample, err error) {
		if name == floorName {
			t, err = b.takeFloorLatency(update, event, emergency)
		} else if t, err = b.takeLatency(); err == nil {
			update, event = int(t.slow.bytesEach("aircraft")), max(swarm.MinSize, int(t.bypass.bytesEach("alert")))
			emergency = max(swarm.MinSize, int(t.heard.bytesEach("safety")))
		}
		return t, []sample{t.slow, t.fast, t.bypass, t.heard}, err
	})
	ours, floor := turns[streamsName], turns[floorName]
	b.found.Tables = append(b.found.Tables, b.latencyTable(turns))
	if len(ours) == 0 || len(floor) == 0 {
		return errors.New("there is nothing to compare")
	}
	quantile := func(list []latencyTurn, window int, q float64) time.Duration {
		w := latencyWindows[window]
		return merged(list, func(t *latencyTurn) *histogram.Histogram { return w.of(t).latency(w.stream) }).Quantile(q)
	}
	clients := fmt.Sprintf("%d clients", b.latency.clients)
	mine, its := quantile(ours, 0, 0.5), quantile(floor, 0, 0.5)
	b.found.Bar(float64(mine) <= overFloorSlow*float64(its), "%s, aircraft once a second: median %s, %.2f of the floor's %s: up to %.2f",
		clients, millis(mine), float64(mine)/float64(its), millis(its), overFloorSlow)
	mine, its = quantile(ours, 1, 0.5), quantile(floor, 1, 0.5)
	half := batch.DefaultConfig().Window / 2
	b.found.Bar(mine <= its+half, "%s, aircraft ten times a second: median %s, %s more than the floor's: up to %s",
		clients, millis(mine), millis(mine-its), millis(half))
	mine, its = quantile(ours, 2, 0.99), quantile(floor, 2, 0.99)
	b.found.Bar(float64(mine) <= overFloorBypass*float64(its), "%s, an event that bypasses batched traffic: p99 %s, %.2f of the floor's %s: up to %.2f",
		clients, millis(mine), float64(mine)/float64(its), millis(its), overFloorBypass)
	mine, its = quantile(ours, 3, 0.99), quantile(floor, 3, 0.99)
	b.found.Bar(float64(mine) <= overFloorBypass*float64(its), "%s, an emergency from a receiver's socket to safety:event, beside batched traffic: p50 %s, p99 %s, %.2f of the floor's %s: up to %.2f",
		clients, millis(quantile(ours, 3, 0.5)), millis(mine), float64(mine)/float64(its), millis(its), overFloorBypass)
	told, published := 0, 0
	for i := range ours {
		told += ours[i].bypass.got("alert") + ours[i].heard.got("safety")
		events := beat.Beat{Hz: alertHz, Count: true}
		published += (events.Counted(ours[i].bypass.took) + events.Counted(ours[i].heard.took)) * b.latency.clients
	}
	b.found.Bar(told == published, "of %d events %d were told", published, told)
	return nil
}

func (b *bench) latencyTable(turns map[string][]latencyTurn) *report.Table {
	t := &report.Table{
		Title: fmt.Sprintf("Latency: %d clients on aircraft, alerts and safety events, %d aircraft", b.latency.clients, b.latency.aircraft),
		Head:  []string{"", "messages/client", "bytes", "p50", "p90", "p99", "most", "cores", "load"},
		Note:  "While events bypass, the aircraft change 10 times a second; the floor sends as large an update five times a second. An emergency is a line of JSON from a TCP receiver: decoded, merged, found by the monitor, told.",
	}
	for _, w := range latencyWindows {
		for _, name := range []string{streamsName, floorName} {
			list := turns[name]
			if len(list) == 0 {
				t.Row(w.name+", "+name, "failed")
				continue
			}
			figure := func(f func(*sample) float64) float64 {
				return median(of(list, func(t *latencyTurn) float64 { return f(w.of(t)) }))
			}
			h := merged(list, func(t *latencyTurn) *histogram.Histogram { return w.of(t).latency(w.stream) })
			bytes := "the same"
			if name == streamsName {
				bytes = number(figure(func(m *sample) float64 { return m.bytesEach(w.stream) }))
			}
			t.Row(w.name+", "+name, number(figure(func(m *sample) float64 { return float64(m.got(w.stream)) / float64(b.latency.clients) })), bytes,
				millis(h.Quantile(0.5)), millis(h.Quantile(0.9)), millis(h.Quantile(0.99)), millis(h.Quantile(1)),
				fraction(figure((*sample).cores)), fraction(figure((*sample).loadCores)))
		}
	}
	return t
}
