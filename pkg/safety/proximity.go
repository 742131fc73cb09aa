package safety

import (
	"math"
	"slices"
)

// encounter is how two aircraft stand to each other at a moment.
type encounter struct {
	a, b *track // in the order of their keys
	now  int64

	apart      float64 // NM, now
	above      float64 // ft, of b above a, now
	mixed      bool    // that is the difference of unlike altitudes
	kinematics bool    // both velocities are known
	closing    float64 // kt, with kinematics
	cpa        approach
	converging bool // the closest approach is yet to come, and soon

	// What is assessed: the closest approach when they converge, or else the present.
	distance float64 // NM
	vertical float64 // ft

	here, there vector // a and b, now
}

// maxPairs is in how many conflicts an aircraft is at once, at most, and
// maxConflicts how many there are of all. They bound what a receiver gone mad, or
// a gaggle of gliders, can cost.
const (
	maxPairs     = 20
	maxConflicts = 5000
)

// watchPairs looks at an aircraft and each that it is in a conflict with, so that
// what is told goes on, then at each that is near, the nearest first.
func (m *Monitor) watchPairs(t *track, now int64) {
	if t.ready && t.fresh(&m.cfg, now) {
		here := t.present(now)
		for _, l := range t.pairs {
			if other := l.other(t); other.ready && other.fresh(&m.cfg, now) {
				m.watchPair(t, other, l, here, now)
			}
		}
		m.watchNear(t, here, now)
	}
	for i := len(t.pairs) - 1; i >= 0; i-- { // what is to be seen in a row was not
		if l := t.pairs[i]; !l.isTold() && l.seen != now {
			m.end(l, now)
		}
	}
}

func (m *Monitor) watchNear(t *track, here vector, now int64) {
	if len(t.pairs) >= maxPairs {
		m.drop(droppedPairs)
		return
	}
	m.search(t, here, m.cfg.SearchNM, m.levels(t, now).wider(m.farthestFt()), now)
	defer m.clearNear()
	for _, n := range m.near {
		if t.pairWith(n.track) == nil {
			m.watchPair(t, n.track, nil, here, now)
		}
	}
}

// farthestFt is how far above each other two are at most in a conflict.
func (m *Monitor) farthestFt() float64 {
	return (m.cfg.AltitudeDiffFt + m.cfg.MixedAltitudeFt) * m.cfg.LeaveScale
}

// search finds others that may be within a distance (NM) of where an aircraft is,
// the nearest first.
func (m *Monitor) search(t *track, here vector, within float64, levels band, now int64) {
	found, complete := m.grid.around(m.near, here, within+m.drift(now), levels)
	if !complete {
		m.drop(droppedCrowd)
	}
	m.near = slices.DeleteFunc(found, func(n near) bool { return n.track == t || !n.track.fresh(&m.cfg, now) })
}

// clearNear keeps the scratch from holding on to tracks.
func (m *Monitor) clearNear() { clear(m.near) }

// watchPair looks at two; l is their conflict, if there is one.
func (m *Monitor) watchPair(t, other *track, l *life, here vector, now int64) {
	m.met++
	there := other.present(now)
	if there.minus(here).square() > m.cfg.SearchNM*m.cfg.SearchNM {
		return
	}
	e := encounter{a: t, b: other, here: here, there: there, now: now}
	if other.key < t.key {
		e.a, e.b, e.here, e.there = other, t, there, here
	}
	m.meet(&e)
	severity, conflict := m.assess(&e, l != nil && l.isTold())
	switch {
	case !conflict:
	case l == nil && max(len(t.pairs), len(other.pairs)) >= maxPairs:
		m.drop(droppedPairs)
	case l == nil && m.pairs >= maxConflicts:
		m.drop(droppedConflicts)
	default:
		m.seePair(t, other, severity, e)
	}
}

