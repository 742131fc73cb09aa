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

// spell is what is measured while Redis is in some state. What is told is medians of
// windows: a machine that does something else for a moment spoils one.
type spell struct {
	name  string
	quiet sample
	told  []sample
}

// latency is how many events came in all windows to the clients of one process, and how
// long they took: own is the one that tells them, other the other one.
func (s *spell) latency(process int) (count uint64, p50, p99 time.Duration) {
	var half, most []float64
	for i := range s.told {
		one := sample{accounts: s.told[i].accounts[process : process+1]}
		h := one.latency(localStream)
		count += h.Count()
		half, most = append(half, float64(h.Quantile(0.5))), append(most, float64(h.Quantile(0.99)))
	}
	return count, time.Duration(median(half)), time.Duration(median(most))
}

const own, other = 0, 1

// cores is what each process takes while one tells.
func (s *spell) cores() float64 {
	values := make([]float64, len(s.told))
	for i := range s.told {
		values[i] = s.told[i].cores()
	}
	return median(values)
}

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
	spells = []spell{{name: "there"}, {name: "frozen"}, {name: "gone"}}
	there, frozen, gone := &spells[0], &spells[1], &spells[2]
	take := func(one *spell, state func() error) error {
		if err := state(); err != nil {
			return err
		}
		time.Sleep(b.warmup)
		told, err := s.measure(1, b.outage.window, one == there, beat.Beat{Hz: b.outage.hz, Do: emit})
		if err != nil {
			return err
		}
		b.fault("Redis "+one.name, &told)
		if one.told = append(one.told, told); len(one.told) < b.outage.windows {
			return nil
		}
		one.quiet, err = s.measure(1, b.outage.quiet, one == there)
		b.fault("Redis "+one.name, &one.quiet)
		return err
	}
	for range b.outage.windows { // in turn: a machine that has other work has it for both
		err := errors.Join(
			take(there, func() error { return s.store.Signal(syscall.SIGCONT) }),
			take(frozen, func() error { return s.store.Signal(syscall.SIGSTOP) }))
		if err != nil {
			return nil, err
		}
	}
	for range b.outage.windows {
		if err := take(gone, s.store.kill); err != nil {
			return nil, err
		}
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
		Note:  "The event is of no topic (a broadcast to Socket.IO's rooms), so that nothing but what processes tell each other needs Redis. With Redis and with a frozen one take turns. What the other's clients do not get while Redis is away is not told later.",
	}
	b.found.Tables = append(b.found.Tables, table)
	for i := range spells {
		s := &spells[i]
		row := []string{s.name, fraction(s.quiet.cores()), fraction(s.cores())}
		for _, process := range []int{own, other} {
			count, p50, p99 := s.latency(process)
			row = append(row, fmt.Sprint(count), millis(p50), millis(p99))
			if count == 0 {
				row = append(row[:len(row)-2], "", "")
			}
		}
		table.Row(row...)
	}
	want, _, there := spells[0].latency(own)
	for i := range spells {
		s := &spells[i]
		b.found.Bar(s.quiet.cores() <= idleCores, "Redis %s: a process with nothing to tell takes %.3f cores: up to %.2f", s.name, s.quiet.cores(), idleCores)
		if i == 0 {
			continue
		}
		count, _, now := s.latency(own)
		most := max(time.Duration(localFrozen*float64(there)), there+unseen)
		b.found.Bar(count > 0 && count == want && now <= most,
			"Redis %s: %d of %d events reach the process's own clients, p99 %s, %.2f of what it is with Redis: up to %s",
			s.name, count, want, millis(now), ratio(float64(now), float64(there)), millis(most))
	}
	return nil
}
