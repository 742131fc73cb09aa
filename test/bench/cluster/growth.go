//go:build linux

package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/skygate-io/skygate/test/bench/beat"
	"github.com/skygate-io/skygate/test/bench/report"
)

// The bars, all of them ratios.
const (
	storeByClients  = 1.5 // Redis with the most clients, of what it takes with the fewest
	storeByProcess  = 1.3 // Redis with the most processes, of as many times what it takes for one
	messageByMany   = 1.5 // a message's CPU of the most processes, of one's
	writerByAnybody = 1.5 // the writer's with the most clients and processes, of that with the fewest
)

// turn is what so many processes took: with nothing to tell, without clients, and with
// more and more of them.
type turn struct {
	processes   int
	idle, alone sample
	with        []sample
}

// message is the CPU for one message to one client, in seconds.
func (t *turn) message(m *sample) float64 {
	rate := m.messages()
	if rate == 0 {
		return 0
	}
	return max(0, m.cores()-t.alone.cores()) * float64(t.processes) / rate
}

func (t *turn) few() *sample  { return &t.with[0] }
func (t *turn) many() *sample { return &t.with[len(t.with)-1] }

func (b *bench) take(processes int) (t turn, err error) {
	s, err := b.open(processes, aircraft)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	t.processes = processes
	measure := func() (m sample, err error) {
		if err := beat.Play(b.warmup, s.beats()...); err != nil {
			return m, err
		}
		m, err = s.measure(b.windows, b.window, true, s.beats()...)
		b.fault(fmt.Sprintf("%s, %d clients", named(processes), m.clients), &m)
		return m, err
	}
	time.Sleep(b.warmup)
	if t.idle, err = s.measure(1, b.window, true); err != nil {
		return t, err
	}
	if t.alone, err = measure(); err != nil {
		return t, err
	}
	connected := 0
	for _, n := range b.clients {
		if err := s.dial(n-connected, s.addrs...); err != nil {
			return t, err
		}
		connected = n
		m, err := measure()
		if err != nil {
			return t, err
		}
		t.with = append(t.with, m)
	}
	return t, nil
}

// fault notes what went wrong.
func (b *bench) fault(where string, m *sample) {
	if faults := m.faults(); faults != "" {
		b.faults = append(b.faults, where+": "+faults)
	}
}

func (b *bench) measureGrowth() error {
	var turns []turn
	for _, n := range b.processes {
		if b.ctx.Err() != nil {
			return b.ctx.Err()
		}
		t, err := b.take(n)
		if err != nil {
			return fmt.Errorf("%s: %w", named(n), err)
		}
		turns = append(turns, t)
	}
	b.found.Tables = append(b.found.Tables, processTable(turns), storeTable(turns))
	b.judge(turns)
	return b.measureLarge(turns)
}

// each gives every sample of some turns with what the row is called.
func each(turns []turn, do func(t *turn, what string, m *sample)) {
	for i := range turns {
		t := &turns[i]
		do(t, "nothing to tell", &t.idle)
		do(t, "0", &t.alone)
		for k := range t.with {
			do(t, fmt.Sprint(t.with[k].clients), &t.with[k])
		}
	}
}

func processTable(turns []turn) *report.Table {
	table := &report.Table{
		Title: fmt.Sprintf("Processes: %d aircraft that change %g times a second, of which a client sees 49, and %g events a second", aircraft, aircraftHz, eventsHz),
		Head:  []string{"processes", "clients", "cores each", "messages/s", "bytes each", "/message", "update p50", "p99", "event p50", "p99", "writer's cores", "load"},
		Note:  "The writer has the sources and serves nobody: it moves the aircraft, merges them, and appends what changed. 0 clients: what a process takes by itself.",
	}
	each(turns, func(t *turn, what string, m *sample) {
		row := []string{fmt.Sprint(t.processes), what, fraction(m.cores())}
		if m.clients == 0 {
			row = append(row, "", "", "", "", "", "", "")
		} else {
			update, event := m.latency("aircraft"), m.latency("alert")
			row = append(row, fmt.Sprintf("%.0f", m.messages()), fmt.Sprintf("%.0f", m.bytesEach()), micros(t.message(m)),
				millis(update.Quantile(0.5)), millis(update.Quantile(0.99)), millis(event.Quantile(0.5)), millis(event.Quantile(0.99)))
		}
		table.Row(append(row, fraction(m.writerCores()), fraction(m.loadCores()))...)
	})
	return table
}

func storeTable(turns []turn) *report.Table {
	table := &report.Table{
		Title: "Redis, meanwhile",
		Head:  []string{"processes", "clients", "cores", "commands/s", "in/s", "out/s", "memory", "connections"},
		Note: "Each process follows five topics (two are written), and looks each second whether each log is still where it was; each is linked by Socket.IO's rooms as well. " +
			"One connection is the benchmark's.",
	}
	each(turns, func(t *turn, what string, m *sample) {
		table.Row(fmt.Sprint(t.processes), what, fraction(m.storeCores()), fmt.Sprintf("%.0f", m.commands()), kilobytes(m.storeIn()), kilobytes(m.storeOut()),
			fmt.Sprintf("%.1f MB", m.memory()/1e6), fmt.Sprintf("%.0f", m.figure(func(w *window) float64 { return float64(w.store.clients) })))
	})
	return table
}

// within says whether a figure is no more than so many times another one; of nothing
// nothing is known.
func within(a, b, times float64) bool { return a > 0 && b > 0 && a <= times*b }

// judge says which bars are met.
func (b *bench) judge(turns []turn) {
	first, last := &turns[0], &turns[len(turns)-1]
	for i := range turns {
		t := &turns[i]
		few, many := t.few(), t.many()
		cores, commands, out := ratio(many.storeCores(), few.storeCores()), ratio(many.commands(), few.commands()), ratio(many.storeOut(), few.storeOut())
		b.found.Bar(min(cores, commands, out) > 0 && max(cores, commands, out) <= storeByClients,
			"%s: with %d clients Redis takes %.2f of the CPU, %.2f of the commands and sends %.2f of the bytes that it does with %d: up to %.2f",
			named(t.processes), many.clients, cores, commands, out, few.clients, storeByClients)
	}
	times := float64(last.processes) / float64(first.processes)
	out, cores := ratio(last.many().storeOut(), first.many().storeOut()), ratio(last.many().storeCores(), first.many().storeCores())
	b.found.Bar(within(out, times, storeByProcess) && within(cores, times, storeByProcess),
		"for %d processes Redis sends %.2f times what it sends for %d, and takes %.2f times the CPU: up to %.2f", last.processes, out, first.processes, cores, storeByProcess*times)
	one, four := first.message(first.many()), last.message(last.many())
	b.found.Bar(within(four, one, messageByMany), "a message to one of %d clients takes %s of %d processes, %.2f of what it takes with %d: up to %.2f",
		last.many().clients, micros(four), last.processes, ratio(four, one), first.processes, messageByMany)
	most, least := last.many().writerCores(), first.few().writerCores()
	b.found.Bar(within(most, least, writerByAnybody), "the writer takes %.2f of the CPU with %d processes and %d clients that it takes with %d and %d: up to %.2f",
		ratio(most, least), last.processes, last.many().clients, first.processes, first.few().clients, writerByAnybody)
}

// named names so many processes.
func named(n int) string {
	if n == 1 {
		return "1 process"
	}
	return fmt.Sprintf("%d processes", n)
}

// ratio is of two figures; of nothing, nothing.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
