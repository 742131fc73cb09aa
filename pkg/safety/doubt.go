package safety

import (
	"math"

	"github.com/skygate-io/skygate/pkg/geo"
)

// doubts are the newest of what an aircraft told that cannot be, by what it told
// before.
type doubts struct {
	point   geo.Point
	pointAt int64 // ms; 0 when there is none
	baro    leap
	geom    leap
}

// leap is an altitude (ft) that is in doubt, since a moment (ms).
type leap struct {
	ft float64
	at int64
	is bool
}

// How far (NM, ft) off a position or an altitude may be beyond what the greatest
// speed explains: receivers differ, and times are rounded.
const (
	leapNM = 1
	leapFt = 500
)

// doubt keeps back a position or an altitude that nothing could have come to by
// then, as a damaged message tells one: what was told before stands, until
// something that fits the new one is told. So a single bad one puts nobody beside
// anybody, and who really is elsewhere is so one observation later.
func (t *track) doubt(a *Aircraft, cfg *Config) {
	t.doubtPlace(a, cfg)
	since := a.observed - t.observed
	if a.has(hasBaro) && t.has(hasBaro) {
		a.baro = t.doubts.baro.judge(t.baro, a.baro, since, a.observed)
	}
	if a.has(hasGeom) && t.has(hasGeom) {
		a.geom = t.doubts.geom.judge(t.geom, a.geom, since, a.observed)
	}
}

func (t *track) doubtPlace(a *Aircraft, cfg *Config) {
	d := &t.doubts
	switch {
	case !t.located || !a.has(hasLat|hasLon), a.reaches(t.point, t.seenAt, cfg):
		d.pointAt = 0
	case d.pointAt != 0 && d.pointAt != a.seenAt && a.reaches(d.point, d.pointAt, cfg):
		d.pointAt = 0
	default:
		d.point, d.pointAt = a.point, a.seenAt
		a.point, a.seenAt = t.point, t.seenAt
	}
}

// reaches says whether it may have been at a point at another moment (ms).
func (a *Aircraft) reaches(p geo.Point, at int64, cfg *Config) bool {
	far := leapNM + cfg.MaxSpeedKt*math.Abs(float64(a.seenAt-at))/3_600_000
	if math.Abs(a.point.Lat-p.Lat)+math.Abs(a.point.Lon-p.Lon) <= far/60 { // as it mostly is
		return true
	}
	return geo.DistanceNM(a.point, p) <= far
}

// judge gives the altitude that is believed at a moment (ms): the one that is
// told, or the one before, of some time (ms) ago.
func (l *leap) judge(before, told float64, since, at int64) float64 {
	possible := func(from float64, ms int64) bool {
		return math.Abs(told-from) <= leapFt+maxVertical*math.Abs(float64(ms))/60_000
	}
	if possible(before, since) || l.is && l.at != at && possible(l.ft, at-l.at) {
		l.is = false
		return told
	}
	*l = leap{told, at, true}
	return before
}
