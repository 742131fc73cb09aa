package rules_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// dice make random rules and traffic.
type dice struct{ *rand.Rand }

func (d dice) of(s ...string) string { return s[d.IntN(len(s))] }

// callsigns are few, so that rules meet aircraft.
func (d dice) callsign() string { return d.of("SWR", "swr", "AFR", "A") + strconv.Itoa(d.IntN(12)) }

func (d dice) condition() string {
	switch d.IntN(15) {
	case 8:
		return fmt.Sprintf(`{"type":"altitude_between","operator":%q,"value":%s}`, d.of("", "between"), d.of(`{"min":100,"max":"300"}`, `[0,100]`, `{"min":200,"max":200}`))
	case 9:
		return fmt.Sprintf(`{"type":%q,"operator":%q,"value":%s}`, d.of("altitude_above", "speed_above"), d.of("", "gt", "ge"), d.of("100", `"200"`))
	case 10:
		return fmt.Sprintf(`{"type":%q,"operator":%q,"value":%s}`, d.of("altitude_below", "speed_below"), d.of("", "lt", "le"), d.of("200", `"300"`))
	case 11:
		return fmt.Sprintf(`{"type":%q,"operator":%q,"value":%s}`, d.of("emergency", "helicopter", "on_ground"), d.of("eq", "neq"), d.of("true", "false"))
	case 12:
		return fmt.Sprintf(`{"type":%q,"operator":%q,"value":%q}`, d.of("type", "aircraft_type", "category", "registration"), d.of("eq", "neq", "startswith", "contains"), d.of("A7", "a", "HB"))
	case 13:
		return fmt.Sprintf(`{"type":%q,"operator":%q,"value":%s}`, d.of("vertical_rate", "distance", "proximity"), d.of("lt", "le", "gt", "ge", "eq", "neq"), d.of("100", "300"))
	case 14:
		return d.of(`{"type":"distance_within","operator":"","value":200}`, `{"type":"distance_within","operator":"lt","value":300}`,
			`{"type":"distance_within","operator":"le","value":{"lat":1,"lon":-180,"radius_nm":130}}`,
			`{"type":"entering_geofence","operator":"","value":{"lat":0,"lon":180,"radius_nm":150}}`,
			`{"type":"leaving_geofence","operator":"eq","value":{"lat":0,"lon":180,"radius_nm":150}}`)
	case 0:
		return fmt.Sprintf(`{"type":"icao","operator":%q,"value":"A%d"}`, d.of("eq", "eq", "neq", "startswith"), d.IntN(4))
	case 1, 2:
		return fmt.Sprintf(`{"type":"callsign","operator":%q,"value":%q}`, d.of("eq", "neq", "startswith", "startswith", "contains", "endswith"), d.callsign())
	case 3:
		return fmt.Sprintf(`{"type":"callsign","operator":"regex","value":%q}`, d.of("[A-S]", "swr\\d$", "1|2|afr", "\\w+1"))
	case 4:
		return fmt.Sprintf(`{"type":"squawk","operator":%q,"value":"%d"}`, d.of("eq", "eq", "neq"), 7000+100*d.IntN(8))
	case 5:
		return fmt.Sprintf(`{"type":%q,"operator":%q,"value":%s}`, d.of("altitude", "speed"), d.of("eq", "neq", "lt", "le", "gt", "ge"), d.of("100", `"200"`, "300"))
	case 6:
		return fmt.Sprintf(`{"type":"military","operator":%q,"value":%s}`, d.of("eq", "neq"), d.of("true", `"false"`))
	}
	return fmt.Sprintf(`{"type":"geofence","operator":%q,"value":%s}`, d.of("inside", "outside", "entering", "leaving"), d.of(
		`{"lat":0,"lon":180,"radius_nm":150}`, `{"lat":89,"lon":0,"radius_nm":100}`,
		`{"type":"polygon","points":[{"lat":-2.7,"lon":176.5},{"lat":3.6,"lon":179.3},{"lat":-1.3,"lon":-178.2}]}`,
		`{"points":[{"lat":-2.5,"lon":177.5},{"lat":2.5,"lon":177.5},{"lat":2.5,"lon":-178.5},{"lat":-2.5,"lon":-178.5}]}`))
}

