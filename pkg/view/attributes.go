package view

import (
	"strings"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

const (
	// prefixLength is how much of a callsign filters can ask for.
	prefixLength = 8
	// categoryLength is the longest category that filters can ask for: an
	// aircraft's has 2 characters, and this fills [Attributes] up.
	categoryLength = 14
)

// Attributes are what filters read of a record, decoded once when a field
// changes and not by each filter. What no filter can use is unknown. The zero
// value knows nothing. It holds no pointers, so that many of them cost the
// garbage collector nothing.
type Attributes struct {
	lat, lon         float64
	alt, baro, geom  float64 // feet
	flight, callsign callsign
	category         category
	known            flag
}

// flag tells what is known.
type flag uint16

const (
	hasLat flag = 1 << iota
	hasLon
	hasAlt
	hasBaro
	hasGeom
	hasMilitary
	altGround  // alt is known: it is "ground"
	baroGround // so is alt_baro
	isMilitary // military is known: it is true
)

// Set takes note of a field's new raw value, "" for one that vanished. (No record has
// both names of a place.)
func (a *Attributes) Set(name, raw string) {
	switch name {
	case "lat", "latitude":
		a.lat = a.number(raw, hasLat)
	case "lon", "longitude":
		a.lon = a.number(raw, hasLon)
	case "alt":
		a.alt = a.level(raw, hasAlt, altGround)
	case "alt_baro":
		a.baro = a.level(raw, hasBaro, baroGround)
	case "alt_geom":
		a.geom = a.level(raw, hasGeom, 0)
	case "flight":
		a.flight = callsignOf(raw)
	case "callsign":
		a.callsign = callsignOf(raw)
	case "category":
		a.category = categoryOf(raw)
	case "military":
		a.note(hasMilitary, raw == "true" || raw == "false")
		a.note(isMilitary, raw == "true")
	}
}

// Position gives the record's position; ok is false unless both halves are
// known and it lies on the earth.
func (a *Attributes) Position() (p geo.Point, ok bool) {
	p = geo.Point{Lat: a.lat, Lon: a.lon}
	return p, a.known&(hasLat|hasLon) == hasLat|hasLon && p.Valid()
}

// altitude is the best that is known, in feet.
func (a *Attributes) altitude() (feet float64, ok bool) {
	switch {
	case a.known&hasAlt != 0:
		return a.alt, true
	case a.known&hasBaro != 0:
		return a.baro, true
	}
	return a.geom, a.known&hasGeom != 0
}

// onGround asks what the altitude is, but a geometric one cannot tell.
func (a *Attributes) onGround() (yes, ok bool) {
	if a.known&hasAlt != 0 {
		return a.known&altGround != 0, true
	}
	return a.known&baroGround != 0, a.known&hasBaro != 0
}

func (a *Attributes) note(what flag, is bool) {
	a.known &^= what
	if is {
		a.known |= what
	}
}

// number notes whether raw is a number, and gives it.
func (a *Attributes) number(raw string, has flag) float64 {
	v, ok := record.Float(raw)
	a.note(has, ok)
	return v
}

// level is number for an altitude, where "ground" is 0 ft.
func (a *Attributes) level(raw string, has, ground flag) float64 {
	feet, ok := record.Float(raw)
	isGround := record.Text(raw) == "ground"
	a.note(has, ok || isGround)
	a.note(ground, isGround)
	return feet
}

// parseWord reads a JSON string without the blanks around it; "" when there is
// none, or when it holds a NUL, which here pads what is shorter than its room.
func parseWord(raw string) string {
	text := record.Text(raw)
	if strings.IndexByte(text, 0) >= 0 {
		return ""
	}
	return strings.TrimSpace(text)
}

// callsign is the beginning of a callsign in upper case, its first byte the
// highest, so that a prefix is compared in one step. 0 is unknown.
type callsign uint64

func callsignOf(raw string) callsign { return pack(parseWord(raw)) }

// pack drops what is beyond the prefixes that filters may ask for.
func pack(text string) (c callsign) {
	for i := range prefixLength {
		c <<= 8
		if i < len(text) {
			c |= callsign(upper(text[i]))
		}
	}
	return c
}

// category is a category in upper case; all zeros is unknown.
type category [categoryLength]byte

// categoryOf takes one that is too long as unknown: no filter can ask for it.
func categoryOf(raw string) (c category) {
	if text := parseWord(raw); len(text) <= categoryLength {
		c = categoryFrom(text)
	}
	return c
}

func categoryFrom(text string) (c category) {
	for i := range min(len(text), categoryLength) {
		c[i] = upper(text[i])
	}
	return c
}

// upper leaves what is not ASCII alone: filters cannot ask for it.
func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}
