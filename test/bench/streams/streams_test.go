//go:build linux

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/test/bench/histogram"
	"github.com/skygate-io/skygate/test/bench/swarm"
)

// programs is the folder of what is built, once for all tests.
var programs string

func TestMain(m *testing.M) {
	var err error
	if programs, err = os.MkdirTemp("", "streams"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(programs)
		os.Exit(code)
	}))
}

// small is a plan of some clients, aircraft and moments.
func small(scenarios ...string) *plan {
	return &plan{
		only: scenarios, window: 500 * time.Millisecond, warmup: 200 * time.Millisecond, rounds: 1,
		views:    viewsPlan{20, 300, 1, 500 * time.Millisecond},
		latency:  latencyPlan{10, 50, 1200 * time.Millisecond},
		flow:     200,
		monitors: monitorsPlan{[]int{50, 200}, 300 * time.Millisecond, 100 * time.Millisecond},
		writes:   10,
		growth: growthPlan{
			subscribers: []int{5, 10}, aircraft: []int{50}, audiences: []int{10},
			fewSubscribers: 5, fewAircraft: 50, manySubscribers: 10, someAircraft: 300, window: 500 * time.Millisecond,
		},
	}
}

// wantBench builds what a plan needs.
func wantBench(t *testing.T, p *plan, out *bytes.Buffer) *bench {
	t.Helper()
	b, err := prepare(t.Context(), p, "../../..", programs, out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestEverythingIsMeasured runs all scenarios but that of bytes, small. Whether a
// bar is met is a matter of the machine; that all are told, and that nobody missed
// anything, is not.
func TestEverythingIsMeasured(t *testing.T) {
	var out bytes.Buffer
	b := wantBench(t, small("views", "latency", "flow", "monitors", "writes", "growth"), &out)
	b.root, b.write = t.TempDir(), true
	b.run()
	if err := b.print(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", &out)
	for _, table := range append(b.found.Tables, b.growth.Tables...) {
		for _, row := range table.Rows {
			if len(row) != len(table.Head) || strings.Contains(strings.Join(row, " "), "NaN") {
				t.Errorf("%s: %q", table.Title, row)
			}
		}
	}
	if len(b.found.Tables) != 5 || len(b.growth.Tables) != 3 || len(b.found.Bars) != 2+5+2+3+1 || b.turns != 3+2+2+2+3+4 {
		t.Errorf("%d and %d tables, %d bars, %d turns", len(b.found.Tables), len(b.growth.Tables), len(b.found.Bars), b.turns)
	}
	for _, bar := range b.found.Bars {
		if !bar.Met && (strings.Contains(bar.Text, "nobody missed") || strings.Contains(bar.Text, "were told")) {
			t.Error(bar.Text)
		}
	}
	for name, want := range map[string]bool{"growth.md": true, "growth.svg": true, "streams.md": false} { // that one is not whole
		if _, err := os.Stat(filepath.Join(b.root, "test/bench/results", name)); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAViewSeesItsPart looks at what the clients of a small run got.
func TestAViewSeesItsPart(t *testing.T) {
	b := wantBench(t, small("views"), &bytes.Buffer{})
	b.views.pairs = 2
	turns, err := b.takeViews(b.views.clients)
	if err != nil || len(turns) != 2 {
		t.Fatalf("%d pairs, %v", len(turns), err)
	}
	for _, own := range turns {
		a := own.with.stream("aircraft")
		if a.Clients != b.views.clients || a.Fewest < 1 || a.Latency.Count() == 0 || own.with.faults() != "" {
			t.Errorf("the account is %+v, with %s", a, own.with.faults())
		}
		// 49 aircraft, of which each takes some 65 bytes.
		if each := own.with.bytesEach("aircraft"); each < 2500 || each > 6000 {
			t.Errorf("an update has %.0f bytes", each)
		}
		if own.before.cores() <= 0 || own.feed.cores() <= 0 || own.with.cores() <= 0 || own.with.loadCores() <= 0 {
			t.Errorf("cores: %v, %v, %v, %v", own.before.cores(), own.feed.cores(), own.with.cores(), own.with.loadCores())
		}
		if own.feed.following.Streams != nil {
			t.Error("clients were asked what they got of what nobody sees")
		}
	}
}

func TestOneThatFailsDoesNotStopTheOthers(t *testing.T) {
	var out bytes.Buffer
	b := wantBench(t, small("views", "writes"), &out)
	b.programs[streamsName] = "/bin/false"
	b.run()
	if err := b.print(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"round 1, a view each: streams: ", "MISSED  views: could not be measured", " failed ", "round 1, 3 topics: ", "floor  ",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not told: %s", want, &out)
		}
	}
	if b.turns != 1 {
		t.Errorf("%d turns were had, of the floor 1", b.turns)
	}
}

func TestWrongOrdersAreTold(t *testing.T) {
	b := wantBench(t, small(), &bytes.Buffer{})
	s, err := b.open(streamsName)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.put(); err != nil {
		t.Fatal(err)
	}
	if err := s.event("nowhere", 1); err != nil {
		t.Fatal(err)
	}
	if err := s.close(); err == nil || !strings.Contains(err.Error(), "there is no fleet") {
		t.Errorf("a server without a fleet was told to move it: %v", err)
	}
}

func TestFaults(t *testing.T) {
	for name, m := range map[string]sample{
		"1 holes":          {following: swarm.Following{Streams: map[string]*swarm.Account{"x": {Holes: 1}}}},
		"1 told twice":     {following: swarm.Following{Streams: map[string]*swarm.Account{"x": {Stale: 1}}}},
		"1 clients closed": {following: swarm.Following{Closed: 1}},
		"1 times too slow": {following: swarm.Following{Slowed: 1}},
		"1 frames dropped": {counts: counts{Drops: 1}},
		"1 missing":        {report: swarm.Report{Missing: 1}},
		"1 in disorder":    {report: swarm.Report{Disordered: 1}},
	} {
		if got := m.faults(); !strings.Contains(got, name) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := (&sample{}).faults(); got != "" {
		t.Errorf("nothing is wrong: %q", got)
	}
}

func TestShortfall(t *testing.T) {
	if got := shortfall(4.5, 5); got != "" {
		t.Errorf("nine tenths: %q", got)
	}
	if got := shortfall(2, 5); !strings.Contains(got, "2.00 times a second instead of 5.00") {
		t.Errorf("less than half: %q", got)
	}
}

func TestFigures(t *testing.T) {
	for want, values := range map[float64][]float64{0: nil, 2: {3, 1, 2}, 2.5: {4, 1, 2, 3}} {
		if got := median(values); got != want {
			t.Errorf("the median of %v is %v", values, got)
		}
	}
	if got := mean([]float64{1, 2, 6}); got != 3 || mean(nil) != 0 {
		t.Errorf("the mean is %v", got)
	}
	h := &histogram.Histogram{}
	h.Record(time.Millisecond)
	m := sample{took: 2 * time.Second, server: time.Second, load: time.Second / 2, following: swarm.Following{
		Streams: map[string]*swarm.Account{"x": {Received: 4, Bytes: 400, Latency: h}},
	}}
	if m.cores() != 0.5 || m.loadCores() != 0.25 || m.got("x") != 4 || m.bytesEach("x") != 100 || m.latency("x").Count() != 1 {
		t.Errorf("%v %v %v %v", m.cores(), m.loadCores(), m.got("x"), m.bytesEach("x"))
	}
	if none := (&sample{}); none.cores() != 0 || none.got("x") != 0 || none.bytesEach("x") != 0 || none.latency("x").Count() != 0 {
		t.Error("nothing was measured, and has figures")
	}
}

func TestReadDeltas(t *testing.T) {
	said := "=== RUN x\n    delta_test.go:1: DELTA {\"name\":\"recording\",\"ticks\":3,\"over\":1,\"worst\":0.2}\n--- PASS\n    DELTA {\"name\":\"generated\"}\nok\n"
	got, err := readDeltas(said)
	if err != nil || len(got) != 2 || got[0] != (deltas{Name: "recording", Ticks: 3, Over: 1, Worst: 0.2}) || got[1].Name != "10,000 generated aircraft" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := readDeltas("DELTA {"); err == nil {
		t.Error("half of it is no error")
	}
}

func TestParse(t *testing.T) {
	t.Setenv("BENCH", "")
	p, root, err := parse([]string{"-root", "x", "-only", "flow,views", "-seconds", "1", "-rounds", "4", "-write"})
	if err != nil {
		t.Fatal(err)
	}
	if root != "x" || !slices.Equal(p.only, []string{"flow", "views"}) || p.window != time.Second || p.rounds != 4 || !p.write || p.mostClients() != 2000 {
		t.Errorf("%s %+v", root, p)
	}
	if p, _, err := parse(nil); err != nil || p.takes() > 18*time.Minute || len(p.only) != 7 || p.mostClients() != 5000 {
		t.Errorf("in full: %v, %v", p.takes(), err)
	}
	t.Setenv("BENCH", "short")
	if p, _, err := parse(nil); err != nil || p.takes() > 200*time.Second || p.rounds != 1 {
		t.Errorf("in short: %v, %v", p.takes(), err)
	}
	if _, _, err := parse([]string{"-only=x"}); err == nil {
		t.Error("a scenario that does not exist was accepted")
	}
}
