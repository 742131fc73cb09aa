package capacity

import (
	"fmt"
	"math"

	"github.com/skygate-io/skygate/test/bench/report"
)

// million is how many clients the plan is for.
const million = 1e6

// Assumed, and not measured.
var (
	// A process was tried with 5,000 clients: twenty times that is as far as this goes,
	// whatever its machine could hold.
	machine = Machine{Cores: 16, Memory: 64 << 30, Net: 25e9, Files: 1 << 20, Use: 0.6, Trust: 100_000}
	// connection: 18 KB resident when idle is measured (with the kernel's part not in
	// it); 16 KB wait at a bad moment of all clients at once, four updates of which most
	// are shared by many; 8 KB are a socket's own in Linux, and what waits in it.
	connection = Connection{Memory: 18_000, Buffer: 16_000, Kernel: 8_000}
)

// What the benchmark of streams found of views that are each client's own, and of an
// update's size: test/bench/results/streams.md.
const (
	ownViewCPU  = 42e-6 // seconds, for each update
	updateBytes = 3_800 // of 49 aircraft
	eventBytes  = 300
)

// demands are what a million clients may want. Each grows from what was measured.
func (m *Measured) demands() []Demand {
	const (
		changes = 50_000 // 10,000 aircraft, five times a second
		small   = 1_000
	)
	return []Demand{
		{"connected, an event a minute", million, 1.0 / 60, eventBytes, m.MessageCPU, small, "alerts alone"},
		{"an event every ten seconds", million, 0.1, eventBytes, m.MessageCPU, small, "a busy topic of events"},
		{"a map, once a second", million, 1, updateBytes, m.MessageCPU, changes, "views shared by many (rate: 1)"},
		{"a map, five times a second", million, 5, updateBytes, m.MessageCPU, changes, "views shared by many"},
		{"a map of one's own, once a second", million, 1, updateBytes, ownViewCPU, changes, "no two views are the same (rate: 1)"},
		{"a map of one's own, five times a second", million, 5, updateBytes, ownViewCPU, changes, "no two views are the same"},
	}
}

// Report is the plan for a million clients, in words and tables.
func Report(m *Measured) *report.Report {
	r := &report.Report{
		Title: "Capacity: a million clients",
		Machine: "A plan, not a measurement: what is in [cluster](cluster.md) and [streams](streams.md), times what is wanted, by the formulas of " +
			"test/bench/capacity. A million clients were never connected here; the benchmark had two cores for everything.",
		Legend: legend,
	}
	r.Tables = append(r.Tables, m.figures())
	plans := &report.Table{
		Title: fmt.Sprintf("Processes that serve, one on each machine of %.0f cores, %.0f GiB and %.0f Gbit/s, each planned with %.0f %% of it",
			machine.Cores, machine.Memory/(1<<30), machine.Net/1e9, 100*machine.Use),
		Head: []string{"what each client gets", "kbit/s each", "Gbit/s", "cores", "memory", "machines by network", "by cores", "by memory", "by files", "by trust", "processes", "first limit"},
		Note: "memory: 18 KB of an idle connection (measured), 16 KB that wait for it and 8 KB of the kernel (assumed). Beyond that a connection's queues may hold 5 MB at most; " +
			"what waits in them is shared by all who are to get it, and a slow client is told less. cores: of telling clients, and of following the topics in each process. trust: 100,000 clients in a process, twenty times what was tried.",
	}
	store := &report.Table{
		Title: "Redis",
		Head:  []string{"what each client gets", "changes/s", "sent by Redis", "kept", "Redis's cores", "masters", "most processes of one topic"},
		Note: "changes: of an aircraft. Each process reads each topic once, however many clients it has: what Redis sends is processes × bytes. " +
			"All of a topic is on one master (its keys share a hash slot), so masters share topics, not one topic's readers; the last column is how many processes one topic's master " +
			"can send to with that part of its one core, or of its network, or with its connections. Each master has a replica, for the fail-over: it is sent once what is written, and nobody reads from it. " +
			"A process holds some nine connections there (maxclients is 10,000 by itself).",
	}
	for _, d := range m.demands() {
		p := m.For(d, machine, connection)
		cells := []string{d.Name, number(p.PerClient / 1e3), number(p.Net / 1e9), number(p.Cores), fmt.Sprintf("%.0f GB", p.Memory/1e9)}
		for _, limit := range limits() {
			cells = append(cells, number(p.By[limit]))
		}
		plans.Row(append(cells, fmt.Sprint(p.Processes), p.First)...)
		most := m.MostProcesses(d.Changes, machine)
		store.Row(d.Name, number(d.Changes), fmt.Sprintf("%s MB/s", number(p.StoreOut/1e6)), fmt.Sprintf("%s MB", number(p.StoreKept/1e6)), fmt.Sprintf("%.3f", p.StoreCores), fmt.Sprint(p.StoreShards), fmt.Sprint(most))
	}
	r.Tables = append(r.Tables, plans, store)
	return r
}

