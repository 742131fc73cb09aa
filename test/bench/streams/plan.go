//go:build linux

package main

import (
	"slices"
	"time"

	"github.com/skygate-io/skygate/test/bench/command"
)

// plan is what is measured, and how long.
type plan struct {
	only   []string // the names of the scenarios
	window time.Duration
	warmup time.Duration
	rounds int
	write  bool // into test/bench/results

	views    viewsPlan
	latency  latencyPlan
	flow     int // aircraft
	monitors monitorsPlan
	writes   int // clients
	growth   growthPlan
}

// viewsPlan: as many clients with a view of their own, beside as many who share
// one; each in some pairs of windows.
type viewsPlan struct {
	clients, aircraft, pairs int
	window                   time.Duration
}

// latencyPlan: how long the windows are in which something happens once a second.
type latencyPlan struct {
	clients, aircraft int
	slow              time.Duration
}

// growthPlan has the steps of each axis, and what the other two stay at.
type growthPlan struct {
	subscribers, aircraft, audiences []int
	fewSubscribers, fewAircraft      int // where these do not grow
	manySubscribers, someAircraft    int // where audiences do
	window                           time.Duration
}

// full is what is measured without -short.
func full() *plan {
	return &plan{
		only: scenarios().Names(), window: 8 * time.Second, warmup: 1500 * time.Millisecond, rounds: 2,
		views:    viewsPlan{2000, 10_000, 4, 3 * time.Second},
		latency:  latencyPlan{1000, 50, 15 * time.Second},
		flow:     10_000,
		monitors: monitorsPlan{[]int{1000, 10_000}, 4 * time.Second, 1500 * time.Millisecond},
		writes:   500,
		growth: growthPlan{
			subscribers: []int{100, 500, 1000, 2000, 5000},
			aircraft:    []int{100, 300, 1000, 3000, 10_000},
			audiences:   []int{1, 10, 100, 500, 2000},

			fewSubscribers: 100, fewAircraft: 50, manySubscribers: 2000, someAircraft: 1000, window: 5 * time.Second,
		},
	}
}

// short takes some three minutes.
func short() *plan {
	p := full()
	p.window, p.warmup, p.rounds = 2*time.Second, time.Second, 1
	p.views.pairs, p.views.window = 2, 2500*time.Millisecond
	p.latency.slow = 4 * time.Second
	p.monitors.window, p.monitors.between = 1500*time.Millisecond, 500*time.Millisecond
	p.growth.subscribers, p.growth.aircraft, p.growth.audiences = []int{100, 5000}, []int{100, 10_000}, []int{1, 2000}
	p.growth.window = 1500 * time.Millisecond
	return p
}

// takes is roughly how long the plan takes.
func (p *plan) takes() (sum time.Duration) {
	turn := func(clients int, windows time.Duration) time.Duration {
		return time.Second + 2*settling + p.warmup + windows + time.Duration(clients)*time.Millisecond/2
	}
	for _, name := range p.only {
		switch name {
		case "views":
			pair := 2 * (p.views.window + 2*settling)
			sum += 2*turn(p.views.clients, p.views.window+time.Duration(p.views.pairs)*pair) + turn(p.views.clients, p.window)
		case "latency":
			sum += 2 * turn(p.latency.clients, p.latency.slow+3*p.window+3*settling)
		case "flow":
			sum += 2 * turn(0, 3*p.window)
		case "monitors":
			var windows time.Duration
			for range 1 + len(watched) {
				windows += p.monitors.window + p.monitors.between
			}
			sum += time.Duration(len(p.monitors.aircraft)) * turn(0, windows)
		case "writes":
			sum += time.Duration(len(writesTopics)) * turn(p.writes, p.window)
		case growthName:
			g := &p.growth
			for _, n := range g.subscribers {
				sum += turn(n, g.window)
			}
			sum += time.Duration(len(g.aircraft)) * turn(g.fewSubscribers, g.window)
			sum += time.Duration(len(g.audiences)) * turn(g.manySubscribers, g.window)
		}
	}
	sum *= time.Duration(p.rounds)
	if slices.Contains(p.only, "delta") {
		sum += 15 * time.Second
	}
	return sum
}

// parse reads the flags.
func parse(args []string) (*plan, string, error) {
	flags, options := command.Flags("streams", "take some three minutes")
	only := flags.String("only", "", command.OnlyUsage(scenarios().Names()))
	rounds := flags.Int("rounds", 0, "how often each has its turn")
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
		p.latency.slow, p.views.window, p.growth.window = max(p.window, 2*time.Second), p.window, p.window
		p.monitors.window = p.window
	}
	if *rounds > 0 {
		p.rounds = *rounds
	}
	var err error
	p.only, err = command.Only(p.only, *only)
	return p, options.Root, err
}
