//go:build linux

package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/test/bench/histogram"
	"github.com/skygate-io/skygate/test/bench/report"
	"github.com/skygate-io/skygate/test/bench/servers/control"
	"github.com/skygate-io/skygate/test/bench/swarm"
	"github.com/skygate-io/skygate/test/bench/swarm/swarmtest"
)

// asFaulty makes this test's program a server that does not deliver what it should.
const asFaulty = "SIDEBYSIDE_FAULTY"

func TestMain(m *testing.M) {
	if os.Getenv(asFaulty) != "" {
		if err := faulty(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// faulty delivers like the floor, but for its first client: that one never gets
// the second message, gets the fifth before the fourth, and the sixth twice.
func faulty() error {
	server, err := swarmtest.Listen(nil)
	if err != nil {
		return err
	}
	var late []byte
	return control.Serve(os.Stdin, os.Stdout, server.Addr(), func(message []byte) {
		frame := swarmtest.Frame(0x81, message)
		for i, conn := range server.Conns() {
			out := frame
			if i == 0 {
				switch number := string(message[6:16]); number {
				case "0000000002":
					out = nil
				case "0000000004":
					late, out = frame, nil
				case "0000000005":
					out = slices.Concat(frame, late)
				case "0000000006":
					out = slices.Concat(frame, frame)
				}
			}
			deliver(conn, out)
		}
	})
}

func deliver(conn net.Conn, frames []byte) {
	if _, err := conn.Write(frames); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// small is a plan of ten clients and a fifth of a second.
func small(contenders ...contender) *plan {
	return &plan{contenders: contenders, crowds: []crowd{{10, 50}}, sizes: []int{200, 1024}, window: 200 * time.Millisecond, rounds: 2}
}

// wantReady builds what a plan needs.
func wantReady(t *testing.T, p *plan) (load string) {
	t.Helper()
	var said bytes.Buffer
	load, err := p.prepare(t.Context(), "../../..", t.TempDir(), &said)
	if err != nil || said.Len() > 0 {
		t.Fatalf("%v %s", err, &said)
	}
	return load
}

func TestFloorAndSkygate(t *testing.T) {
	p := small(contenders[0], contenders[1])
	load := wantReady(t, p)
	var out bytes.Buffer
	r := p.run(t.Context(), load, &out)
	if err := (&report.Report{Tables: r.tables(p)}).WriteText(&out); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", &out)
	for _, size := range p.sizes {
		for _, c := range p.contenders {
			samples := r[cell{p.crowds[0], size}][c.name]
			if len(samples) != 2 {
				t.Fatalf("%s had %d turns with %d bytes, want 2", c.name, len(samples), size)
			}
			s := summary(samples)
			if got, want := s.latency.Count(), uint64(2*10*10); got != want || s.missing+s.disordered+s.closed > 0 {
				t.Errorf("%s: %d of %d came, %+v", c.name, got, want, s)
			}
			if s.perDelivery <= 0 || s.busy <= 0 || s.load <= 0 || s.latency.Quantile(1) <= 0 {
				t.Errorf("%s: %+v", c.name, s)
			}
		}
	}
	if strings.Contains(out.String(), "failed") {
		t.Error("the table tells of a failure")
	}
}

func TestFaultsAreSeen(t *testing.T) {
	p := small()
	load := wantReady(t, p)
	p.sizes = p.sizes[:1]
	p.contenders = []contender{{name: "faulty", dialect: swarm.Raw, argv: []string{os.Args[0]}}}
	t.Setenv(asFaulty, "1")
	var out bytes.Buffer
	r := p.run(t.Context(), load, &out)
	samples := r[cell{p.crowds[0], 200}]["faulty"]
	if len(samples) != 2 {
		t.Fatalf("%s", &out)
	}
	for _, s := range samples {
		s.report.Latency = nil
		want := swarm.Report{Received: 99, Missing: 1, Duplicated: 1, Disordered: 1}
		if s.report != want {
			t.Errorf("the account is %+v, want %+v", s.report, want)
		}
	}
}

func TestOneThatFailsDoesNotStopTheOthers(t *testing.T) {
	p := small(contenders[0])
	load := wantReady(t, p)
	p.sizes, p.rounds = p.sizes[:1], 1
	p.contenders = append(p.contenders, contender{name: "mute", argv: []string{"false"}})
	slices.Reverse(p.contenders)
	var out bytes.Buffer
	r := p.run(t.Context(), load, &out)
	if err := (&report.Report{Tables: r.tables(p)}).WriteText(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"10@50, mute: mute: ", " failed  "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not told: %s", want, &out)
		}
	}
	if len(r[cell{p.crowds[0], 200}][floorName]) != 1 {
		t.Errorf("the floor had no turn: %s", &out)
	}
}

func TestParse(t *testing.T) {
	t.Setenv("BENCH", "")
	p, root, err := parse([]string{"-root", "x", "-contenders", "node, floor", "-clients", "7@0.5,8@9", "-sizes", "300", "-seconds", "0.5", "-rounds", "5"})
	if err != nil {
		t.Fatal(err)
	}
	names := p.contenders[0].name + p.contenders[1].name
	if root != "x" || names != "nodefloor" || !slices.Equal(p.crowds, []crowd{{7, 0.5}, {8, 9}}) ||
		!slices.Equal(p.sizes, []int{300}) || p.window != 500*time.Millisecond || p.rounds != 5 {
		t.Errorf("%s %+v", root, p)
	}
	if p, _, err := parse(nil); err != nil || p.takes() > 15*time.Minute || len(p.contenders) != 5 {
		t.Errorf("in full: %v, %v", p.takes(), err)
	}
	t.Setenv("BENCH", "short")
	if p, _, err := parse(nil); err != nil || p.takes() > 2*time.Minute || p.rounds != 1 {
		t.Errorf("in short: %v, %v", p.takes(), err)
	}
	for _, bad := range []string{"-contenders=x", "-clients=5", "-clients=0@5", "-clients=5@-1", "-sizes=10", "-sizes=x"} {
		if _, _, err := parse([]string{bad}); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestSummary(t *testing.T) {
	of := func(cpu time.Duration, received, missing int) sample {
		h := &histogram.Histogram{}
		for range received {
			h.Record(cpu)
		}
		return sample{
			report:    swarm.Report{Received: received, Missing: missing, Disordered: 1, Duplicated: 2, Closed: 3, Latency: h},
			serverCPU: cpu, loadCPU: cpu / 2, broadcasting: 10 * time.Millisecond, mallocs: 50, rss: 1000,
		}
	}
	s := summary([]sample{of(5*time.Millisecond, 100, 0), of(1*time.Millisecond, 100, 4), of(2*time.Millisecond, 100, 0)})
	if s.perDelivery != 20*time.Microsecond || s.busy != 0.2 || s.load != 0.1 || s.mallocs != 0.5 || s.rss != 1000 {
		t.Errorf("medians: %+v", s)
	}
	if s.missing != 4 || s.disordered != 9 || s.closed != 9 || s.latency.Count() != 300 {
		t.Errorf("sums: %+v", s)
	}
	if two := summary([]sample{of(1*time.Millisecond, 100, 0), of(3*time.Millisecond, 100, 0)}); two.perDelivery != 20*time.Microsecond {
		t.Errorf("of two, the median is %v", two.perDelivery)
	}
}

func TestBars(t *testing.T) {
	cost := func(cpu time.Duration, missing int) []sample {
		return []sample{{
			report:    swarm.Report{Received: 1, Missing: missing, Latency: &histogram.Histogram{}},
			serverCPU: cpu, broadcasting: time.Second, rss: 19_000,
		}}
	}
	c := crowd{5000, 2}
	r := results{cell{c, barSize}: {floorName: cost(10, 0), nodeName: cost(15, 0), ours: cost(12, 1)}}
	var out bytes.Buffer
	found := &report.Report{}
	r.bars(found, &plan{crowds: []crowd{c}})
	if err := found.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	want := `
bars:
  met     5000@2: floor costs 0.67 of node: up to 0.75
  met     5000@2: skygate costs 1.20 of floor: up to 1.20
  met     5000@2: skygate costs 0.80 of node: up to 1.00
  MISSED  5000@2: skygate loses 1, disorders 0, of 1; it cuts off 0 clients and forgets 0 handshakes
  met     5000@2: skygate allocates 0.00 times per delivery: 0, but for what a broadcast takes
  met     5000@2: skygate holds 19.0 KB per idle client: up to 20
`
	if out.String() != want {
		t.Errorf("got %s want %s", &out, want)
	}
}
