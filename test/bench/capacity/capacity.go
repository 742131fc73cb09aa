// Package capacity computes from what was measured what so many clients take: cores,
// memory, files and network of the processes that serve them, and of Redis. It says
// which of them is at its end first.
//
// Everything is in proportion to what was measured on one machine, at a few thousand
// clients. What is not in proportion is not in here: see [Report].
package capacity

import (
	"math"
	"time"
)

// Measured is what the benchmark of a cluster found. Cores are of one core, CPU is in
// seconds, sizes are in bytes.
type Measured struct {
	MessageBytes float64   // of a message, on average
	MessageCPU   float64   // of a process, for one message to one client
	IdleCores    float64   // a process that is told nothing
	Few, Many    Following // at few changes, and at many
}

// Following is what it takes to follow topics that change so often.
type Following struct {
	Changes     float64 // of an aircraft, a second
	AloneCores  float64 // a process by itself, that is told everything and has no client
	WriterCores float64
	// What Redis takes for each process that follows: bytes and commands are a second's.
	StoreCores, StoreOut, StoreCommands float64
	StoreBaseCores                      float64 // and by itself, with the writer
}

// Machine is what processes run on: one process on each.
type Machine struct {
	Cores  float64
	Memory float64 // bytes
	Net    float64 // bits a second
	Files  float64 // that a process may have open
	Use    float64 // the part of each of these that is planned with
	Trust  float64 // clients that one process is trusted with
}

// Connection is what a client takes beside what it is told.
type Connection struct {
	Memory float64 // bytes, idle: measured by the side-by-side benchmark
	Buffer float64 // bytes, what waits for it, at a bad moment of all of them
	Kernel float64 // bytes, socket buffers and what the kernel keeps
}

// Demand is what is asked for.
type Demand struct {
	Name     string
	Clients  float64
	Messages float64 // to each client, a second
	Bytes    float64 // of each
	CPU      float64 // for each, in seconds
	Changes  float64 // of an aircraft, a second, of all topics
	Why      string  // where the figures are from
}

// The limits.
const (
	LimitCores  = "cores"
	LimitMemory = "memory"
	LimitNet    = "network"
	LimitFiles  = "open files"
	LimitTrust  = "trust"
)

// How long changes are kept in Redis, and how much of a topic at most: the settings'
// own.
const (
	keep     = 30 * time.Second
	keepMost = 256 << 20
)

// Plan is what a demand takes.
type Plan struct {
	Demand
	Cores     float64            // that tell clients, and follow the topics
	Memory    float64            // bytes
	Net       float64            // bits a second, without what TCP and IP add
	By        map[string]float64 // how many machines each limit asks for
	Processes int                // the most of them
	First     string             // the limit that it is
	PerClient float64            // bits a second

	StoreOut    float64 // bytes a second, of one Redis that has all topics
	StoreCores  float64
	StoreKept   float64 // bytes of changes
	StoreShards int     // Redis's, for as many topics as shards, at most
}

// limits in the order in which they are named when several are as near.
func limits() []string { return []string{LimitNet, LimitCores, LimitMemory, LimitFiles, LimitTrust} }

// For computes what a demand takes on machines of a kind.
//
//	cores      = clients · messages · CPU          + processes · alone
//	memory     = clients · (idle + buffer + kernel)
//	network    = clients · messages · bytes · 8
//	open files = clients
//	trust      = clients
//	machines   = the most of each, of what is planned with (use)
//	Redis out  = processes · (what one process is sent)
//	Redis CPU  = its own + processes · (what one process takes)
//	Redis kept = (what one process is sent) · (how long it is kept), up to a bound
//
// What a process takes by itself, and is sent by Redis, grows with the changes.
func (m *Measured) For(d Demand, on Machine, c Connection) Plan {
	p := Plan{Demand: d, By: map[string]float64{}}
	p.PerClient = d.Messages * d.Bytes * 8
	p.Net = d.Clients * p.PerClient
	p.Memory = d.Clients * (c.Memory + c.Buffer + c.Kernel)
	telling := d.Clients * d.Messages * d.CPU
	follow := m.at(d.Changes)
	p.By[LimitCores] = telling / max(1e-9, on.Cores*on.Use-follow.AloneCores)
	p.By[LimitMemory] = p.Memory / (on.Memory * on.Use)
	p.By[LimitNet] = p.Net / (on.Net * on.Use)
	p.By[LimitFiles] = d.Clients / (on.Files * on.Use)
	p.By[LimitTrust] = d.Clients / on.Trust
	most := 0.0
	for _, limit := range limits() {
		if p.By[limit] > most {
			most, p.First = p.By[limit], limit
		}
	}
	p.Processes = max(1, int(math.Ceil(most)))
	p.Cores = telling + float64(p.Processes)*follow.AloneCores
	p.StoreOut = float64(p.Processes) * follow.StoreOut
	p.StoreKept = min(follow.StoreOut*keep.Seconds(), keepMost)
	p.StoreCores = follow.StoreBaseCores + float64(p.Processes)*follow.StoreCores
	p.StoreShards = max(1, int(math.Ceil(max(p.StoreCores/on.Use, p.StoreOut*8/(on.Net*on.Use)))))
	return p
}

// at is what it takes to follow so many changes: on the line through the two that were
// measured, and never less than the lower of them.
func (m *Measured) at(changes float64) Following {
	t := max(0, (changes-m.Few.Changes)/max(1, m.Many.Changes-m.Few.Changes))
	line := func(of func(*Following) float64) float64 { return of(&m.Few) + t*max(0, of(&m.Many)-of(&m.Few)) }
	return Following{
		Changes:        changes,
		AloneCores:     line(func(f *Following) float64 { return f.AloneCores }),
		WriterCores:    line(func(f *Following) float64 { return f.WriterCores }),
		StoreCores:     line(func(f *Following) float64 { return f.StoreCores }),
		StoreOut:       line(func(f *Following) float64 { return f.StoreOut }),
		StoreCommands:  line(func(f *Following) float64 { return f.StoreCommands }),
		StoreBaseCores: line(func(f *Following) float64 { return f.StoreBaseCores }),
	}
}

// A process's connections to Redis, and how many there may be by its own default.
const (
	connections     = 9
	mostConnections = 10_000
)

// MostProcesses is how many processes one topic's Redis can send so many changes of an
// aircraft a second to: with that part of one core, and of its network, and with as many
// connections as it takes.
func (m *Measured) MostProcesses(changes float64, on Machine) int {
	f := m.at(changes)
	byCore := max(0, on.Use-f.StoreBaseCores) / max(1e-9, f.StoreCores)
	byNet := on.Use * on.Net / 8 / max(1, f.StoreOut)
	return int(min(byCore, byNet, mostConnections/connections))
}
