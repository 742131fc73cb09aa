package rules_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// dice make random rules and traffic.
type dice struct{ *rand.Rand }

func (d dice) of(s ...string) string { return s[d.IntN(len(s))] }

// callsigns are few, so that rules meet aircraft.
func (d dice) callsign() string { return d.of("SWR", "swr", "AFR", "A") + strconv.Itoa(d.IntN(12)) }

func (d dice) condition() string {
	switch d.IntN(8) {
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
	return r + `}`
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
		seen["lat"], seen["lon"] = float64(d.IntN(7)-3), float64(177+d.IntN(6))
		if seen["lon"].(float64) > 180 {
			seen["lon"] = seen["lon"].(float64) - 360
		}
	}
	return seen
}
