//go:build linux

package main

import (
	"slices"
	"time"

	"github.com/skygate-io/skygate/test/bench/command"
)

// What there is to tell.
const (
	aircraft   = 200
	aircraftHz = 4.9 // see the benchmark of streams: at five, an update meets the server's own window, or never does
	events     = "alerts"
	eventsHz   = 10.0
	eventSize  = 300 // bytes
)

// plan is what is measured, and how long.
type plan struct {
	only    []string // the names of the scenarios
	windows int      // of each kind; what is told are medians of them
	window  time.Duration
	warmup  time.Duration
	write   bool // into test/bench/results

	processes []int // that serve clients
	clients   []int // of all processes together, rising
	large     int   // aircraft, for what it takes to follow many
	outage    outagePlan
}

// outagePlan: as many clients of each of two processes, that are told an event so often.
type outagePlan struct {
	clients       int
	hz            float64
	windows       int
	window, quiet time.Duration
}

// full is what is measured without -short.
func full() *plan {
	return &plan{
		only: scenarios().Names(), windows: 3, window: 1500 * time.Millisecond, warmup: 800 * time.Millisecond,
		processes: []int{1, 2, 4}, clients: []int{100, 1000, 4000}, large: 10_000,
		outage: outagePlan{100, 39.7, 3, 2 * time.Second, 2 * time.Second},
	}
}

// short takes a minute.
func short() *plan {
	p := full()
	p.windows = 1
	p.processes, p.clients = []int{1, 4}, []int{100, 4000}
	p.outage.windows, p.outage.quiet = 1, time.Second
	return p
}

// takes is roughly how long the plan takes.
func (p *plan) takes() (sum time.Duration) {
	dialing := time.Duration(p.mostClients()) * time.Millisecond
	if p.has("growth") {
		windows := time.Duration(p.windows) * p.window
		turn := 2*time.Second + 2*dialing
		for range len(p.clients) + 2 {
			turn += p.warmup + time.Second + windows
		}
		for range p.processes {
			sum += turn
		}
		sum += 2 * (3*time.Second + p.warmup + windows) // many aircraft
	}
	if p.has("outage") {
		one := p.outage.quiet + p.warmup + time.Second
		for range p.outage.windows {
			one += p.outage.window + time.Second/2
		}
		sum += 3*time.Second + 3*one
	}
	return sum
}

func (p *plan) has(name string) bool { return slices.Contains(p.only, name) }

// mostClients is how many there are at once.
func (p *plan) mostClients() int {
	return slices.Max(append([]int{2 * p.outage.clients}, p.clients...))
}

// parse reads the flags.
func parse(args []string) (*plan, string, error) {
	flags, options := command.Flags("cluster", "take a minute")
	only := flags.String("only", "", command.OnlyUsage(scenarios().Names()))
	if err := flags.Parse(args); err != nil {
		return nil, "", err
	}
	p := full()
	if options.Short {
		p = short()
	}
	p.write = options.Write
	if window := options.Window(); window > 0 {
		p.window = window
		p.outage.window, p.outage.quiet = p.window, p.window
	}
	var err error
	p.only, err = command.Only(p.only, *only)
	return p, options.Root, err
}
