//go:build linux

package main

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/test/bench/process"
	"github.com/skygate-io/skygate/test/bench/report"
	"github.com/skygate-io/skygate/test/bench/swarm"
)

// programs is the folder of what is built, once for all tests.
var programs string

func TestMain(m *testing.M) {
	var err error
	if programs, err = os.MkdirTemp("", "cluster"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(programs)
		os.Exit(code)
	}))
}

// small is a plan of some clients and moments.
func small() *plan {
	return &plan{
		only: scenarios().Names(), windows: 2, window: 300 * time.Millisecond, warmup: 300 * time.Millisecond,
		processes: []int{1, 2}, clients: []int{4, 10}, large: 400,
		outage: outagePlan{5, 39.7, 2, 300 * time.Millisecond, 300 * time.Millisecond},
	}
}

// wantBench builds what a plan needs.
func wantBench(t *testing.T, p *plan, out *bytes.Buffer) *bench {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if _, err := exec.LookPath("valkey-server"); err != nil {
			t.Skip("no redis-server and no valkey-server is installed: .ci/install redis does it")
		}
	}
	b, err := prepare(t.Context(), p, "../../..", programs, out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestEverythingIsMeasured runs both scenarios, small. Whether a bar is met is a matter
// of the machine; that all are told, and that nobody missed anything, is not.
func TestEverythingIsMeasured(t *testing.T) {
	var out bytes.Buffer
	p := small()
	b := wantBench(t, p, &out)
	b.root, b.write = t.TempDir(), true
	b.run()
	if err := b.print(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", &out)
	for _, table := range b.found.Tables {
		for _, row := range table.Rows {
			if len(row) != len(table.Head) || strings.Contains(strings.Join(row, " "), "NaN") {
				t.Errorf("%s: %q", table.Title, row)
			}
		}
	}
	if len(b.found.Tables) != 4 || len(b.found.Tables[0].Rows) != 2*4 || len(b.found.Bars) != 2+3+5+1 {
		t.Errorf("%d tables, %d rows in the first, %d bars", len(b.found.Tables), len(b.found.Tables[0].Rows), len(b.found.Bars))
	}
	for _, bar := range b.found.Bars {
		if !bar.Met && (strings.Contains(bar.Text, "nobody missed") || strings.Contains(bar.Text, "not be measured")) {
			t.Error(bar.Text)
		}
	}
	m := b.measured
	if m == nil || m.MessageBytes < 300 || m.Few.StoreOut < 10_000 || m.Many.StoreOut < m.Few.StoreOut || math.Abs(m.Many.Changes-400*aircraftHz) > 1 {
		t.Errorf("a plan would be made of %+v", m)
	}
	for _, name := range []string{"cluster.md", "capacity.md"} {
		if _, err := os.Stat(filepath.Join(b.root, "test/bench/results", name)); err != nil {
			t.Error(err)
		}
	}
}

// TestClientsGetAllFromEveryProcess looks at what the clients of two processes got.
func TestClientsGetAllFromEveryProcess(t *testing.T) {
	p := small()
	p.window = time.Second
	b := wantBench(t, p, &bytes.Buffer{})
	got, err := b.take(2)
	if err != nil || len(b.faults) > 0 {
		t.Fatal(err, b.faults)
	}
	many := got.many()
	if many.clients != 10 || len(many.accounts) != 2 || len(many.windows) != 2 || len(many.windows[0].gateways) != 2 {
		t.Fatalf("%d clients of %d loads, %d windows", many.clients, len(many.accounts), len(many.windows))
	}
	for i, f := range many.accounts {
		for _, stream := range []string{"aircraft", "alert"} {
			if a := f.Streams[stream]; a == nil || a.Clients != []int{4, 6}[i] || a.Fewest < 4 || a.Latency.Count() == 0 {
				t.Errorf("load %d, %s: %+v", i, stream, a)
			}
		}
	}
	// Each client is told the aircraft five times a second, and ten events: what the
	// servers say that they sent is what is to be.
	if rate := many.messages(); rate < 0.7*10*(aircraftHz+eventsHz) || rate > 1.3*10*(aircraftHz+eventsHz) {
		t.Errorf("%.0f messages a second", rate)
	}
	if got.alone.messages() > 1 || got.idle.messages() > 1 || got.idle.storeIn() >= got.alone.storeIn() {
		t.Errorf("without clients %.0f messages a second; Redis gets %.0f bytes a second when there is nothing, else %.0f",
			got.alone.messages(), got.idle.storeIn(), got.alone.storeIn())
	}
}

// TestOutage: without Redis a process's own clients get all, and the other's nothing.
func TestOutage(t *testing.T) {
	b := wantBench(t, small(), &bytes.Buffer{})
	spells, err := b.takeOutage()
	if err != nil || len(b.faults) > 0 {
		t.Fatal(err, b.faults)
	}
	want, _, _ := spells[0].latency(own)
	for _, s := range spells {
		mine, p50, p99 := s.latency(own)
		others, _, _ := s.latency(other)
		if mine != want || want < 2*5*10 || p50 <= 0 || p99 < p50 || len(s.told) != 2 || (others > 0) != (s.name == "there") {
			t.Errorf("Redis %s: %d events to the process's own clients after %v and %v, %d to the other's", s.name, mine, p50, p99, others)
		}
	}
}

func TestWhatFailsIsTold(t *testing.T) {
	var out bytes.Buffer
	b := wantBench(t, small(), &out)
	b.programs[serverName] = "/bin/false"
	b.run()
	if err := b.print(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"growth: 1 process: writer: ", "MISSED  growth: could not be measured", "MISSED  outage: could not"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not told: %s", want, &out)
		}
	}
}

func TestStore(t *testing.T) {
	b := wantBench(t, small(), &bytes.Buffer{})
	s, err := openStore(t.Context(), b.programs[redisName])
	if err != nil {
		t.Fatal(err)
	}
	before, err := s.used(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.client.Set(t.Context(), "k", strings.Repeat("x", 10_000), 0).Err(); err != nil {
		t.Fatal(err)
	}
	after, err := s.used(t.Context())
	if err != nil || after.in-before.in < 10_000 || after.in-before.in > 11_000 || after.commands <= before.commands || after.cpu <= before.cpu || after.memory < 10_000 {
		t.Errorf("10,000 bytes took %+v more than %+v, %v", after, before, err)
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.folder); err == nil {
		t.Error("its folder is left behind")
	}
}

func TestAWriterNeedsRedis(t *testing.T) {
	b := wantBench(t, small(), &bytes.Buffer{})
	p, err := process.Start("writer", []string{b.programs[serverName], "-writes"})
	if err != nil {
		t.Fatal(err)
	}
	_ = p.Hear(&struct{}{})
	if err := p.Stop(); err == nil || !strings.Contains(err.Error(), "-redis") {
		t.Errorf("it said %v", err)
	}
}

// TestABarOfNothingIsNotMet: what was not measured is no success.
func TestABarOfNothingIsNotMet(t *testing.T) {
	b := &bench{plan: small(), found: &report.Report{}}
	nothing := turn{processes: 1, with: []sample{{clients: 1}, {clients: 2}}}
	several := nothing
	several.processes = 2
	b.judge([]turn{nothing, several})
	for _, bar := range b.found.Bars {
		if bar.Met {
			t.Error(bar.Text)
		}
	}
}

func TestReadUsage(t *testing.T) {
	info := "# Stats\r\ntotal_commands_processed:7\r\ntotal_net_input_bytes:10\r\ntotal_net_output_bytes:20\r\nother:x\r\n# Memory\r\nused_memory:1000\r\n# Clients\r\nconnected_clients:3\r\n"
	if u, err := readUsage(info); err != nil || u != (usage{commands: 7, in: 10, out: 20, memory: 1000, clients: 3}) {
		t.Errorf("%+v, %v", u, err)
	}
	for name, wrong := range map[string]string{
		"nothing":      "",
		"no number":    strings.Replace(info, ":7", ":many", 1),
		"one missing":  strings.Replace(info, "used_memory:", "memory:", 1),
		"another name": strings.Replace(info, "total_net_input", "total_net", 1),
	} {
		if u, err := readUsage(wrong); err == nil {
			t.Errorf("%s: %+v", name, u)
		}
	}
}

func TestFigures(t *testing.T) {
	w := func(cores ...float64) window {
		out := window{took: 2 * time.Second, counts: counts{Frames: 100, Bytes: 5000}, store: usage{in: 4, out: 8, commands: 20, memory: 9}}
		for _, c := range cores {
			out.gateways = append(out.gateways, time.Duration(c*2*float64(time.Second)))
		}
		return out
	}
	m := sample{windows: []window{w(0.1, 0.3), w(0.4, 0.8), w(0.2, 0.4)}}
	if c := m.cores(); math.Abs(c-0.3) > 1e-9 || m.messages() != 50 || m.bytesEach() != 50 || m.commands() != 10 || m.storeOut() != 4 || m.storeIn() != 2 || m.memory() != 9 {
		t.Errorf("%v cores, %v messages of %v bytes, %v commands, %v and %v bytes, %v kept", c, m.messages(), m.bytesEach(), m.commands(), m.storeIn(), m.storeOut(), m.memory())
	}
	// Of 0.3 cores each 0.05 are a process's own: 0.5 of both for 50 messages.
	alone := sample{windows: []window{w(0.05, 0.05)}}
	two := turn{processes: 2, alone: alone}
	if each := two.message(&m); math.Abs(each-0.01) > 1e-9 || two.message(&sample{}) != 0 {
		t.Errorf("a message takes %v s", each)
	}
	for want, values := range map[float64][]float64{0: nil, 2: {3, 1, 2}, 2.5: {4, 1, 2, 3}} {
		if got := median(values); got != want {
			t.Errorf("the median of %v is %v", values, got)
		}
	}
	if ratio(1, 0) != 0 || ratio(3, 2) != 1.5 {
		t.Error("ratios")
	}
}

func TestFollowing(t *testing.T) {
	store := func(cores float64, out int64) *sample {
		return &sample{windows: []window{{took: time.Second, store: usage{cpu: time.Duration(cores * float64(time.Second)), out: out}}}}
	}
	f := following(100, store(0.03, 1000), store(0.06, 4000), 1, 3, 0.5)
	if math.Abs(f.StoreCores-0.01) > 1e-9 || math.Abs(f.StoreBaseCores-0.02) > 1e-9 || f.StoreOut != 1000 || math.Abs(f.Changes-100*aircraftHz) > 1e-9 || f.AloneCores != 0.5 {
		t.Errorf("%+v", f)
	}
	if f := following(100, store(0.06, 1), store(0.03, 1), 1, 3, 0); f.StoreCores != 0 || f.StoreBaseCores != 0.06 {
		t.Errorf("less with more processes: %+v", f)
	}
}

func TestFaults(t *testing.T) {
	of := func(name string, a swarm.Account) sample {
		return sample{accounts: []swarm.Following{{}, {Streams: map[string]*swarm.Account{name: &a}}}}
	}
	for name, m := range map[string]sample{
		"1 holes":          of("alert", swarm.Account{Holes: 1}),
		"1 told twice":     of("aircraft", swarm.Account{Stale: 1}),
		"1 clients closed": {accounts: []swarm.Following{{Closed: 1}}},
		"1 redials":        {accounts: []swarm.Following{{Redials: 1}}},
		"1 times too slow": {accounts: []swarm.Following{{Slowed: 1}}},
		"1 frames dropped": {windows: []window{{counts: counts{Drops: 1}}}},
	} {
		if got := m.faults(); !strings.Contains(got, name) {
			t.Errorf("%s: %q", name, got)
		}
	}
	local := of(localStream, swarm.Account{Holes: 3}) // pub/sub keeps nothing for who is away
	if got := local.faults(); got != "" || (&sample{}).faults() != "" {
		t.Errorf("nothing is wrong: %q", got)
	}
}

func TestParse(t *testing.T) {
	t.Setenv("BENCH", "")
	p, root, err := parse([]string{"-root", "x", "-only", "outage", "-seconds", "1", "-write"})
	if err != nil || root != "x" || !slices.Equal(p.only, []string{"outage"}) || p.window != time.Second || p.outage.window != time.Second || !p.write {
		t.Errorf("%s %+v %v", root, p, err)
	}
	if p, _, err := parse(nil); err != nil || p.takes() > 4*time.Minute || p.mostClients() != 4000 || len(p.only) != 2 {
		t.Errorf("in full: %v, %v", p.takes(), err)
	}
	t.Setenv("BENCH", "short")
	if p, _, err := parse(nil); err != nil || p.takes() > 90*time.Second {
		t.Errorf("in short: %v, %v", p.takes(), err)
	}
	if _, _, err := parse([]string{"-only=x"}); err == nil {
		t.Error("a scenario that does not exist was accepted")
	}
}
