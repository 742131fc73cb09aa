// Package command is what the benchmarks' programs have in common: how they begin and end,
// the flags that each of them has, and the choice of what is measured.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/skygate-io/skygate/test/bench/report"
)

// Main runs a program until it has measured, or is interrupted. It does not return when
// that fails.
func Main(name string, run func(ctx context.Context, args []string, out io.Writer) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch err := run(ctx, os.Args[1:], os.Stdout); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, name+":", err)
		os.Exit(1)
	}
}

// Options are what the flags that all have say.
type Options struct {
	Short bool
	Root  string // the repository's folder
	Write bool   // into test/bench/results

	seconds float64
}

// Flags gives a program's flags, with those that all have; short says what -short does.
func Flags(name, short string) (*flag.FlagSet, *Options) {
	o := &Options{}
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.BoolVar(&o.Short, "short", os.Getenv("BENCH") == "short", short+"; also BENCH=short")
	flags.StringVar(&o.Root, "root", ".", "the repository's `folder`")
	flags.Float64Var(&o.seconds, "seconds", 0, "how long each window is")
	flags.BoolVar(&o.Write, "write", false, "write what was found into test/bench/results as well")
	return flags, o
}

// Window is how long each window is to be; 0 when the flags leave that to the plan.
func (o *Options) Window() time.Duration {
	return max(0, time.Duration(o.seconds*float64(time.Second)))
}

// Scenario is one group of bars.
type Scenario[B any] struct {
	Name    string
	Measure func(B) error
}

// Scenarios are those of a program, in their order.
type Scenarios[B any] []Scenario[B]

// Names are theirs.
func (all Scenarios[B]) Names() (names []string) {
	for _, s := range all {
		names = append(names, s.Name)
	}
	return names
}

// OnlyUsage describes a flag that chooses among names.
func OnlyUsage(names []string) string {
	return "`scenarios`, with commas: " + strings.Join(names, ", ")
}

// Only gives those of some names that a flag chooses: all, when it says nothing.
func Only(names []string, text string) ([]string, error) {
	if text == "" {
		return names, nil
	}
	chosen := strings.Split(text, ",")
	for _, name := range chosen {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("there is no scenario %q", name)
		}
	}
	return chosen, nil
}

// Run measures those of some names for a bench. One that fails is told of, there and by a
// bar that is not met, and the others go on.
func (all Scenarios[B]) Run(ctx context.Context, only []string, bench B, out io.Writer, found *report.Report) {
	for _, s := range all {
		if !slices.Contains(only, s.Name) || ctx.Err() != nil {
			continue
		}
		if err := s.Measure(bench); err != nil {
			fmt.Fprintf(out, "%s: %v\n", s.Name, err)
			found.Bar(false, "%s: could not be measured", s.Name)
		}
	}
}
