package safety

import (
	"strings"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// Aircraft is what the monitor reads of a record. The zero value is no aircraft.
// It shares the record's strings.
type Aircraft struct {
	key      string
	observed int64 // ms: when it was heard last
	known    flag

	callsign  string
	squawk    string
	status    string // the receiver's word of emergency
	category  string
	typeCode  string
	acasRA    string // raw
	seenAt    int64  // ms: when its position was heard, 0 when that is not known
	point     geo.Point
	baro      float64 // ft
	geom      float64 // ft
	speed     float64 // kt, over ground
	track     float64 // degrees
	vertical  float64 // ft/min
	integrity float64 // NIC
	raw       snapshot
}

// flag tells what is known.
type flag uint16

const (
	hasLat flag = 1 << iota
	hasLon
	hasBaro
	hasGeom
	hasSpeed
	hasTrack
	hasVertical
	hasIntegrity
	onGround
	isMilitary
	isTrackfile // the ground's own idea of an aircraft, which may be there twice
)

func (a *Aircraft) has(f flag) bool { return a.known&f == f }

// The bounds of what is believed: beyond the formats' own, so that only what was
// damaged on its way is left out.
const (
	maxAltitude = 150_000 // ft; beyond 126,700 ADS-B has no code
	minAltitude = -5_000
	maxVertical = 33_000 // ft/min; ADS-B has up to 32,640
	maxText     = 64     // bytes of a callsign, a code, a word
)

// Read reads a record: its key, its fields and when the aircraft was heard last
// (unix milliseconds). Whatever is not of the right kind is unknown.
func Read(key string, f record.Fields, observed int64) Aircraft {
	a := Aircraft{key: key, observed: observed}
	var r reading
	for i := range f {
		a.set(&r, f[i].Name, f[i].Raw)
	}
	a.settle(&r)
	return a
}

// reading is what Read chooses from.
type reading struct {
	seen, seenPos      string
	alt, vr            string
	baroRate, geomRate string
	emergency          string
}

func (a *Aircraft) set(r *reading, name, raw string) {
	switch name {
	case "flight":
		a.callsign = text(raw)
	case "squawk":
		a.squawk = text(raw)
	case "emergency_status":
		a.status = text(raw)
	case "emergency":
		r.emergency = raw
	case "category":
		a.category = text(raw)
	case "t":
		a.typeCode = text(raw)
	case "type":
		a.note(isTrackfile, raw == `"tisb_trackfile"`)
	case "military":
		a.note(isMilitary, raw == "true")
	case "acas_ra":
		a.acasRA = raw
	case "seen":
		r.seen = raw
	case "seen_pos":
		r.seenPos = raw
	case "alt":
		r.alt = raw
	case "vr":
		r.vr = raw
	default:
		a.measure(r, name, raw)
	}
	a.raw.set(name, raw)
}

func (a *Aircraft) measure(r *reading, name, raw string) {
	switch name {
	case "lat":
		a.point.Lat = a.number(raw, hasLat, -90, 90)
	case "lon":
		a.point.Lon = a.number(raw, hasLon, -180, 180)
	case "alt_baro":
		a.baro = a.number(raw, hasBaro, minAltitude, maxAltitude)
		a.note(onGround, raw == `"ground"`)
	case "alt_geom":
		a.geom = a.number(raw, hasGeom, minAltitude, maxAltitude)
	case "gs":
		a.speed = a.number(raw, hasSpeed, 0, 1e6)
	case "track":
		a.track = a.number(raw, hasTrack, -360, 360)
	case "baro_rate":
		r.baroRate = raw
	case "geom_rate":
		r.geomRate = raw
	case "nic":
		a.integrity = a.number(raw, hasIntegrity, 0, 15)
	}
}

// settle makes the choices that need all fields.
func (a *Aircraft) settle(r *reading) {
	if !a.has(hasBaro) && !a.has(onGround) && r.alt != "" {
		a.note(onGround, r.alt == `"ground"`)
		if !a.has(hasGeom) {
			a.baro = a.number(r.alt, hasBaro, minAltitude, maxAltitude)
		}
	}
	for _, raw := range [...]string{r.baroRate, r.geomRate, r.vr} {
		if a.vertical = a.number(raw, hasVertical, -maxVertical, maxVertical); a.has(hasVertical) {
			break
		}
	}
	if a.status == "" {
		a.status = text(r.emergency)
	}
	if a.point == (geo.Point{}) { // nobody is there, but who knows no position
		a.note(hasLat|hasLon, false)
	}
	a.seenAt = a.moment(r.seenPos)
	if a.seenAt == 0 {
		a.seenAt = a.moment(r.seen)
	}
	a.raw.settle(r)
}

// moment reads a time, or an age in seconds; 0 is neither.
func (a *Aircraft) moment(raw string) int64 {
	if ms, ok := record.ParseTime(raw); ok {
		return ms
	}
	if age, ok := record.Float(raw); ok && age >= 0 && age < 1e6 {
		return a.observed - int64(age*1000)
	}
	return 0
}

func (a *Aircraft) note(what flag, is bool) {
	a.known &^= what
	if is {
		a.known |= what
	}
}

// number notes whether raw is a number within bounds, and gives it.
func (a *Aircraft) number(raw string, has flag, least, most float64) float64 {
	v, ok := record.Float(raw)
	ok = ok && v >= least && v <= most
	a.note(has, ok)
	if !ok {
		return 0
	}
	return v
}

// text reads a JSON string without the blanks around it. What is none, or longer
// than any that means something here, is "".
func text(raw string) string {
	if len(raw) > 6*maxText {
		return ""
	}
	body := strings.TrimSpace(record.Text(raw))
	if len(body) > maxText {
		return ""
	}
	return body
}
