//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/skygate-io/skygate/test/bench/report"
)

const deltaBar = 0.15

// deltaMark begins what the tests of test/bench have to say.
const deltaMark = "DELTA "

// deltas is what updates take of the bytes of whole records, tick by tick.
type deltas struct {
	Name   string
	Ticks  int
	Over   int // the bar
	Median float64
	Worst  float64
	All    float64
	Update float64 // bytes
	Whole  float64
}

// measureDelta runs the tests that count bytes: they play a source of minutes in
// no time, on a clock of their own.
func (b *bench) measureDelta() error {
	command := exec.CommandContext(b.ctx, "go", "test", "-count=1", "-run", "TestDeltaBytes", "-v", "./test/bench")
	command.Dir = b.root
	said, err := command.CombinedOutput()
	list, errSaid := readDeltas(string(said))
	if err = errors.Join(err, errSaid); err != nil && len(list) == 0 {
		return fmt.Errorf("%w: %s", err, said)
	}
	table := &report.Table{
		Title: "Delta: an update's bytes, of those of all whole records",
		Head:  []string{"", "ticks", "median", "worst", "in all", "over the bar", "bytes/update", "bytes of all"},
	}
	b.found.Tables = append(b.found.Tables, table)
	for _, d := range list {
		table.Row(d.Name, fmt.Sprint(d.Ticks), percent(d.Median), percent(d.Worst), percent(d.All), fmt.Sprint(d.Over), number(d.Update), number(d.Whole))
		b.found.Bar(d.Over == 0, "%s: an update takes %s of the whole records' bytes, at worst %s: up to %s at every tick; %d of %d are over",
			d.Name, percent(d.All), percent(d.Worst), percent(deltaBar), d.Over, d.Ticks)
	}
	if len(list) == 1 {
		table.Note = "The recording is left out: SKYGATE_TESTDATA is not set."
	}
	return err
}

func readDeltas(said string) (list []deltas, err error) {
	for line := range strings.Lines(said) {
		_, text, found := strings.Cut(line, deltaMark)
		if !found {
			continue
		}
		var d deltas
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			return list, err
		}
		if d.Name == "generated" {
			d.Name = "10,000 generated aircraft"
		}
		list = append(list, d)
	}
	return list, nil
}
