//go:build linux

package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/skygate-io/skygate/test/bench/beat"
	"github.com/skygate-io/skygate/test/bench/histogram"
	"github.com/skygate-io/skygate/test/bench/swarm"
)

// sample is one window.
type sample struct {
	took         time.Duration
	server, load time.Duration // CPU
	calls        int64         // writes, as the operating system counts them
	counts       counts
	following    swarm.Following // what clients of streams got
	report       swarm.Report    // and those of the floor
}

// counts are the streams server's own.
type counts struct {
	Writes, Frames, Bytes, Drops int64
}

// measure plays for a window, and accounts for it: by the operating system, by
// the server and by the clients, if there are any.
func (s *stage) measure(d swarm.Dialect, window time.Duration, beats ...beat.Beat) (m sample, err error) {
	if err := s.obeyed(); err != nil {
		return m, err
	}
	if d != "" {
		w := swarm.Window{First: s.next}
		for _, b := range beats {
			w.Messages += b.Counted(window)
		}
		if _, err := s.ask(swarm.Ask{Do: "begin", Window: w}); err != nil {
			return m, err
		}
	}
	countsBefore, err := s.counts(d)
	if err != nil {
		return m, err
	}
	before, err := s.used()
	if err != nil {
		return m, err
	}
	if err := beat.Play(window, beats...); err != nil {
		return m, err
	}
	if err := s.obeyed(); err != nil {
		return m, err
	}
	if err := s.account(d, &m); err != nil {
		return m, err
	}
	after, err := s.used()
	if err != nil {
		return m, err
	}
	countsAfter, err := s.counts(d) // beyond the two looks at the clock: it copies all that there is
	m.took, m.server, m.load, m.calls = window, after.server-before.server, after.load-before.load, after.calls-before.calls
	m.counts = countsAfter.since(countsBefore)
	return m, err
}

// obeyed waits until the server has obeyed all orders so far.
func (s *stage) obeyed() error { return s.server.Ask([]byte("stats"), &struct{}{}) }

// rest waits until nothing is on its way, and none of the server's own windows is
// open.
func (s *stage) rest() { time.Sleep(settling) }

// account waits until all has come, and takes the clients' account of it.
func (s *stage) account(d swarm.Dialect, m *sample) error {
	switch d {
	case "":
		s.rest()
		return nil
	case swarm.Raw:
		s.rest()
		answer, err := s.ask(swarm.Ask{Do: "end"})
		if err == nil && answer.Report == nil {
			err = errors.New("load: no report")
		}
		if err == nil {
			m.report = *answer.Report
		}
		return err
	}
	answer, err := s.ask(swarm.Ask{Do: "settle"})
	if err == nil && answer.Following == nil {
		err = errors.New("load: no account")
	}
	if err == nil {
		m.following = *answer.Following
	}
	return err
}

type used struct {
	server, load time.Duration
	calls        int64
}

func (s *stage) used() (u used, err error) {
	if u.server, err = s.server.CPU(); err != nil {
		return u, err
	}
	if u.load, err = s.load.CPU(); err != nil {
		return u, err
	}
	u.calls, err = s.server.WriteCalls()
	return u, err
}

func (s *stage) counts(d swarm.Dialect) (c counts, err error) {
	if d == swarm.Streams {
		err = s.server.Ask([]byte(`{"do":"counts"}`), &c)
	}
	return c, err
}

func (c counts) since(b counts) counts {
	return counts{c.Writes - b.Writes, c.Frames - b.Frames, c.Bytes - b.Bytes, c.Drops - b.Drops}
}

// cores is what the server took, of one core.
func (m *sample) cores() float64 { return m.perSecond(m.server.Seconds()) }

// loadCores is what the clients took.
func (m *sample) loadCores() float64 { return m.perSecond(m.load.Seconds()) }

func (m *sample) perSecond(v float64) float64 {
	if m.took == 0 {
		return 0
	}
	return v / m.took.Seconds()
}

// got is how many messages of a stream came, or of the floor, in all; bytesEach
// is what one took of a stream, and latency how long they took.
func (m *sample) got(stream string) int { return m.stream(stream).Received + m.report.Received }

func (m *sample) bytesEach(stream string) float64 {
	a := m.stream(stream)
	return float64(a.Bytes) / float64(max(1, a.Received))
}

func (m *sample) latency(stream string) *histogram.Histogram {
	h := &histogram.Histogram{}
	h.Merge(m.stream(stream).Latency)
	if m.report.Latency != nil {
		h.Merge(m.report.Latency)
	}
	return h
}

// stream is the account of a stream; an empty one when nothing came of it.
func (m *sample) stream(name string) *swarm.Account {
	if a := m.following.Streams[name]; a != nil {
		return a
	}
	return &swarm.Account{Latency: &histogram.Histogram{}}
}

// shortfall says how far a rate is from what was ordered; nothing when it is what
// it should be. What is told less often costs less, and says nothing.
func shortfall(rate, want float64) string {
	if rate >= 0.9*want {
		return ""
	}
	return fmt.Sprintf("; but %.2f times a second instead of %.2f: it did not keep up, and what it took says nothing", rate, want)
}

// faults says what clients lost or suffered; nothing when all was well.
func (m *sample) faults() string {
	holes, stale := 0, 0
	for _, a := range m.following.Streams {
		holes, stale = holes+a.Holes, stale+a.Stale
	}
	f, r := &m.following, &m.report
	if holes+stale+f.Closed+f.Redials+f.Slowed+r.Missing+r.Disordered+r.Duplicated+r.Closed+r.Redials == 0 && m.counts.Drops == 0 {
		return ""
	}
	return fmt.Sprintf("%d holes, %d told twice, %d clients closed, %d redials, %d times too slow, %d frames dropped, %d missing, %d in disorder",
		holes, stale, f.Closed+r.Closed, f.Redials+r.Redials, f.Slowed, m.counts.Drops, r.Missing, r.Disordered+r.Duplicated)
}

// median is that of some figures; of an even number, the mean of the two in the
// middle; of none 0.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	values = slices.Sorted(slices.Values(values))
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// mean is that of some figures; of none 0.
func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(max(1, len(values)))
}

// of gives one figure of each.
func of[T any](list []T, figure func(*T) float64) []float64 {
	out := make([]float64, len(list))
	for i := range list {
		out[i] = figure(&list[i])
	}
	return out
}

// merged is the latency of all samples together.
func merged[T any](list []T, of func(*T) *histogram.Histogram) *histogram.Histogram {
	h := &histogram.Histogram{}
	for i := range list {
		h.Merge(of(&list[i]))
	}
	return h
}
