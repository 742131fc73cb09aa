package safety

import (
	"math"
	"strconv"
	"time"
)

// kind is a type of event.
type kind int

const (
	squawkHijack kind = iota
	squawkRadioFailure
	squawkEmergency
	extremeVS
	tcasRA
	vsReversal
	solo      // the kinds before are of one aircraft
	proximity = solo
)

var kindNames = [...]string{
	squawkHijack: "squawk_hijack", squawkRadioFailure: "squawk_radio_failure", squawkEmergency: "squawk_emergency",
	extremeVS: "extreme_vs", tcasRA: "tcas_ra", vsReversal: "vs_reversal", proximity: "proximity_conflict",
}

func (k kind) isSquawk() bool { return k <= squawkEmergency }

// sight is one observation of something that is, or goes on.
type sight struct {
	kind     kind
	a, b     *track // b only in a pair
	severity Severity
	// note and measures are what of it is worth telling when it changes: a text,
	// and up to two numbers.
	note     string
	measures [2]float64
	render   func(*Event) // gives the event its message and details
}

// life is what a thing is from the first time it is seen to the end.
type life struct {
	kind    kind
	a, b    *track
	began   int64 // ms
	seen    int64 // ms: last
	hits    int   // observations in a row that show it, while it is not told
	misses  int   // observations in a row that show the contrary, of a squawk
	counted int64 // ms: the newest observation that was counted

	event    Event // as told last; without an ID while it is not told
	told     int64 // ms: when
	worst    int64 // ms: when its severity was reached last
	note     string
	measures [2]float64

	// bySquawk and byStatus say what showed an emergency.
	bySquawk, byStatus bool
}

// other is the other one of a pair.
func (l *life) other(t *track) *track {
	if l.a == t {
		return l.b
	}
	return l.a
}

func (l *life) isTold() bool { return l.event.ID != "" }

// see takes an observation, and tells what is to be told.
func (m *Monitor) see(s *sight, now int64) *life {
	l := m.lifeOf(s)
	if l == nil {
		l = m.begin(s, now)
	}
	l.seen, l.misses = now, 0
	if !l.isTold() {
		l.count(&l.hits, s.a.observed)
		if l.hits >= m.confirm(s.kind) {
			l.began = now
			m.tell(l, s, s.severity, now)
		}
		return l
	}
	severity := s.severity
	if severity >= l.event.Severity {
		l.worst = now
	} else if now-l.worst < m.cfg.EaseAfter.Milliseconds() {
		severity = l.event.Severity
	}
	atOnce := severity > l.event.Severity || s.kind == tcasRA && s.note != l.note
	waited := now-l.told >= m.cfg.UpdateEvery.Milliseconds()
	if atOnce || waited && (severity != l.event.Severity || m.changed(l, s)) {
		m.tell(l, s, severity, now)
	}
	return l
}

// count counts an observation once.
func (l *life) count(n *int, heard int64) {
	if *n == 0 || heard > l.counted {
		*n, l.counted = *n+1, heard
	}
}

// lifeOf gives the life that an observation belongs to, if it has begun.
func (m *Monitor) lifeOf(s *sight) *life {
	if s.b == nil {
		return s.a.lives[s.kind]
	}
	return s.a.pairWith(s.b)
}

func (t *track) pairWith(other *track) *life {
	for _, l := range t.pairs {
		if l.a == other || l.b == other {
			return l
		}
	}
	return nil
}

func (m *Monitor) begin(s *sight, now int64) *life {
	l := &life{kind: s.kind, a: s.a, b: s.b, began: now}
	m.lives[l] = struct{}{}
	if s.b == nil {
		s.a.lives[s.kind] = l
		return l
	}
	m.pairs++
	if l.b.key < l.a.key {
		l.a, l.b = l.b, l.a
	}
	l.a.pairs = append(l.a.pairs, l)
	l.b.pairs = append(l.b.pairs, l)
	return l
}

func (m *Monitor) confirm(k kind) int {
	switch {
	case k.isSquawk():
		return m.cfg.SquawkConfirm
	case k == proximity:
		return m.cfg.ProximityConfirm
	}
	return 1
}

// changed says whether an observation is worth an update.
func (m *Monitor) changed(l *life, s *sight) bool {
	var steps [2]float64
	switch l.kind {
	case proximity:
		steps = [2]float64{m.cfg.UpdateNM, m.cfg.UpdateFt}
	case extremeVS:
		steps[0] = m.cfg.UpdateFpm
	}
	for i, step := range steps {
		if step > 0 && math.Abs(s.measures[i]-l.measures[i]) >= step {
			return true
		}
	}
	return s.note != l.note
}

// tell gives out an event as new, or as updated.
func (m *Monitor) tell(l *life, s *sight, severity Severity, now int64) {
	e := Event{
		Action: ActionUpdated, ID: l.event.ID, InternalID: l.event.InternalID,
		Type: kindNames[l.kind], Severity: severity,
		ICAO: l.a.key, Callsign: l.a.name(), Snapshot: l.a.snapshot(),
		Began: time.UnixMilli(l.began), LastSeen: time.UnixMilli(now), UpdatedAt: time.UnixMilli(now),
		acknowledged: l.event.acknowledged, acknowledgedAt: l.event.acknowledgedAt,
	}
	if l.b != nil {
		e.ICAO2, e.Callsign2, e.Snapshot2 = l.b.key, l.b.name(), l.b.snapshot()
	}
	if !l.isTold() {
		e.Action = ActionNew
		e.InternalID = e.Type + ":" + e.ICAO
		if l.b != nil {
			e.InternalID += ":" + e.ICAO2
		}
		e.ID = e.InternalID + ":" + strconv.FormatInt(m.stamp(now), 10)
	}
	s.render(&e)
	if s.severity == severity {
		l.worst = now
	}
	l.event, l.told, l.note, l.measures = e, now, s.note, s.measures
	m.out = append(m.out, e)
}

// stamp gives a time (ms) that no other life has: the present, or a little later.
func (m *Monitor) stamp(now int64) int64 {
	m.stamped = max(now, m.stamped+1)
	return m.stamped
}

// end ends a life, and tells it if it was told.
func (m *Monitor) end(l *life, now int64) {
	delete(m.lives, l)
	if l.b == nil {
		l.a.lives[l.kind] = nil
	} else {
		m.pairs--
		l.a.drop(l)
		l.b.drop(l)
	}
	if l.isTold() {
		e := l.event
		e.Action, e.LastSeen, e.UpdatedAt = ActionResolved, time.UnixMilli(l.seen), time.UnixMilli(now)
		m.out = append(m.out, e)
	}
	m.forget(l.a)
	if l.b != nil {
		m.forget(l.b)
	}
}

func (t *track) drop(l *life) {
	for i := range t.pairs {
		if t.pairs[i] == l {
			last := len(t.pairs) - 1
			t.pairs[i], t.pairs[last] = t.pairs[last], nil
			t.pairs = t.pairs[:last]
			return
		}
	}
}

// isOver says whether a life ends by age.
func (m *Monitor) isOver(l *life, now int64) bool {
	if l.kind.isSquawk() {
		return now-l.seen >= m.cfg.SquawkExpiry.Milliseconds()
	}
	return now-l.seen >= m.cfg.Expiry.Milliseconds() &&
		(!l.isTold() || now-l.began >= m.cfg.Cooldown.Milliseconds())
}
