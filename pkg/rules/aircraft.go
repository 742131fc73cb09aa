package rules

import (
	"strings"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// maxText bounds, in bytes, the text and the numbers of a record that are looked at.
const maxText = 64

// The attributes of text.
const (
	textICAO = iota
	textCallsign
	textSquawk
	textType
	textCategory
	textRegistration
	textOperator
	textCount
)

// The attributes that are numbers.
const (
	numberAltitude = iota
	numberDistance
	numberSpeed
	numberVertical
	numberCount
)

// The attributes that are true or false.
const (
	flagMilitary = iota
	flagEmergency
	flagHelicopter
	flagOnGround
	flagCount
)

// aircraft is what conditions ask of a record, decoded once for all of them. It
// shares the record's strings.
type aircraft struct {
	text    [textCount]string // "" is not known
	number  [numberCount]float64
	numeric [numberCount]bool // which numbers are known
	flag    [flagCount]bool
	flagged [flagCount]bool // which flags are known
	point   geo.Point
	located bool

	// Of the fences of the rule that is being looked at: which were entered and left.
	entered, left uint64
}

// read decodes a record. What is not of the right kind is not known.
func (a *aircraft) read(key string, fields record.Fields) {
	*a = aircraft{}
	a.text[textICAO] = key
	var r reading
	for i := range fields {
		a.set(&r, fields[i].Name, fields[i].Raw)
	}
	a.measure(numberVertical, r.vr, r.baroRate, r.geomRate)
	a.settleAltitude(r.alt, r.baro, r.geom)
	a.settlePlace(r.lat, r.lon)
	if c := a.text[textCategory]; c != "" {
		a.flag[flagHelicopter], a.flagged[flagHelicopter] = equalFold(c, "A7"), true
	}
}

// reading is what read chooses from.
type reading struct{ alt, baro, geom, vr, baroRate, geomRate, lat, lon string }

func (a *aircraft) set(r *reading, name, raw string) {
	switch name {
	case "flight":
		a.text[textCallsign] = text(raw)
	case "squawk":
		a.text[textSquawk] = text(raw)
	case "t":
		a.text[textType] = text(raw)
	case "category":
		a.text[textCategory] = text(raw)
	case "r":
		a.text[textRegistration] = text(raw)
	case fieldOperator:
		a.text[textOperator] = text(raw)
	case "distance_nm":
		a.measure(numberDistance, raw)
	case "gs":
		a.measure(numberSpeed, raw)
	case "military":
		a.mark(flagMilitary, raw)
	case "emergency":
		a.mark(flagEmergency, raw)
	default:
		r.set(name, raw)
	}
}

func (r *reading) set(name, raw string) {
	switch name {
	case "alt":
		r.alt = raw
	case "alt_baro":
		r.baro = raw
	case "alt_geom":
		r.geom = raw
	case "vr":
		r.vr = raw
	case "baro_rate":
		r.baroRate = raw
	case "geom_rate":
		r.geomRate = raw
	case "lat":
		r.lat = raw
	case "lon":
		r.lon = raw
	}
}

func (a *aircraft) settleAltitude(alt, baro, geom string) {
	const ground = `"ground"`
	if alt == ground || alt == "" && baro == ground {
		a.numeric[numberAltitude] = true
		a.flag[flagOnGround] = true
	} else {
		a.measure(numberAltitude, alt, baro, geom)
	}
	a.flagged[flagOnGround] = a.numeric[numberAltitude]
}

func (a *aircraft) settlePlace(lat, lon string) {
	y, ok := record.Float(lat)
	x, also := record.Float(lon)
	a.point = geo.Point{Lat: y, Lon: x}
	a.located = ok && also && a.point.Valid()
}

// measure takes the first of several values that is a number.
func (a *aircraft) measure(which int, raws ...string) {
	for _, raw := range raws {
		if v, ok := record.Float(raw); ok {
			a.number[which], a.numeric[which] = v, true
			return
		}
	}
}

func (a *aircraft) mark(which int, raw string) {
	a.flag[which], a.flagged[which] = raw == "true", raw == "true" || raw == "false"
}

// text reads a JSON string without the blanks around it; "" when it is none, or
// too long.
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

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - ('a' - 'A')
	}
	return c
}

// equalFold compares without the case of ASCII letters.
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if upper(a[i]) != upper(b[i]) {
			return false
		}
	}
	return true
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && equalFold(s[:len(prefix)], prefix)
}

func hasSuffixFold(s, suffix string) bool {
	return len(s) >= len(suffix) && equalFold(s[len(s)-len(suffix):], suffix)
}

func containsFold(s, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if equalFold(s[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// upperText is text as the index has it.
func upperText(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] = upper(b[i])
	}
	return string(b)
}
