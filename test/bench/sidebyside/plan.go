//go:build linux

package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skygate-io/skygate/test/bench/command"
	"github.com/skygate-io/skygate/test/bench/swarm"
)

// plan is what is measured.
type plan struct {
	contenders []contender
	crowds     []crowd
	sizes      []int // of a message, in bytes
	window     time.Duration
	warmup     time.Duration
	rounds     int
	write      bool // into test/bench/results
}

// crowd is a number of clients, and how often a message is broadcast to them.
type crowd struct {
	clients int
	hz      float64
}

func (c crowd) String() string { return fmt.Sprintf("%d@%g", c.clients, c.hz) }

// messages is how many a window holds, two at least.
func (p *plan) messages(c crowd) int { return max(2, int(c.hz*p.window.Seconds())) }

// takes is roughly how long the plan takes.
func (p *plan) takes() time.Duration {
	var sum time.Duration
	for _, c := range p.crowds {
		connect := 2*time.Second + time.Duration(c.clients)*500*time.Microsecond
		sum += connect + p.warmup + time.Duration(len(p.sizes))*(p.window+200*time.Millisecond)
	}
	return sum * time.Duration(len(p.contenders)*p.rounds)
}

// parse reads the flags. -short measures only what the project's bars speak of,
// once; other flags change what it, or the full plan, begins with.
func parse(args []string) (*plan, string, error) {
	flags, options := command.Flags("sidebyside", "measure what the bars speak of, once")
	names := flags.String("contenders", "", "`names`, with commas; default: all")
	crowds := flags.String("clients", "", "`crowds`, as clients@hz, with commas")
	sizes := flags.String("sizes", "", "bytes per message, with commas")
	rounds := flags.Int("rounds", 0, "how often each contender has its turn")
	if err := flags.Parse(args); err != nil {
		return nil, "", err
	}
	p := full()
	if options.Short {
		p = bars()
	}
	p.write = options.Write
	if window := options.Window(); window > 0 {
		p.window = window
	}
	if *rounds > 0 {
		p.rounds = *rounds
	}
	err := firstError(
		set(&p.contenders, *names, contenderNamed),
		set(&p.crowds, *crowds, parseCrowd),
		set(&p.sizes, *sizes, parseSize),
	)
	return p, options.Root, err
}

func full() *plan {
	return &plan{
		contenders: contenders,
		crowds:     []crowd{{100, 20}, {500, 20}, {2000, 5}, {5000, 2}},
		sizes:      []int{200, 1024},
		window:     4 * time.Second,
		warmup:     time.Second,
		rounds:     2,
	}
}

func bars() *plan {
	p := full()
	p.crowds = []crowd{{500, 20}, {5000, 2}}
	p.sizes = []int{1024}
	p.rounds = 1
	return p
}

// set replaces a list by what a flag says, if it says something.
func set[T any](list *[]T, text string, parse func(string) (T, error)) error {
	if text == "" {
		return nil
	}
	*list = nil
	for part := range strings.SplitSeq(text, ",") {
		item, err := parse(strings.TrimSpace(part))
		if err != nil {
			return err
		}
		*list = append(*list, item)
	}
	return nil
}

func contenderNamed(name string) (contender, error) {
	i := slices.IndexFunc(contenders, func(c contender) bool { return c.name == name })
	if i < 0 {
		return contender{}, fmt.Errorf("there is no contender %q", name)
	}
	return contenders[i], nil
}

func parseCrowd(text string) (crowd, error) {
	number, rate, _ := strings.Cut(text, "@")
	clients, err := strconv.Atoi(number)
	hz, err2 := strconv.ParseFloat(rate, 64)
	if err != nil || err2 != nil || clients < 1 || hz <= 0 {
		return crowd{}, fmt.Errorf("%q is no crowd: write 500@20 for 500 clients and 20 messages a second", text)
	}
	return crowd{clients, hz}, nil
}

func parseSize(text string) (int, error) {
	size, err := strconv.Atoi(text)
	if err != nil || size < swarm.MinSize || size > 32<<10 {
		return 0, fmt.Errorf("%q is no size: from %d to %d bytes", text, swarm.MinSize, 32<<10)
	}
	return size, nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
