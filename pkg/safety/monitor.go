package safety

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Monitor watches aircraft. Use [New]. It is owned by one goroutine.
//
// Events are given in the order in which clients are to get them. What is
// returned is the caller's.
type Monitor struct {
	cfg      Config
	airports []airport

	tracks  map[string]*track
	grid    grid
	settled int64 // ms: when each track in the grid was put where it is by then
	latest  int64 // ms: the latest time since then
	lives   map[*life]struct{}
	pairs   int // lives of pairs
	drops   [dropReasons]uint64
	met     int   // pairs looked at, ever
	stamped int64 // ms: the newest in an id
	swept   int64 // ms: when tracks that nobody hears of were looked for

	out  []Event // of the call that is under way
	near []near  // scratch
}

// New gives a monitor that knows no aircraft. The configuration must be valid.
func New(cfg Config) *Monitor {
	m := &Monitor{cfg: cfg, tracks: map[string]*track{}, lives: map[*life]struct{}{}}
	for _, text := range cfg.Airports {
		if a, err := parseAirport(text); err == nil {
			m.airports = append(m.airports, a)
		}
	}
	m.grid = newGrid(cfg.SearchNM + cfg.MaxSpeedKt*settleEvery.Hours())
	return m
}

// Observe takes what a record says now. It is to be called on each change of a
// record, in the order of the changes.
func (m *Monitor) Observe(a Aircraft, now time.Time) []Event {
	at := now.UnixMilli()
	m.settle(at)
	t := m.tracks[a.key]
	if t == nil {
		t = &track{}
		m.tracks[a.key] = t
	}
	t.take(&a, &m.cfg, at)
	m.place(t, at)
	m.watchSquawk(t, at)
	m.watchVertical(t, at)
	m.watchPairs(t, at)
	return m.told()
}

// Gone takes note that there is no record under a key any more. It ends the
// aircraft's events but for an emergency, which [Monitor.Tick] ends by its age.
func (m *Monitor) Gone(key string, now time.Time) []Event {
	t := m.tracks[key]
	if t == nil {
		return nil
	}
	at := now.UnixMilli()
	t.gone, t.ready = true, false
	m.grid.remove(t)
	for len(t.pairs) > 0 {
		m.end(t.pairs[0], at)
	}
	for k, l := range t.lives {
		if l != nil && (!kind(k).isSquawk() || !l.isTold()) {
			m.end(l, at)
		}
	}
	m.forget(t)
	return m.told()
}

// Tick takes note of the time, and ends what is over by it. It is to be called
// about once a second, also and above all when no record changes.
func (m *Monitor) Tick(now time.Time) []Event {
	at := now.UnixMilli()
	var over []*life
	for l := range m.lives {
		// After a clock that was set back, what was seen before counts from now.
		l.seen, l.began, l.told, l.worst = min(l.seen, at), min(l.began, at), min(l.told, at), min(l.worst, at)
		l.counted = min(l.counted, at)
		if m.isOver(l, at) {
			over = append(over, l)
		}
	}
	m.settle(at)
	slices.SortFunc(over, func(a, b *life) int { return compare(&a.event, &b.event) })
	for _, l := range over {
		m.end(l, at)
	}
	m.sweep(at)
	return m.told()
}

// sweepEvery is how often tracks are looked for that nobody said are gone.
const sweepEvery = time.Minute

// sweep forgets tracks that were not heard for so long that nothing depends on
// them, so that a caller that forgets [Monitor.Gone] costs no memory.
func (m *Monitor) sweep(now int64) {
	if since := now - m.swept; since >= 0 && since < sweepEvery.Milliseconds() {
		return
	}
	m.swept = now
	oldest := now - max(m.cfg.SquawkExpiry, m.cfg.Expiry, m.cfg.Cooldown, m.cfg.MaxPositionAge).Milliseconds()
	for _, t := range m.tracks {
		if t.heard = min(t.heard, now); t.heard < oldest {
			t.gone = true
			m.grid.remove(t)
			m.forget(t)
		}
	}
}

// forget lets go of a track that is gone, unless an event of it lives.
func (m *Monitor) forget(t *track) {
	if t.gone && len(t.pairs) == 0 && t.lives == [solo]*life{} {
		delete(m.tracks, t.key)
	}
}

// Active gives the events that live, as told last, the newest first.
func (m *Monitor) Active() []Event {
	active := make([]Event, 0, len(m.lives))
	for l := range m.lives {
		if l.isTold() {
			e := l.event
			e.LastSeen = time.UnixMilli(l.seen)
			active = append(active, e)
		}
	}
	slices.SortFunc(active, func(a, b Event) int { return compare(&b, &a) })
	return active
}

// compare orders events by their age.
func compare(a, b *Event) int {
	return cmp.Or(a.Began.Compare(b.Began), strings.Compare(a.ID, b.ID))
}

func (m *Monitor) told() []Event {
	out := m.out
	m.out = nil
	return out
}
