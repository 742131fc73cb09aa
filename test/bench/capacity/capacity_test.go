package capacity

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

// sample is of round figures.
var sample = &Measured{
	ChangesPerSecond: 1000, MessagesPerSecond: 15, MessageBytes: 1000, MessageCPU: 10e-6,
	AloneCores: 0.02, IdleCores: 0.01, WriterCores: 0.02,
	StoreCores: 0.001, StoreOut: 50_000, StoreCommands: 30, StoreBaseCores: 0.005,
}

var (
	box  = Machine{Cores: 10, Memory: 100e9, Net: 10e9, Files: 1e6, Use: 0.5}
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
	d.Changes *= 100
	if more := sample.For(d, box, each); math.Abs(more.StoreOut-100*p.StoreOut*float64(more.Processes)/7) > 1 || more.StoreShards != 3 || more.Cores <= p.Cores {
		t.Errorf("with a hundred times the changes: %g bytes a second, %g cores, %d masters", more.StoreOut, more.StoreCores, more.StoreShards)
	}
	d.Clients *= 2
	if more := sample.For(d, box, each); more.Processes != 13 && more.Processes != 14 {
		t.Errorf("for twice the clients %d processes", more.Processes)
	}
	// 0.5 of a core less its own 0.005, at 0.001 each.
	if n := sample.MostProcesses(1000, 0.5); n != 495 && n != 494 {
		t.Errorf("%d processes follow one topic", n)
	}
	if n := sample.MostProcesses(100_000, 0.5); n != 0 {
		t.Errorf("%d processes follow a topic that is too much for its own master", n)
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
