package safety

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/skygate-io/skygate/pkg/record"
)

// snapshot is what an event shows of an aircraft as the receiver told it: raw values.
type snapshot [snapshotFields]string

// The fields of a snapshot, in the reference's order; before them come hex and flight.
const (
	rawLat = iota
	rawLon
	rawAltBaro
	rawAltGeom
	rawSpeed
	rawTrack
	rawBaroRate
	rawGeomRate
	rawSquawk
	rawCategory
	rawNavAltitude
	rawNavHeading
	rawNavModes
	rawEmergency
	rawRSSI
	snapshotFields
)

var snapshotNames = [snapshotFields]string{
	rawLat: "lat", rawLon: "lon", rawAltBaro: "alt_baro", rawAltGeom: "alt_geom", rawSpeed: "gs", rawTrack: "track",
	rawBaroRate: "baro_rate", rawGeomRate: "geom_rate", rawSquawk: "squawk", rawCategory: "category",
	rawNavAltitude: "nav_altitude_mcp", rawNavHeading: "nav_heading", rawNavModes: "nav_modes",
	rawEmergency: "emergency", rawRSSI: "rssi",
}

func (s *snapshot) set(name, raw string) {
	for i := range snapshotNames {
		if snapshotNames[i] == name {
			s[i] = raw
			return
		}
	}
}

func (s *snapshot) settle(r *reading) {
	if s[rawAltBaro] == "" {
		s[rawAltBaro] = r.alt
	}
	if s[rawBaroRate] == "" {
		s[rawBaroRate] = r.vr
	}
}

// altitude is the one that is shown, "ground" included.
func (s *snapshot) altitude() string { return first(s[rawAltBaro], s[rawAltGeom]) }

func (s *snapshot) vertical() string { return first(s[rawBaroRate], s[rawGeomRate]) }

func first(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func (a *Aircraft) snapshot() string {
	var o object
	o.text("hex", a.key)
	o.text("flight", a.callsign)
	for i, raw := range a.raw {
		o.raw(snapshotNames[i], raw)
	}
	return o.end()
}

// object writes a JSON object. The zero value is an empty one.
type object []byte

func (o *object) name(name string) {
	if len(*o) == 0 {
		*o = append(*o, '{')
	} else {
		*o = append(*o, ',')
	}
	*o = append(record.AppendString(*o, name), ':')
}

// raw writes a value as it came; what is no JSON is null.
func (o *object) raw(name, raw string) {
	o.name(name)
	if raw == "" || !utf8.ValidString(raw) || !json.Valid([]byte(raw)) {
		raw = "null"
	}
	*o = append(*o, raw...)
}

func (o *object) text(name, value string) {
	o.name(name)
	*o = record.AppendString(*o, value)
}

// number writes a number, or null when it is not known.
func (o *object) number(name string, v float64, decimals int, known bool) {
	o.name(name)
	*o = append(*o, numeral(v, decimals, known)...)
}

func (o *object) bool(name string, v bool) {
	o.name(name)
	if v {
		*o = append(*o, "true"...)
		return
	}
	*o = append(*o, "false"...)
}

// end gives the object.
func (o *object) end() string { return string(append(*o, '}')) }

// numeral is a number as JSON, null when it is not known.
func numeral(v float64, decimals int, known bool) string {
	if raw := record.Number(v, decimals); known && raw != "" {
		return raw
	}
	return "null"
}
