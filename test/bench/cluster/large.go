//go:build linux

package main

import (
	"errors"
	"fmt"

	"github.com/skygate-io/skygate/test/bench/beat"
	"github.com/skygate-io/skygate/test/bench/capacity"
	"github.com/skygate-io/skygate/test/bench/report"
)

// takeLarge is what so many processes take to follow many aircraft, without clients.
func (b *bench) takeLarge(processes int) (m sample, err error) {
	s, err := b.open(processes, b.large)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := beat.Play(2*b.warmup, s.beats()...); err != nil {
		return m, err
	}
	return s.measure(b.windows, b.window, true, s.beats()...)
}

// measureLarge follows many aircraft with as many processes as there were in the first
// turn and in the last, and has what a plan is made of.
func (b *bench) measureLarge(turns []turn) error {
	first, last := &turns[0], &turns[len(turns)-1]
	table := &report.Table{
		Title: fmt.Sprintf("Many aircraft: %d that change %g times a second, no client", b.large, aircraftHz),
		Head:  []string{"processes", "cores each", "writer's cores", "Redis: cores", "commands/s", "in/s", "out/s", "memory"},
	}
	b.found.Tables = append(b.found.Tables, table)
	var large []sample
	for _, t := range []*turn{first, last} {
		m, err := b.takeLarge(t.processes)
		if err != nil {
			return fmt.Errorf("%d aircraft, %d processes: %w", b.large, t.processes, err)
		}
		large = append(large, m)
		table.Row(fmt.Sprint(t.processes), fraction(m.cores()), fraction(m.writerCores()), fraction(m.storeCores()),
			fmt.Sprintf("%.0f", m.commands()), kilobytes(m.storeIn()), kilobytes(m.storeOut()), fmt.Sprintf("%.1f MB", m.memory()/1e6))
	}
	if first.processes == last.processes {
		return nil // nothing to compare
	}
	more := last.processes - first.processes
	b.measured = &capacity.Measured{
		MessageBytes: last.many().bytesEach(), IdleCores: last.idle.cores(),
		Few:  following(aircraft, first.many(), last.many(), first.processes, more, last.alone.cores()),
		Many: following(b.large, &large[0], &large[1], first.processes, more, large[1].cores()),
	}
	for i := range turns { // the dearest
		b.measured.MessageCPU = max(b.measured.MessageCPU, turns[i].message(turns[i].many()))
	}
	return nil
}

// following is what Redis takes more for each further process, and what it takes without
// any.
func following(aircraft int, one, several *sample, processes, more int, alone float64) capacity.Following {
	slope := func(of func(*sample) float64) float64 { return max(0, of(several)-of(one)) / float64(more) }
	f := capacity.Following{
		Changes: float64(aircraft) * aircraftHz, AloneCores: alone, WriterCores: several.writerCores(),
		StoreCores: slope((*sample).storeCores), StoreOut: slope((*sample).storeOut), StoreCommands: slope((*sample).commands),
	}
	f.StoreBaseCores = max(0, one.storeCores()-float64(processes)*f.StoreCores)
	return f
}
