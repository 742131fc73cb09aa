package stats

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/wire"
)

// World is what there is to see.
type World interface {
	// Leads says whether this process is the one that tells, of several that could.
	Leads() bool
	// Each calls do for every aircraft. do keeps no list of fields.
	Each(do func(key string, fields record.Fields, observed int64))
	// Sources are all sources.
	Sources() []Source
	// Receiver is where the receiver stands, nil when that is not known.
	Receiver() *geo.Point
	// Safety and ACARS are what is remembered of these topics, oldest first.
	Safety() []*feedlog.Entry
	ACARS() []*feedlog.Entry
	// Machine is the load, and the memory in use (%); nil is not known.
	Machine() (load, mem *float64)
}

// Told are events, by the topic that they belong to. Beside is what goes along with
// the aircraft.
type Told struct{ Stats, Beside, ACARS []record.Event }

// Monitor makes figures. Use [New]. It is owned by one goroutine.
type Monitor struct {
	cfg   Config
	world World

	next   time.Time // tick; zero at first
	rates  rates
	health health
	past   past
	planes map[string]*heard
	round  uint64
	kinds  map[string]*kind
}

// kind is what is known of a kind of figures.
type kind struct {
	due   time.Time // when it is looked at next
	told  time.Time
	raw   []byte // as told last, without its timestamp
	empty bool   // then there was no aircraft
}

// New gives a monitor that has seen nothing. The configuration must be valid.
func New(cfg Config, w World) *Monitor {
	return &Monitor{cfg: cfg, world: w, planes: map[string]*heard{}, kinds: map[string]*kind{}}
}

// Step gives what there is to tell at a moment. It is to be called about once a second.
// Who did not lead and does from now on begins anew: nothing is known of what the one
// before has told.
func (m *Monitor) Step(now time.Time) (told Told) {
	if !m.world.Leads() {
		*m = *New(m.cfg, m.world)
		return told
	}
	sources := m.world.Sources()
	told.Stats = m.health.check(sources, now)
	if now.Before(m.next) && m.next.Sub(now) <= m.cfg.Tick { // a clock that was set back does not stop it
		return told
	}
	if m.next = m.next.Add(m.cfg.Tick); !m.next.After(now) || m.next.Sub(now) > m.cfg.Tick {
		m.next = now.Add(m.cfg.Tick)
	}
	look := m.look(now)
	sys := system{ADSBOnline: online(sources), CeleryOK: true}
	sys.Load, sys.Mem = m.world.Machine()
	told.Stats = append(told.Stats, look.sums.tick(m.rates.next(sources, now), sys, now))
	told.Beside = append(told.Beside, event("aircraft:heartbeat", "heartbeat", map[string]any{
		"count": look.sums.aircraft, "aircraft_count": look.sums.aircraft, "timestamp": wire.Timestamp(now),
	}))
	m.figures(look, &told, now)
	return told
}

// look is what one pass over the records has found.
type look struct {
	sums sums
	// Nil when it was not looked for.
	fleet   *fleet
	tops    *tops
	places  *places
	samples *samples
}

// look passes over the records.
func (m *Monitor) look(now time.Time) *look {
	l := &look{}
	if m.isDue("aircraft", now) || m.isDue("top", now) {
		l.fleet, l.tops = newFleet(), &tops{}
	}
	if m.isDue("geographic", now) {
		l.places = newPlaces()
	}
	if m.isDue("antenna_analytics", now) {
		l.samples = &samples{}
	}
	m.round++
	reach, receiver := m.past.slot(now.UnixMilli()), m.world.Receiver()
	var a aircraft
	m.world.Each(func(key string, fields record.Fields, observed int64) {
		a.read(key, fields, observed)
		l.add(&a)
		if m.note(&a) && receiver != nil {
			reach.take(&a, *receiver)
		}
	})
	for key, h := range m.planes {
		if h.round != m.round {
			delete(m.planes, key)
		}
	}
	return l
}

func (l *look) add(a *aircraft) {
	l.sums.add(a)
	if l.fleet != nil {
		l.fleet.add(a)
		l.tops.add(a)
	}
	if l.places != nil {
		l.places.add(a)
	}
	if l.samples != nil {
		l.samples.add(a)
	}
}