// figures are those that the plan is made of.
func (m *Measured) figures() *report.Table {
	t := &report.Table{
		Title: "What it is made of",
		Head:  []string{"", "measured", "of what"},
	}
	t.Row("a message to one client", micros(m.MessageCPU), fmt.Sprintf("CPU, at %.0f bytes on average, one view for all; the dearest of all turns", m.MessageBytes))
	t.Row("an update of a view of one's own", micros(ownViewCPU), "CPU; streams.md")
	for _, f := range []*Following{&m.Few, &m.Many} {
		of := fmt.Sprintf("at %.0f changes of an aircraft a second", f.Changes)
		t.Row("a process by itself", fmt.Sprintf("%.3f cores", f.AloneCores), fmt.Sprintf("%s; %.3f with nothing to follow", of, m.IdleCores))
		t.Row("the writer", fmt.Sprintf("%.3f cores", f.WriterCores), of)
		t.Row("Redis, for each process", fmt.Sprintf("%.4f cores, %.0f KB/s, %.0f commands/s", f.StoreCores, f.StoreOut/1000, f.StoreCommands), of)
		t.Row("Redis, by itself and for the writer", fmt.Sprintf("%.4f cores", f.StoreBaseCores), of)
	}
	return t
}

// number gives three digits at least, or what there is.
func number(v float64) string {
	switch {
	case v == 0:
		return "0"
	case math.Abs(v) < 10:
		return fmt.Sprintf("%.2g", v)
	}
	return fmt.Sprintf("%.0f", v)
}

func micros(seconds float64) string { return fmt.Sprintf("%.1f µs", seconds*1e6) }

const legend = `## How it is computed

    cores       clients × messages/s × CPU of a message  +  processes × what one takes by itself
    memory      clients × (idle + waiting + kernel)
    network     clients × messages/s × bytes of a message × 8
    files       clients (one each), and some 30 more
    trust       clients, 100,000 in each process
    machines    the most of these, each divided by what one machine has × 60 % (trust: by all of it)
    Redis sends processes × what one process is sent, on the line through the two numbers of changes that were measured
    Redis keeps changes/s × bytes of a change × 30 s (at most 256 MiB of a topic), and a snapshot of each topic

## Where the first limit is

For maps it is the network, or, where no two clients see the same, the cores: the program's own work for a message that many share is
small beside the bytes. What helps first is to send less: a rate, a smaller view, fields (` + "`rate`, `filters`, `fields`" + ` of subscribe); compression
takes more cores than it saves wherever views differ. For clients that are mostly quiet it is how many one process is trusted with: nobody has
tried a hundred thousand. Behind that are open files (the hard limit of a process, ulimit -Hn and fs.nr_open, must be above its clients; a server needs no
port for each), and memory.
Redis's limit is one topic with very many changes and very many processes: its master sends all of it to each. That is met by fewer and larger
processes, or by topics that are split (by region), each on a master of its own. More replicas do not help: they are not read from.

## What is measured, and what is computed

Measured, on one machine of two cores: what a message takes, up to 4,000 clients; what a process takes by itself, and Redis for each, up to four; that Redis
does not notice clients; memory of idle connections, up to 5,000. Computed: all else, in straight lines from there. That a line
stays straight from 4 processes to hundreds, and from thousands of connections in a process to tens of thousands, is an assumption; the collector's
work grows with memory, and what a processor's caches hold does not.

## What was left out

- TLS: it ends in a proxy, or costs here some cores for the handshakes (a million clients that come back within a minute are 17,000 a second) and a few percent of the bytes' work, and 10 to 40 KB for each connection.
- The kernel: somaxconn, the range of socket buffers (tcp_mem, tcp_wmem), conntrack, receive queues and interrupts of the network card; above some hundred thousand packets a second they are what counts. Loopback has none of that, and no loss.
- Network cards' limit of packets, and what TCP, IP and Ethernet add: some 3 % for updates, half as much again for events.
- The load balancer: it must hold as many connections, and keep polling clients on one process.
- Everybody coming at once: a new client gets a snapshot; a process that dies sends its clients to the others, which must have room for them (plan one machine more for each twenty).
- Distance: clients far away hold buffers longer than those of a loopback.`