// seePair takes the encounter as a copy, so that one that is no conflict, as
// nearly all are, stays on the stack.
func (m *Monitor) seePair(t, other *track, severity Severity, e encounter) {
	m.see(&sight{
		kind: proximity, a: t, b: other, severity: severity,
		note: e.a.name() + " " + e.b.name(), measures: [2]float64{e.distance, e.vertical},
		render: e.render,
	}, e.now)
}

// meet works out how two stand to each other.
func (m *Monitor) meet(e *encounter) {
	r, v := e.there.minus(e.here), e.b.velocity.minus(e.a.velocity)
	e.apart = r.length()
	e.above, e.mixed = vertically(e.a, e.b, e.now)
	e.distance, e.vertical = e.apart, math.Abs(e.above)
	e.kinematics = e.a.moving && e.b.moving
	if !e.kinematics {
		return
	}
	if e.apart > 0 {
		e.closing = -r.dot(v) / e.apart * 3600
	}
	e.cpa = closest(r, v)
	e.converging = e.cpa.seconds > 0 && e.cpa.seconds <= m.cfg.LookAhead.Seconds()
	if e.converging {
		e.distance, e.vertical = e.cpa.distance, e.verticalIn(e.cpa.seconds)
	}
}

// verticalIn is their vertical distance (ft) after some time.
func (e *encounter) verticalIn(seconds float64) float64 {
	return math.Abs(e.above + (e.b.climb()-e.a.climb())*seconds)
}

// assess says how bad it is, and whether it is a conflict, or, of one that is
// told, still one.
func (m *Monitor) assess(e *encounter, told bool) (s Severity, conflict bool) {
	scale := m.scale(e)
	nm, ft := m.cfg.ProximityNM*scale, m.cfg.AltitudeDiffFt*scale
	if e.mixed {
		ft += m.cfg.MixedAltitudeFt
	}
	begins := e.distance <= nm && e.vertical <= ft &&
		(e.converging || !e.kinematics || e.apart <= m.cfg.NearMissNM)
	leave := m.cfg.LeaveScale
	stays := told && e.apart <= nm*leave && math.Abs(e.above) <= ft*leave
	if !begins && !stays {
		return Low, false
	}
	s = m.severity(e, scale)
	if e.distance > nm || e.vertical > ft {
		s = Low
	}
	if !told && s == Low || m.isMeant(e, s) {
		return s, false
	}
	return s, true
}

// scale is the larger of the two aircraft's.
func (m *Monitor) scale(e *encounter) float64 {
	if profiles[e.a.class].light && profiles[e.b.class].light {
		return m.cfg.LightScale
	}
	return 1
}

func (m *Monitor) severity(e *encounter, scale float64) Severity {
	switch {
	case e.distance < m.cfg.CriticalNM*scale && e.vertical < m.cfg.CriticalFt*scale:
		return Critical
	case e.distance < m.cfg.WarningNM*scale || e.vertical < m.cfg.WarningFt*scale:
		return Warning
	}
	return Low
}

// isMeant says whether two are near each other on purpose.
func (m *Monitor) isMeant(e *encounter, s Severity) bool {
	if profiles[e.a.class].formation && profiles[e.b.class].formation {
		keeps := e.kinematics && !e.converging && math.Abs(e.closing) < m.cfg.FormationKt
		if s != Critical || keeps {
			return true
		}
	}
	return s != Critical && m.isTraffic(e)
}

// isTraffic says whether one takes off and the other lands at an airport, or at
// two that are near each other.
func (m *Monitor) isTraffic(e *encounter) bool {
	a, b := e.a.vertical, e.b.vertical
	return a*b < 0 && max(math.Abs(a), math.Abs(b)) >= m.cfg.AirportFpm &&
		m.isAtAirport(e.a, e.here) && m.isAtAirport(e.b, e.there)
}

func (m *Monitor) isAtAirport(t *track, at vector) bool {
	altitude, known := t.altitude()
	elevation, ok := m.field(at)
	return known && ok && altitude-elevation <= m.cfg.AirportFt
}
