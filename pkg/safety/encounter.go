package safety

import (
	"fmt"
	"math"
)

// foreseen is how far ahead (s) a closest approach is told, whatever is assessed.
const foreseen = 300

// render gives a conflict's event its message and details.
func (e *encounter) render(event *Event) {
	event.CPA = e.closestPoint()
	event.Message = e.message()
	event.Details = e.details(event.CPA)
}

// closestPoint is nil when they go apart, or when it is far ahead.
func (e *encounter) closestPoint() *CPA {
	if !e.kinematics || e.cpa.seconds < 0 || e.cpa.seconds > foreseen {
		return nil
	}
	one := e.here.after(e.a.velocity, e.cpa.seconds)
	other := e.there.after(e.b.velocity, e.cpa.seconds)
	middle := one.plus(other).times(0.5).point()
	return &CPA{DistanceNM: e.cpa.distance, Seconds: e.cpa.seconds, Lat: middle.Lat, Lon: middle.Lon}
}

func (e *encounter) message() string {
	text := fmt.Sprintf("Proximity conflict: %s and %s within %.2fnm, %.0fft altitude separation",
		e.a.name(), e.b.name(), e.apart, math.Abs(e.above))
	switch {
	case e.converging:
		text += fmt.Sprintf(" now, converging to %.2fnm / %.0fft in %.0fs", e.distance, e.vertical, e.cpa.seconds)
	case e.kinematics && e.closing >= 0.5:
		text += fmt.Sprintf(", closure rate %.0fkt", e.closing)
	}
	return text
}

func (e *encounter) details(cpa *CPA) string {
	var o object
	o.number("distance_nm", e.apart, 3, true)
	o.number("altitude_diff_ft", math.Abs(e.above), 0, true)
	o.number("closure_rate_kt", e.closing, 1, e.kinematics)
	o.number("horizontal_nm", e.apart, 3, true)
	o.number("vertical_ft", math.Abs(e.above), 0, true)
	o.name("cpa")
	if cpa == nil {
		o = append(o, "null"...)
	} else {
		o = append(o, cpa.json()...)
	}
	o.name("predicted")
	o = append(o, e.predicted()...)
	o.name("aircraft_1")
	o = append(o, e.a.party(e.here, e.now)...)
	o.name("aircraft_2")
	o = append(o, e.b.party(e.there, e.now)...)
	return o.end()
}

func (e *encounter) predicted() string {
	soon := e.converging || e.kinematics && e.cpa.still
	var o object
	o.bool("converging", e.converging)
	o.number("seconds_to_cpa", e.cpa.seconds, 1, e.converging)
	o.number("cpa_horizontal_nm", e.cpa.distance, 3, soon)
	o.number("cpa_vertical_ft", e.verticalIn(max(e.cpa.seconds, 0)), 0, soon)
	return o.end()
}

// party is one of the two, where it is taken to be.
func (t *track) party(at vector, now int64) string {
	p := at.point()
	altitude, known := t.altitude()
	var o object
	o.text("icao", t.key)
	o.text("callsign", t.name())
	o.number("lat", p.Lat, 5, true)
	o.number("lon", p.Lon, 5, true)
	o.number("alt", t.level(altitude, now), 0, known)
	o.number("gs", t.speed, 1, t.has(hasSpeed))
	o.number("track", t.track, 1, t.has(hasTrack))
	o.number("vr", t.vertical, 0, t.has(hasVertical))
	return o.end()
}
