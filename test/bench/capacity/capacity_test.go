package capacity

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

// sample is of round figures.
var sample = &Measured{
	MessageBytes: 1000, MessageCPU: 10e-6, IdleCores: 0.01,
	Few:  Following{Changes: 1000, AloneCores: 0.02, WriterCores: 0.02, StoreCores: 0.001, StoreOut: 50_000, StoreCommands: 30, StoreBaseCores: 0.005},
	Many: Following{Changes: 11_000, AloneCores: 0.22, WriterCores: 0.2, StoreCores: 0.002, StoreOut: 550_000, StoreCommands: 30, StoreBaseCores: 0.015},
}

var (
	box  = Machine{Cores: 10, Memory: 100e9, Net: 10e9, Files: 1e6, Use: 0.5, Trust: 1e6}
	each = Connection{Memory: 20_000, Buffer: 20_000, Kernel: 10_000}
)

func TestTheFirstLimit(t *testing.T) {
	for name, tc := range map[string]struct {
		demand    Demand
		first     string
		processes int
	}{
		// 1e6 · 10 · 1000 · 8 = 80 Gbit/s of 5 each; 100 cores of 5 less 0.02 each.
		"cores": {Demand{Clients: 1e6, Messages: 10, Bytes: 1000, CPU: 10e-6, Changes: 1000}, LimitCores, 21},
		// 1e6 · 1 · 4000 · 8 = 32 Gbit/s; 10 cores.
		"network": {Demand{Clients: 1e6, Messages: 1, Bytes: 4000, CPU: 10e-6, Changes: 1000}, LimitNet, 7},
		// 4e6 · 50 KB = 200 GB of 50 each; 8 by files.
		"files": {Demand{Clients: 4e6, Messages: 0.001, Bytes: 100, CPU: 10e-6, Changes: 1000}, LimitFiles, 8},
		"few":   {Demand{Clients: 10, Messages: 1, Bytes: 100, CPU: 10e-6, Changes: 1000}, LimitCores, 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := sample.For(tc.demand, box, each)
			if p.First != tc.first || p.Processes != tc.processes {
				t.Errorf("%d processes, by %s: %v; want %d, by %s", p.Processes, p.First, p.By, tc.processes, tc.first)
			}
		})
	}
	timid := box
	timid.Trust = 10_000
	if p := sample.For(Demand{Clients: 1e6, Changes: 1000}, timid, each); p.First != LimitTrust || p.Processes != 100 {
		t.Errorf("%d processes, by %s", p.Processes, p.First)
	}
	small := box
	small.Memory = 10e9
	if p := sample.For(Demand{Clients: 1e6, Changes: 1000}, small, each); p.First != LimitMemory || p.Processes != 10 || p.Memory != 50e9 {
		t.Errorf("%d processes, by %s, with %g bytes", p.Processes, p.First, p.Memory)
	}
}

func TestRedisGrowsWithProcessesAndChanges(t *testing.T) {
	d := Demand{Clients: 1e6, Messages: 1, Bytes: 4000, CPU: 10e-6, Changes: 1000}
	p := sample.For(d, box, each)
	if math.Abs(p.StoreOut-7*50_000) > 1 || math.Abs(p.StoreCores-0.012) > 1e-9 || p.StoreShards != 1 {
		t.Errorf("%g bytes a second, %g cores, %d masters", p.StoreOut, p.StoreCores, p.StoreShards)
	}
	if math.Abs(p.StoreKept-30*50_000) > 1 {
		t.Errorf("%g bytes are kept", p.StoreKept)
	}
	// Ten times as far as from few to many.
	d.Changes = 101_000
	more := sample.For(d, box, each)
	if n := float64(more.Processes); math.Abs(more.StoreOut-n*5_050_000) > 1 || math.Abs(more.StoreCores-(0.105+n*0.011)) > 1e-9 || more.Cores <= p.Cores {
		t.Errorf("with a hundred times the changes: %g bytes a second, %g cores, %d processes", more.StoreOut, more.StoreCores, more.Processes)
	}
	if d.Changes = 1e9; sample.For(d, box, each).StoreKept != keepMost {
		t.Error("more is kept than is to be")
	}
	d.Changes = 101_000
	d.Clients *= 100
	if more := sample.For(d, box, each); more.StoreShards < 2 {
		t.Errorf("for %d processes %d masters", more.Processes, more.StoreShards)
	}
}

func TestMostProcesses(t *testing.T) {
	slow := box
	slow.Net = 10e6
	wide := box
	wide.Use = 50
	for name, tc := range map[string]struct {
		changes float64
		on      Machine
		want    int
	}{
		"few changes, by its core": {1000, box, 495},   // 0.5 less its own 0.005, at 0.001 each
		"as if there were few":     {0, box, 495},      // what is below was not measured
		"many, by its core":        {11_000, box, 242}, // 0.485 at 0.002
		"by its network":           {1000, slow, 12},   // 0.625 MB/s at 50 KB/s
		"by its connections":       {1000, wide, 1111},
		"too many for it alone":    {1_000_000, box, 0}, // it has nothing left
	} {
		if n := sample.MostProcesses(tc.changes, tc.on); n != tc.want && n != tc.want-1 {
			t.Errorf("%s: %d processes, want %d", name, n, tc.want)
		}
	}
}

// TestClientsAreAllThatRedisDoesNotSee: with as many processes it takes the same.
func TestClientsAreAllThatRedisDoesNotSee(t *testing.T) {
	a := sample.For(Demand{Clients: 100, Messages: 1, Bytes: 100, CPU: 1e-6, Changes: 1000}, box, each)
	b := sample.For(Demand{Clients: 10_000, Messages: 1, Bytes: 100, CPU: 1e-6, Changes: 1000}, box, each)
	if a.Processes != b.Processes || a.StoreOut != b.StoreOut || a.StoreCores != b.StoreCores {
		t.Errorf("%+v and %+v", a, b)
	}
}

func TestReport(t *testing.T) {
	var out bytes.Buffer
	if err := Report(sample).WriteMarkdown(&out); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, want := range []string{
		"# Capacity: a million clients", "| a map, five times a second |", "| network |", "TLS", "10.0 µs",
		"| a map, five times a second | 152 | 152 |", // 5 · 3800 · 8 bits
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not told: %s", want, text)
		}
	}
	if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
		t.Errorf("what was divided by nothing: %s", text)
	}
}
