package safety

import "time"

// settleEvery is how long tracks lie in the grid where they were, while they fly
// on: the longer, the wider must be searched, and the more often, the more work.
const settleEvery = 2 * time.Second

// settle puts each track where it is by now, if that is long ago, or if the clock
// was set back.
func (m *Monitor) settle(now int64) {
	m.latest = max(m.latest, now)
	if now-m.settled < settleEvery.Milliseconds() && m.latest-now < settleEvery.Milliseconds() {
		return
	}
	m.settled, m.latest = now, now
	for _, t := range m.tracks {
		m.place(t, now)
	}
}

// place puts a track into the grid where it is, if it may be one of a pair. One
// whose position is too old is out of it until it is heard again.
func (m *Monitor) place(t *track, now int64) {
	age := now - t.posAt
	if !t.ready || age > m.cfg.MaxPositionAge.Milliseconds() {
		m.grid.remove(t)
		return
	}
	at := t.at
	if age > 0 {
		at = t.present(now)
	}
	m.grid.place(t, at, m.levels(t, now))
}

// drift is how far (NM) a track may be at most from where it lies in the grid.
func (m *Monitor) drift(now int64) float64 {
	return m.cfg.MaxSpeedKt / 3600 * float64(max(now-m.settled, m.latest-now)) / 1000
}

// levels are those of a track from now on until a closest approach that counts,
// also if it lies in the grid for as long as it may.
func (m *Monitor) levels(t *track, now int64) band {
	climb := t.climb() * (settleEvery + m.cfg.LookAhead).Seconds()
	level := func(ft float64) band {
		ft = t.level(ft, now)
		return band{min(ft, ft+climb), max(ft, ft+climb)}
	}
	switch {
	case t.has(hasBaro | hasGeom): // a pair is compared by the kind that both have
		baro, geom := level(t.baro), level(t.geom)
		return band{min(baro.low, geom.low), max(baro.high, geom.high)}
	case t.has(hasBaro):
		return level(t.baro)
	}
	return level(t.geom)
}

// wider is a band with so many feet more on both sides.
func (b band) wider(ft float64) band { return band{b.low - ft, b.high + ft} }
