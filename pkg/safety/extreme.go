package safety

import (
	"fmt"
	"math"
)

// claim is an extreme vertical speed that an aircraft goes on telling.
type claim struct {
	since int64 // ms: when it was told first; 0 when it is not
	last  int64 // ms
	up    bool
}

// hold takes an observation, and says how long (ms) the claim is held.
func (c *claim) hold(at int64, up bool, most int64) int64 {
	if c.since == 0 || c.up != up || at < c.last || at-c.last > most {
		*c = claim{since: at, up: up}
	}
	c.last = at
	return at - c.since
}

func (m *Monitor) watchExtreme(t *track, now int64) {
	threshold := m.cfg.ExtremeFpm
	if profiles[t.class].aerobatic {
		threshold = max(threshold, m.cfg.ExtremeFighterFpm)
	}
	switch speed := math.Abs(t.vertical); {
	case speed < threshold/2:
		t.extreme = claim{}
	case speed >= threshold && m.isExtreme(t):
		m.seeExtreme(t, threshold, now)
	}
}

// isExtreme says whether an extreme vertical speed is believed: it is told for
// vs_confirm, and meanwhile the altitude, where it is told, changed as it says, by
// half to one and a half times as much.
func (m *Monitor) isExtreme(t *track) bool {
	least, most := m.cfg.VSConfirm.Milliseconds(), m.cfg.ReversalSpanMax.Milliseconds()
	held := t.extreme.hold(t.observed, t.vertical > 0, most)
	if held < least {
		return false
	}
	now := t.sample()
	if !now.level {
		return true
	}
	for i := range t.speeds.count {
		past := t.speeds.back(i)
		switch age := now.at - past.at; {
		case age < least || !past.level:
			continue
		case past.at < t.extreme.since || age > most:
			return false
		default:
			told := (past.fpm + now.fpm) / 2 * float64(age) / 60_000
			return math.Abs(now.ft-past.ft-told) <= math.Abs(told)/2
		}
	}
	return false
}

func (m *Monitor) seeExtreme(t *track, threshold float64, now int64) {
	speed, severity := math.Abs(t.vertical), Low
	switch {
	case speed >= m.cfg.ExtremeCriticalFpm:
		severity = Critical
	case speed >= m.cfg.ExtremeWarningFpm:
		severity = Warning
	}
	m.see(&sight{
		kind: extremeVS, a: t, severity: severity, note: t.name(), measures: [2]float64{speed},
		render: func(e *Event) {
			direction := "descending"
			if t.vertical > 0 {
				direction = "climbing"
			}
			e.Message = fmt.Sprintf("Extreme vertical speed: %s %s at %.0f fpm", t.name(), direction, speed)
			e.Details = t.extremeDetails(threshold)
		},
	}, now)
}

func (t *track) extremeDetails(threshold float64) string {
	var o object
	o.number("vertical_rate", t.vertical, 0, true)
	o.raw("altitude", t.raw.altitude())
	o.number("threshold", threshold, 0, true)
	o.text("ac_class", profiles[t.class].name)
	o.raw("lat", t.raw[rawLat])
	o.raw("lon", t.raw[rawLon])
	o.raw("gs", t.raw[rawSpeed])
	o.raw("squawk", t.raw[rawSquawk])
	return o.end()
}
