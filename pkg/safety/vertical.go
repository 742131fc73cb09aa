package safety

import (
	"fmt"
	"math"
)

// speeds are the vertical speeds of an aircraft in the past, a ring.
type speeds struct {
	samples [10]struct {
		at  int64 // ms
		fpm float64
	}
	count, last int
}

// sampleEvery is how far apart the samples are: the reference looks once a second.
const sampleEvery = 1000 // ms

// add notes a vertical speed, if it is time for one.
func (s *speeds) add(at int64, fpm float64) {
	if s.count > 0 {
		since := at - s.samples[s.last].at
		if since >= 0 && since < sampleEvery {
			return
		}
		if since < 0 { // the clock was set back
			*s = speeds{}
		}
	}
	s.last = (s.last + 1) % len(s.samples)
	s.samples[s.last].at, s.samples[s.last].fpm = at, fpm
	s.count = min(s.count+1, len(s.samples))
}

// newest gives the newest speed that is at least so old and at most so old (ms).
func (s *speeds) newest(at, least, most int64) (fpm float64, ok bool) {
	for i := range s.count {
		sample := s.samples[(s.last-i+len(s.samples))%len(s.samples)]
		if age := at - sample.at; age >= least {
			return sample.fpm, age <= most
		}
	}
	return 0, false
}

// before gives the speed to compare the present one with.
func (s *speeds) before(at int64, cfg *Config) (fpm float64, ok bool) {
	most := cfg.ReversalSpanMax.Milliseconds()
	if fpm, ok = s.newest(at, cfg.ReversalSpan.Milliseconds(), most); ok {
		return fpm, ok
	}
	return s.newest(at, cfg.ReversalSpanMin.Milliseconds(), most)
}

func (m *Monitor) watchVertical(t *track, now int64) {
	m.watchAdvisory(t, now)
	if !t.has(hasVertical) || t.has(onGround) {
		return
	}
	m.watchExtreme(t, now)
	if !profiles[t.class].agile && !m.isAdvised(t, now) {
		m.watchReversal(t, now)
	}
	t.speeds.add(t.observed, t.vertical)
}

func (m *Monitor) watchExtreme(t *track, now int64) {
	threshold := m.cfg.ExtremeFpm
	if profiles[t.class].aerobatic {
		threshold = max(threshold, m.cfg.ExtremeFighterFpm)
	}
	if math.Abs(t.vertical) >= threshold {
		m.seeExtreme(t, threshold, now)
	}
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

// watchReversal looks for climb that turned into descent, or back: as fast on
// both sides as a resolution advisory asks for, or else at least fast, with
// traffic around.
func (m *Monitor) watchReversal(t *track, now int64) {
	past, ok := t.speeds.before(t.observed, &m.cfg)
	if !ok || past*t.vertical >= 0 || t.vertical > 0 && m.isLow(t) {
		return
	}
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
