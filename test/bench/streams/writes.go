//go:build linux

package main

import (
	"errors"
	"fmt"

	"github.com/skygate-io/skygate/test/bench/beat"
	"github.com/skygate-io/skygate/test/bench/report"
	"github.com/skygate-io/skygate/test/bench/swarm"
)

const (
	writesHz    = 9.9  // each topic changes so often; see fastHz
	writesCraft = 20   // per topic of state
	writesBar   = 1.05 // writes per flush: one, and what connections need
)

// What a client is on, one by one more.
var writesTopics = []string{"aircraft", "vessels", "acars"}

// takeWrites measures a server whose clients are on several topics, all of which
// change all the time.
func (b *bench) takeWrites(topics int) (m sample, err error) {
	s, err := b.open(streamsName)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	names := writesTopics[:topics]
	if err := s.fleet(writesCraft, names[:min(2, topics)]...); err != nil {
		return m, err
	}
	beats := []beat.Beat{{Hz: writesHz, Do: s.put}}
	if topics > 2 {
		beats = append(beats, beat.Beat{Hz: writesHz, Do: func() error { return s.event("acars", alertSize) }})
	}
	if err := s.dial(swarm.Streams, b.writes, one(auth(nil, names...)), b.warmup, beats...); err != nil {
		return m, err
	}
	return s.measure(swarm.Streams, b.window, beats...)
}

// flushes is how many a client had: as many as updates of its first topic.
func (m *sample) flushes() float64 { return float64(m.stream("aircraft").Received) }

func (b *bench) measureWrites() error {
	names := []string{"1 topic", "2 topics", "3 topics"}
	turns := takeTurns(b, names, func(name string) (sample, []sample, error) {
		m, err := b.takeWrites(int(name[0] - '0'))
		return m, []sample{m}, err
	})
	table := &report.Table{
		Title: fmt.Sprintf("Writes: %d clients on topics that change %g times a second", b.writes, writesHz),
		Head:  []string{"", "flushes/s·client", "messages/flush", "writes/flush", "system calls/flush", "CPU/flush"},
		Note: "Topics: aircraft, vessels (state), acars (events). messages and writes are the server's own count, system calls the " +
			"operating system's, of the whole process.",
	}
	b.found.Tables = append(b.found.Tables, table)
	for _, name := range names {
		list := turns[name]
		if len(list) == 0 {
			table.Row(name, "failed")
			continue
		}
		per := func(f func(*sample) float64) float64 {
			return median(of(list, func(m *sample) float64 { return f(m) / max(1, m.flushes()) }))
		}
		writes := per(func(m *sample) float64 { return float64(m.counts.Writes) })
		calls := per(func(m *sample) float64 { return float64(m.calls) })
		table.Row(name,
			fmt.Sprintf("%.2f", median(of(list, func(m *sample) float64 { return m.perSecond(m.flushes()) / float64(b.writes) }))),
			fmt.Sprintf("%.2f", per(func(m *sample) float64 { return float64(m.counts.Frames) })),
			fmt.Sprintf("%.3f", writes), fmt.Sprintf("%.3f", calls),
			fmt.Sprintf("%.1f µs", 1e6*per(func(m *sample) float64 { return m.server.Seconds() })))
		b.found.Bar(max(writes, calls) <= writesBar, "%d clients on %s: %.2f writes per flush, %.2f system calls: one",
			b.writes, name, writes, calls)
	}
	return nil
}
