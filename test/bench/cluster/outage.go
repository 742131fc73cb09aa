//go:build linux

package main

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/skygate-io/skygate/test/bench/beat"
	"github.com/skygate-io/skygate/test/bench/report"
	"github.com/skygate-io/skygate/test/bench/swarm"
)

// The bars.
const (
	idleCores   = 0.03 // a process that has nothing to tell, whatever Redis does
	localFrozen = 3.0  // p99 of an event to a process's own clients without Redis, of that with it
	// unseen is a difference that two cores with other work make by themselves. Who waits
	// for Redis waits for two seconds.
	unseen = 20 * time.Millisecond
)

// localStream is what a client takes events for that are of no topic.
const localStream = "local"

// spell is what is measured while Redis is in some state.
type spell struct {
	name        string
	quiet, told sample
}

// own is the latency of events to clients of the process that tells them, others that to
// clients of the other one.
func (s *spell) own() *sample    { return &sample{accounts: s.told.accounts[:1]} }
func (s *spell) others() *sample { return &sample{accounts: s.told.accounts[1:]} }

// takeOutage has two processes with clients of their own each. Nobody writes; the first
// tells all clients an event of no topic, through the rooms that the two share.
func (b *bench) takeOutage() (spells []spell, err error) {
	s, err := b.open(2, aircraft)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	for _, addr := range s.addrs {
		if err := s.dial(b.outage.clients, addr); err != nil {
			return nil, err
		}
	}
	number := 0
	emit := func() error {
		err := tell(s.gateways[0], false, map[string]any{"do": "emit", "n": number, "t": swarm.Stamp(s.clock.Now())})
		number++
		return err
	}
	if err := emit(); err != nil { // where clients are before the first
		return nil, err
	}
	for _, state := range []struct {
		name string
		make func() error
	}{
		{"there", func() error { return nil }},
		{"frozen", func() error { return s.store.Signal(syscall.SIGSTOP) }},
		{"gone", s.store.kill},
	} {
		if err := state.make(); err != nil {
			return spells, err
		}
		time.Sleep(b.warmup)
		one := spell{name: state.name}
		there := state.name == "there"
		if one.told, err = s.measure(1, b.outage.window, there, beat.Beat{Hz: b.outage.hz, Do: emit}); err != nil {
			return spells, err
		}
		if one.quiet, err = s.measure(1, b.outage.quiet, there); err != nil {
			return spells, err
		}
		b.fault("Redis "+state.name, &one.told)
		b.fault("Redis "+state.name, &one.quiet)
		spells = append(spells, one)
	}
	return spells, nil
}

func (b *bench) measureOutage() error {
	spells, err := b.takeOutage()
	if err != nil {
		return err
	}
	table := &report.Table{
		Title: fmt.Sprintf("Without Redis: two processes with %d clients each, of which one tells all an event %g times a second", b.outage.clients, b.outage.hz),
		Head:  []string{"Redis", "cores of each, idle", "while it tells", "own clients: events", "p50", "p99", "the other's: events", "p50", "p99"},
		Note:  "The event is of no topic (a broadcast to Socket.IO's rooms), so that nothing but what processes tell each other needs Redis. What the other's clients do not get while Redis is away is not told later.",
	}
	b.found.Tables = append(b.found.Tables, table)
	for i := range spells {
		s := &spells[i]
		own, others := s.own().latency(localStream), s.others().latency(localStream)
		row := []string{s.name, fraction(s.quiet.cores()), fraction(s.told.cores()), fmt.Sprint(own.Count()), millis(own.Quantile(0.5)), millis(own.Quantile(0.99)), fmt.Sprint(others.Count())}
		if others.Count() > 0 {
			row = append(row, millis(others.Quantile(0.5)), millis(others.Quantile(0.99)))
		} else {
			row = append(row, "", "")
		}
		table.Row(row...)
	}
	there := spells[0].own().latency(localStream)
	for i := range spells {
		s := &spells[i]
		b.found.Bar(s.quiet.cores() <= idleCores, "Redis %s: a process with nothing to tell takes %.3f cores: up to %.2f", s.name, s.quiet.cores(), idleCores)
		if i == 0 {
			continue
		}
		now := s.own().latency(localStream)
		most := max(time.Duration(localFrozen*float64(there.Quantile(0.99))), there.Quantile(0.99)+unseen)
		b.found.Bar(now.Count() == there.Count() && now.Quantile(0.99) <= most,
			"Redis %s: %d of %d events reach the process's own clients, p99 %s, %.2f of what it is with Redis: up to %s",
			s.name, now.Count(), there.Count(), millis(now.Quantile(0.99)), ratio(float64(now.Quantile(0.99)), float64(there.Quantile(0.99))), millis(most))
	}
	return nil
}
