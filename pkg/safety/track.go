package safety

import "math"

// track is an aircraft as the monitor knows it.
type track struct {
	Aircraft
	class class
	heard int64 // ms: when the monitor was told last
	gone  bool  // its record is; only what outlives that is left

	node
	at       vector
	velocity vector
	posAt    int64 // ms: when it was at
	altAt    int64 // ms: when it was at its altitude
	located  bool  // at is known
	moving   bool  // velocity is known
	ready    bool  // it is in flight, and may be one of a pair

	doubts  doubts
	speeds  speeds
	extreme claim
	turn    turn
	advice  advice

	lives [solo]*life // by kind, of this aircraft alone
	pairs []*life     // of this and another
}

// take notes what is new of an aircraft.
func (t *track) take(a *Aircraft, cfg *Config, now int64) {
	a.observed = min(a.observed, now)
	if a.seenAt == 0 {
		a.seenAt = a.observed
	}
	t.doubt(a, cfg)
	t.posAt = min(a.seenAt, now)
	switch {
	case a.seenAt != t.seenAt: // an altitude comes with a position
		t.altAt = t.posAt
	case a.baro != t.baro || a.geom != t.geom:
		t.altAt = a.observed
	}
	t.Aircraft, t.heard, t.gone = *a, now, false
	t.class = classOf(a)
	t.located = a.has(hasLat | hasLon)
	t.moving = t.located && a.has(hasSpeed|hasTrack) && a.speed <= cfg.MaxSpeedKt
	t.ready = t.located && t.flies(cfg)
	t.velocity = vector{}
	if !t.located {
		return
	}
	at, north, east := frame(a.point)
	t.at = at
	if t.moving {
		sin, cos := math.Sincos(a.track * rad)
		t.velocity = north.times(cos).plus(east.times(sin)).times(a.speed / 3600)
	}
}

// flies says whether it is in flight, and not the shadow of another: an address
// that is none of ICAO's is one that the ground gave to what it sees.
func (t *track) flies(cfg *Config) bool {
	slowest := cfg.MinSpeedKt
	if t.class == rotorcraft {
		slowest = cfg.MinRotorSpeedKt
	}
	altitude, known := t.altitude()
	return known && altitude >= cfg.MinAltitudeFt && !t.has(onGround) && !t.has(isTrackfile) &&
		t.key != "" && t.key[0] != '~' &&
		(!t.has(hasSpeed) || t.speed >= slowest) &&
		(!t.has(hasIntegrity) || int(t.integrity) >= cfg.MinNIC)
}

// altitude gives the barometric one, or else the geometric.
func (a *Aircraft) altitude() (ft float64, known bool) {
	switch {
	case a.has(onGround):
		return 0, false
	case a.has(hasBaro):
		return a.baro, true
	}
	return a.geom, a.has(hasGeom)
}

// fresh says whether its position is not too old to be brought to the present.
func (t *track) fresh(cfg *Config, now int64) bool {
	age := now - t.posAt // below 0 after a clock that was set back
	return age >= 0 && age <= cfg.MaxPositionAge.Milliseconds()
}

// present is where it is now, if it kept its velocity.
func (t *track) present(now int64) vector {
	return t.at.after(t.velocity, float64(now-t.posAt)/1000)
}

// level is what an altitude of this track is now.
func (t *track) level(ft float64, now int64) float64 {
	return ft + t.climb()*float64(max(0, now-t.altAt))/1000
}

// climb is its vertical speed in ft/s; 0 when it is not known.
func (t *track) climb() float64 { return t.vertical / 60 }

// vertically gives by how much b is above a now (ft), by the same kind of
// altitude where both have one; mixed says that they have none in common.
func vertically(a, b *track, now int64) (ft float64, mixed bool) {
	switch {
	case a.has(hasBaro) && b.has(hasBaro):
		return b.level(b.baro, now) - a.level(a.baro, now), false
	case a.has(hasGeom) && b.has(hasGeom):
		return b.level(b.geom, now) - a.level(a.geom, now), false
	}
	one, _ := a.altitude()
	other, _ := b.altitude()
	return b.level(other, now) - a.level(one, now), true
}

// name is what people call it by.
func (t *track) name() string { return first(t.callsign, t.key) }