func (d dice) group(depth int) string {
	var parts []string
	for range 1 + d.IntN(3) {
		parts = append(parts, d.condition())
	}
	g := fmt.Sprintf(`{"logic":%q,"conditions":[%s]`, d.of("AND", "OR"), strings.Join(parts, ","))
	if depth > 0 && d.IntN(2) == 0 {
		g += `,"groups":[` + d.group(depth-1) + `]`
	}
	return g + `}`
}

func (d dice) rule(id string) string {
	r := fmt.Sprintf(`{"id":%q,"name":"R","cooldown_minutes":%d`, id, 1+d.IntN(3))
	simple := d.IntN(3) == 0
	if simple {
		r += `,"rule_` + strings.TrimSuffix(d.condition()[2:], "}")
	}
	if !simple || d.IntN(3) == 0 {
		r += `,"conditions":` + d.group(3)
	}
	if d.IntN(2) == 0 {
		r += `,"suppression_windows":[` + d.window() + `,` + d.window() + `]`
	}
	if d.IntN(5) == 0 {
		r += fmt.Sprintf(`,%q:%q`, d.of("starts_at", "expires_at"), d.moment())
	}
	if d.IntN(15) == 0 {
		r += `,"enabled":false`
	}
	return r + `}`
}

// window is one of some minutes within half an hour of noon or midnight, or of most of a day.
func (d dice) window() string {
	clock := func() string { return fmt.Sprintf("%02d:%02d", d.IntN(2)*12, d.IntN(30)) }
	from, to := clock(), clock()
	for to == from {
		to = clock()
	}
	return fmt.Sprintf(`{"day":%q,"start":%q,"end":%q}`, d.of("daily", "", "saturday", "Sun", "SUNDAY", "friday"), from, to)
}

// moment is one while traffic is played.
func (d dice) moment() string {
	return start.Add(time.Duration(d.IntN(2)*12*3600+d.IntN(1800)) * time.Second).Format(time.RFC3339)
}

func (d dice) aircraft() map[string]any {
	seen := map[string]any{}
	if d.IntN(5) > 0 {
		seen["flight"] = d.callsign()
	}
	if d.IntN(3) > 0 {
		seen["squawk"] = strconv.Itoa(7000 + 100*d.IntN(8))
	}
	if d.IntN(3) > 0 {
		seen["alt"] = float64(100 * d.IntN(5))
	}
	if d.IntN(3) > 0 {
		seen["gs"] = float64(100 * d.IntN(5))
	}
	if d.IntN(3) > 0 {
		seen["military"] = d.IntN(2) == 0
	}
	if d.IntN(3) > 0 {
		seen["emergency"] = d.IntN(4) == 0
	}
	if d.IntN(3) > 0 {
		seen["t"], seen["r"] = d.of("A20N", "a7", "B38M"), d.of("HB-JCA", "hb1", "N7")
	}
	if d.IntN(3) > 0 {
		seen["category"] = d.of("A7", "a7", "A3")
	}
	if d.IntN(3) > 0 {
		seen["vr"], seen["distance_nm"] = float64(100*d.IntN(5)), float64(100*d.IntN(5))
	}
	if d.IntN(8) == 0 {
		seen["alt"] = "ground"
	}
	if d.IntN(3) > 0 {
		seen["lat"], seen["lon"] = float64(d.IntN(7)-3), float64(177+d.IntN(6))
		if seen["lon"].(float64) > 180 {
			seen["lon"] = seen["lon"].(float64) - 360
		}
	}
	return seen
}