// note takes note of an aircraft, and says whether it has a new position.
func (m *Monitor) note(a *aircraft) bool {
	h := m.planes[a.key]
	if h == nil {
		h = &heard{}
		m.planes[a.key] = h
	}
	h.round = m.round
	h.ticks++
	if !a.has(hasPoint) || a.heardAt <= h.positionAt {
		return false
	}
	h.positionAt = a.heardAt
	h.fresh++
	return true
}

// figures tells those kinds that are due and have changed.
func (m *Monitor) figures(l *look, told *Told, now time.Time) {
	n := l.sums.aircraft
	update := func(name string, every time.Duration, of func() any) (json.RawMessage, bool) {
		raw, ok := m.update(name, every, n, of, now)
		if ok {
			told.Stats = append(told.Stats, event(updateEvent, name, map[string]any{"stat_type": name, "stats": raw}))
		}
		return raw, ok
	}
	if l.fleet != nil {
		l.fleet.end()
		update("aircraft", m.cfg.Update, func() any { return l.fleet })
		update("top", m.cfg.Update, func() any { return l.tops })
	}
	update("safety", m.cfg.Update, func() any { return safetyOf(m.world.Safety(), now) })
	if raw, ok := update("acars_stats", m.cfg.Update, func() any { return m.acars(now) }); ok {
		told.ACARS = append(told.ACARS, event("acars:update", "acars_stats", map[string]any{"stat_type": "acars_stats", "stats": raw}))
	}
	update("tracking_quality", m.cfg.Quality, func() any { return qualityOf(m.planes, &l.sums) })
	if l.places != nil {
		l.places.end()
		update("geographic", m.cfg.Quality, func() any { return l.places })
	}
	if raw, ok := update("antenna_analytics", m.cfg.Antenna, func() any { return m.antenna(l, now) }); ok {
		var fields map[string]json.RawMessage
		if json.Unmarshal(raw, &fields) == nil {
			told.Beside = append(told.Beside, flat("antenna:analytics_update", "antenna", fields))
		}
	}
}

// acars are the figures of messages, nil where none were ever told and there are none.
func (m *Monitor) acars(now time.Time) any {
	f := acarsOf(m.world.ACARS(), now)
	if f.Total == 0 && m.kinds["acars_stats"].told.IsZero() {
		return nil
	}
	return f
}

// antenna likewise.
func (m *Monitor) antenna(l *look, now time.Time) any {
	r := m.past.sum(now.UnixMilli())
	if len(r.called) == 0 && m.kinds["antenna_analytics"].told.IsZero() {
		return nil
	}
	return antennaOf(r, l.samples.end())
}

// isDue says whether a kind is to be looked at.
func (m *Monitor) isDue(name string, now time.Time) bool {
	k := m.kinds[name]
	return k == nil || k.empty || !now.Before(k.due)
}

// update gives a kind's figures if they are due and worth telling. What was found in an
// empty sky is looked at again at the next tick.
func (m *Monitor) update(name string, every time.Duration, aircraft int, of func() any, now time.Time) (json.RawMessage, bool) {
	if !m.isDue(name, now) {
		return nil, false
	}
	k := m.kinds[name]
	if k == nil {
		k = &kind{}
		m.kinds[name] = k
	}
	k.due, k.empty = now.Add(every), aircraft == 0
	figures := of()
	if figures == nil {
		return nil, false
	}
	raw, err := wire.Marshal(figures)
	if err != nil || bytes.Equal(raw, k.raw) && now.Sub(k.told) < Repeat {
		return nil, false
	}
	k.raw, k.told = slices.Clone(raw), now
	return append(raw[:len(raw)-1], `,"timestamp":"`+wire.Timestamp(now)+`"}`...), true
}

// flat is an event whose fields are those of an object.
func flat(name, key string, fields map[string]json.RawMessage) record.Event {
	all := make(map[string]any, len(fields))
	for name, raw := range fields {
		all[name] = raw
	}
	return event(name, key, all)
}
