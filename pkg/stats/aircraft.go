package stats

import (
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// aircraft is what the figures need of a record. It shares the record's strings.
type aircraft struct {
	key   string
	known flag
	point geo.Point

	alt      float64 // ft
	speed    float64 // kt
	vertical float64 // ft/min
	distance float64 // NM
	rssi     float64 // dBFS
	heardAt  int64   // ms: when its position was heard

	// Raw values, as JSON; "" is none.
	flight, squawk, category, registration string
	altBaro, gs, baroRate, lat, lon        string
	distanceNM, dbFlags                    string
}

// flag tells what is known.
type flag uint8

const (
	hasAlt flag = 1 << iota
	hasSpeed
	hasVertical
	hasDistance
	hasRSSI
	hasPoint
	onGround
	isMilitary
)

func (a *aircraft) has(f flag) bool { return a.known&f == f }

// read reads a record. What is not of the right kind is not known.
func (a *aircraft) read(key string, fields record.Fields, observed int64) {
	*a = aircraft{key: key, heardAt: observed}
	var alt, geom, vr string
	for i := range fields {
		switch raw := fields[i].Raw; fields[i].Name {
		case "alt":
			alt = raw
		case "alt_geom":
			geom = raw
		case "vr":
			vr = raw
		case "military":
			if raw == "true" {
				a.known |= isMilitary
			}
		case "rssi":
			a.rssi = a.number(hasRSSI, raw)
		case "seen_pos":
			if at, ok := record.ParseTime(raw); ok {
				a.heardAt = at
			}
		default:
			a.keep(fields[i].Name, raw)
		}
	}
	a.settle(alt, geom, vr)
}

// keep keeps a value as it is.
func (a *aircraft) keep(name, raw string) {
	switch name {
	case "alt_baro":
		a.altBaro = raw
	case "baro_rate":
		a.baroRate = raw
	case "category":
		a.category = raw
	case "dbFlags":
		a.dbFlags = raw
	case "distance_nm":
		a.distanceNM = raw
	case "flight":
		a.flight = raw
	case "gs":
		a.gs = raw
	case "lat":
		a.lat = raw
	case "lon":
		a.lon = raw
	case "r":
		a.registration = raw
	case "squawk":
		a.squawk = raw
	}
}

// settle makes the choices that need all fields.
func (a *aircraft) settle(alt, geom, vr string) {
	const ground = `"ground"`
	if a.altBaro == ground || a.altBaro == "" && alt == ground {
		a.known |= onGround
	} else {
		a.alt = a.number(hasAlt, a.altBaro, alt, geom)
	}
	a.speed = a.number(hasSpeed, a.gs)
	a.vertical = a.number(hasVertical, a.baroRate, vr)
	a.distance = a.number(hasDistance, a.distanceNM)
	lat, ok := record.Float(a.lat)
	lon, also := record.Float(a.lon)
	if a.point = (geo.Point{Lat: lat, Lon: lon}); ok && also && a.point.Valid() {
		a.known |= hasPoint
	}
}

// number takes the first of several values that is a number, and notes that it is known.
func (a *aircraft) number(known flag, raws ...string) float64 {
	for _, raw := range raws {
		if v, ok := record.Float(raw); ok {
			a.known |= known
			return v
		}
	}
	return 0
}
