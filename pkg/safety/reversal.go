package safety

import (
	"fmt"
	"math"
)

// turn is a reversal that was seen once.
type turn struct {
	past float64 // ft/min: the vertical speed before it
	at   int64   // ms; 0 when there is none
	seen bool    // once more
}

// leastMove is by how much (ft) an altitude changes that moves: by more than the
// 25 ft in which it is told.
const leastMove = 30

// watchReversal looks for climb that turned into descent, or back: as fast on
// both sides as a resolution advisory asks for, or else at least fast, with
// traffic around. It is told when it is seen twice, and the altitude moves.
func (m *Monitor) watchReversal(t *track, now int64) {
	if !m.isReversed(t) {
		return
	}
	if ft, known := t.speeds.moved(t.sample()); known && ft < leastMove {
		return
	}
	past := t.turn.past
	change := math.Abs(t.vertical - past)
	render := func(format string, threshold float64) func(*Event) {
		return func(e *Event) {
			e.Message = fmt.Sprintf(format, t.name(), past, t.vertical)
			o := t.verticalDetails(past, true, threshold)
			e.Details = o.end()
		}
	}
	switch {
	case min(math.Abs(past), math.Abs(t.vertical)) >= m.cfg.TCASFpm:
		m.see(&sight{
			kind: tcasRA, a: t, severity: Critical, note: t.name(),
			render: render("TCAS RA suspected: %s VS reversed from %+.0f to %+.0f fpm", m.cfg.TCASFpm),
		}, now)
	case change >= m.cfg.ChangeFpm && change >= m.cfg.ChangeWarningFpm && m.hasTraffic(t, now):
		m.see(&sight{
			kind: vsReversal, a: t, severity: Warning, note: t.name(),
			render: render("VS reversal: %s %+.0f → %+.0f fpm", m.cfg.ChangeFpm),
		}, now)
	}
}

// isReversed says whether the vertical speed is another than it was a few seconds
// ago, in this observation and in one before it.
func (m *Monitor) isReversed(t *track) bool {
	past, ok := t.speeds.before(t.observed, &m.cfg)
	reversed := ok && past*t.vertical < 0
	age := t.observed - t.turn.at
	switch {
	case t.vertical > 0 && m.isLow(t): // a go-around
		t.turn = turn{}
		return false
	case reversed && (t.turn.at == 0 || t.turn.past*past < 0):
		t.turn = turn{past: past, at: t.observed}
		return false
	case t.turn.at == 0 || age == 0:
		return false
	case t.turn.past*t.vertical >= 0, age < 0, age > m.cfg.ReversalSpanMax.Milliseconds(),
		t.turn.seen && age > m.cfg.ReversalSpan.Milliseconds():
		t.turn = turn{}
		return false
	}
	t.turn.seen = true
	return true
}

// isLow says whether an aircraft is as low as after take-off: above the field of
// an airport that is near, or else above the sea.
func (m *Monitor) isLow(t *track) bool {
	altitude, known := t.altitude()
	if !known {
		return false
	}
	if t.located {
		if elevation, ok := m.field(t.at); ok {
			altitude -= elevation
		}
	}
	return altitude < m.cfg.AirportFt
}

// hasTraffic says whether there is another aircraft that one may have avoided.
func (m *Monitor) hasTraffic(t *track, now int64) bool {
	if _, known := t.altitude(); !known || !t.located || !t.fresh(&m.cfg, now) {
		return false
	}
	here := t.present(now)
	m.search(t, here, m.cfg.TrafficNM, m.levels(t, now).wider(m.cfg.TrafficFt), now)
	defer m.clearNear()
	for _, n := range m.near {
		other := n.track
		if other.present(now).minus(here).length() > m.cfg.TrafficNM {
			continue
		}
		if above, _ := vertically(t, other, now); math.Abs(above) <= m.cfg.TrafficFt {
			return true
		}
	}
	return false
}

// verticalDetails begins the details of a reversal; past is the speed before it.
func (t *track) verticalDetails(past float64, known bool, threshold float64) object {
	var o object
	o.number("previous_vs", past, 0, known)
	o.number("current_vs", t.vertical, 0, t.has(hasVertical))
	o.number("vs_change", t.vertical-past, 0, known)
	o.raw("altitude", t.raw.altitude())
	o.raw("lat", t.raw[rawLat])
	o.raw("lon", t.raw[rawLon])
	o.raw("gs", t.raw[rawSpeed])
	o.raw("squawk", t.raw[rawSquawk])
	o.number("threshold", threshold, 0, true)
	return o
}
