//go:build linux

package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/skygate-io/skygate/test/bench/beat"
	"github.com/skygate-io/skygate/test/bench/histogram"
	"github.com/skygate-io/skygate/test/bench/swarm"
)

// account is what all have taken since they began.
type account struct {
	when     time.Time
	writer   time.Duration   // CPU, here and below
	gateways []time.Duration // those that serve
	loads    time.Duration
	store    usage
	counts   counts // of all that serve
}

// counts are the servers' own.
type counts struct{ Frames, Bytes, Drops int64 }

// window is the difference of two accounts.
type window struct {
	took     time.Duration
	writer   time.Duration
	gateways []time.Duration
	loads    time.Duration
	store    usage
	counts   counts
}

// sample is some windows of a kind, one after the other.
type sample struct {
	clients  int
	windows  []window
	accounts []swarm.Following // of all windows together, by load
}

// measure plays, and accounts for it: by the operating system, by Redis, by the servers
// and by the clients. withStore is false while Redis cannot be asked.
func (s *stage) measure(windows int, each time.Duration, withStore bool, beats ...beat.Beat) (m sample, err error) {
	for _, n := range s.clients {
		m.clients += n
	}
	if err := s.begin(); err != nil {
		return m, err
	}
	before, err := s.account(withStore)
	if err != nil {
		return m, err
	}
	for range windows {
		if err := beat.Play(each, beats...); err != nil {
			return m, err
		}
		after, err := s.account(withStore)
		if err != nil {
			return m, err
		}
		m.windows = append(m.windows, before.until(&after))
		before = after
	}
	m.accounts, err = s.settle()
	return m, err
}

func (s *stage) account(withStore bool) (a account, err error) {
	a.when = time.Now()
	if a.writer, err = s.writer.CPU(); err != nil {
		return a, err
	}
	for _, p := range s.gateways {
		used, err := p.CPU()
		if err != nil {
			return a, err
		}
		a.gateways = append(a.gateways, used)
	}
	for _, p := range s.loads {
		used, err := p.CPU()
		if err != nil {
			return a, err
		}
		a.loads += used
	}
	if withStore {
		if a.store, err = s.store.used(s.ctx); err != nil {
			return a, err
		}
	}
	for _, p := range s.gateways {
		var c counts
		if err := p.Ask([]byte(`{"do":"counts"}`), &c); err != nil {
			return a, err
		}
		a.counts.Frames, a.counts.Bytes, a.counts.Drops = a.counts.Frames+c.Frames, a.counts.Bytes+c.Bytes, a.counts.Drops+c.Drops
	}
	return a, nil
}

func (a *account) until(b *account) window {
	w := window{
		took: b.when.Sub(a.when), writer: b.writer - a.writer, loads: b.loads - a.loads,
		store: usage{
			cpu: b.store.cpu - a.store.cpu, in: b.store.in - a.store.in, out: b.store.out - a.store.out,
			commands: b.store.commands - a.store.commands, memory: b.store.memory, clients: b.store.clients,
		},
		counts: counts{b.counts.Frames - a.counts.Frames, b.counts.Bytes - a.counts.Bytes, b.counts.Drops - a.counts.Drops},
	}
	for i := range a.gateways {
		w.gateways = append(w.gateways, b.gateways[i]-a.gateways[i])
	}
	return w
}

// perSecond gives a figure of a window for each second.
func (w *window) perSecond(v float64) float64 { return v / w.took.Seconds() }

// figure is the median of all windows.
func (m *sample) figure(of func(*window) float64) float64 {
	values := make([]float64, len(m.windows))
	for i := range m.windows {
		values[i] = of(&m.windows[i])
	}
	return median(values)
}

// The figures. Cores are of one core.

func (m *sample) messages() float64 {
	return m.figure(func(w *window) float64 { return w.perSecond(float64(w.counts.Frames)) })
}

func (m *sample) bytesEach() float64 {
	return m.figure(func(w *window) float64 { return float64(w.counts.Bytes) / float64(max(1, w.counts.Frames)) })
}

// cores is what a process that serves takes, on average of them.
func (m *sample) cores() float64 {
	return m.figure(func(w *window) float64 {
		sum := time.Duration(0)
		for _, used := range w.gateways {
			sum += used
		}
		return w.perSecond(sum.Seconds()) / float64(max(1, len(w.gateways)))
	})
}

func (m *sample) writerCores() float64 {
	return m.figure(func(w *window) float64 { return w.perSecond(w.writer.Seconds()) })
}

func (m *sample) loadCores() float64 {
	return m.figure(func(w *window) float64 { return w.perSecond(w.loads.Seconds()) })
}

func (m *sample) storeCores() float64 {
	return m.figure(func(w *window) float64 { return w.perSecond(w.store.cpu.Seconds()) })
}

func (m *sample) storeIn() float64 {
	return m.figure(func(w *window) float64 { return w.perSecond(float64(w.store.in)) })
}

func (m *sample) storeOut() float64 {
	return m.figure(func(w *window) float64 { return w.perSecond(float64(w.store.out)) })
}

func (m *sample) commands() float64 {
	return m.figure(func(w *window) float64 { return w.perSecond(float64(w.store.commands)) })
}

func (m *sample) memory() float64 {
	return m.figure(func(w *window) float64 { return float64(w.store.memory) })
}

// latency is that of a stream, over all clients and windows.
func (m *sample) latency(stream string) *histogram.Histogram {
	h := &histogram.Histogram{}
	for i := range m.accounts {
		if a := m.accounts[i].Streams[stream]; a != nil {
			h.Merge(a.Latency)
		}
	}
	return h
}

// faults says what clients lost of topics, or suffered; nothing when all was well.
func (m *sample) faults() string {
	holes, stale, closed, slowed, redials, drops := 0, 0, 0, 0, 0, int64(0)
	for _, f := range m.accounts {
		for name, a := range f.Streams {
			if name != localStream {
				holes, stale = holes+a.Holes, stale+a.Stale
			}
		}
		closed, slowed, redials = closed+f.Closed, slowed+f.Slowed, redials+f.Redials
	}
	for i := range m.windows {
		drops += m.windows[i].counts.Drops
	}
	if holes+stale+closed+slowed+redials == 0 && drops == 0 {
		return ""
	}
	return fmt.Sprintf("%d holes, %d told twice, %d clients closed, %d redials, %d times too slow, %d frames dropped", holes, stale, closed, redials, slowed, drops)
}

// median is that of some figures; of an even number, the mean of the two in the middle;
// of none 0.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	values = slices.Sorted(slices.Values(values))
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
