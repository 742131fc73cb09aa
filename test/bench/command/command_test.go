package command_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/test/bench/command"
	"github.com/skygate-io/skygate/test/bench/report"
)

func TestFlags(t *testing.T) {
	for name, c := range map[string]struct {
		bench  string // the variable BENCH
		args   []string
		want   command.Options
		window time.Duration
	}{
		"nothing":      {"", nil, command.Options{Root: "."}, 0},
		"short":        {"", []string{"-short"}, command.Options{Root: ".", Short: true}, 0},
		"short by env": {"short", nil, command.Options{Root: ".", Short: true}, 0},
		"all the same": {"short", []string{"-short=false"}, command.Options{Root: "."}, 0},
		"all":          {"", []string{"-root", "x", "-write", "-seconds", "0.5"}, command.Options{Root: "x", Write: true}, 500 * time.Millisecond},
		"no length":    {"", []string{"-seconds", "-1"}, command.Options{Root: "."}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("BENCH", c.bench)
			flags, got := command.Flags("x", "is short")
			if err := flags.Parse(c.args); err != nil {
				t.Fatal(err)
			}
			if got.Root != c.want.Root || got.Short != c.want.Short || got.Write != c.want.Write || got.Window() != c.window {
				t.Errorf("%+v, windows of %v", got, got.Window())
			}
		})
	}
}

func TestOnly(t *testing.T) {
	for text, want := range map[string]string{"": "a b c", "b": "b", "c,a": "c a", "x": "error", "a,": "error"} {
		got, err := command.Only([]string{"a", "b", "c"}, text)
		if err != nil {
			got = []string{"error"}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

// TestRun: what is not chosen is left out, what fails is told of and the others go on, and
// nothing begins after an interruption.
func TestRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var done []string
	measure := func(name string, err error) command.Scenario[int] {
		return command.Scenario[int]{Name: name, Measure: func(bench int) error {
			if bench != 7 {
				t.Errorf("%s: the bench is %d", name, bench)
			}
			if done = append(done, name); name == "last" {
				cancel()
			}
			return err
		}}
	}
	all := command.Scenarios[int]{measure("not", nil), measure("bad", errors.New("no luck")), measure("good", nil), measure("last", nil), measure("late", nil)}
	var out bytes.Buffer
	var found report.Report
	all.Run(ctx, slices.DeleteFunc(all.Names(), func(name string) bool { return name == "not" }), 7, &out, &found)
	if got := strings.Join(done, " "); got != "bad good last" {
		t.Errorf("measured were %s", got)
	}
	if out.String() != "bad: no luck\n" || len(found.Bars) != 1 || found.Bars[0].Met || found.Bars[0].Text != "bad: could not be measured" {
		t.Errorf("it says %q, and %+v", &out, found.Bars)
	}
}
