package view_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/skygate-io/skygate/pkg/geo"
)

// lets is the slow, obvious Matches: it decodes both sides each time.
func lets(filter map[string]any, key string, record map[string]string) bool {
	values := map[string]any{}
	for name, raw := range record {
		var v any
		if json.Unmarshal([]byte(raw), &v) == nil {
			values[name] = v
		}
	}
	for name, condition := range filter {
		if condition != nil && !holds(name, condition, key, values) {
			return false
		}
	}
	return true
}

func holds(name string, condition any, key string, values map[string]any) bool {
	switch name {
	case "bbox", "center":
		lat, ok1 := values["lat"].(float64)
		lon, ok2 := values["lon"].(float64)
		p := geo.Point{Lat: lat, Lon: lon}
		limits := condition.(map[string]any)
		edge := func(name string) float64 { return limits[name].(float64) }
		switch {
		case !ok1 || !ok2 || !p.Valid():
			return false
		case name == "center":
			return geo.DistanceNM(geo.Point{Lat: edge("lat"), Lon: edge("lon")}, p) <= edge("radius_nm")
		}
		return lat <= edge("north") && lat >= edge("south") && between(edge("west"), lon, edge("east"))
	case "icao":
		return anyOf(condition, func(s string) bool { return s == key })
	case "callsign_prefix":
		text := word(values["flight"])
		if text == "" {
			text = word(values["callsign"])
		}
		return anyOf(condition, func(s string) bool { return strings.HasPrefix(text, s) })
	case "category":
		return anyOf(condition, func(s string) bool { return s == word(values["category"]) })
	case "altitude":
		feet, _, ok := level(values, "alt", "alt_baro", "alt_geom")
		limits := condition.(map[string]any)
		low, hasLow := limits["min"].(float64)
		high, hasHigh := limits["max"].(float64)
		return ok && (!hasLow || feet >= low) && (!hasHigh || feet <= high)
	case "military":
		is, ok := values["military"].(bool)
		return ok && is == condition.(bool)
	case "on_ground":
		_, ground, ok := level(values, "alt", "alt_baro")
		return ok && ground == condition.(bool)
	}
	panic(name)
}

// between walks east from west in half degrees, where all test values lie.
func between(west, lon, east float64) bool {
	if west == -180 && east == 180 {
		return true
	}
	turn := func(lon float64) int { return (int(2*lon) + 360) % 720 }
	for at := turn(west); ; at = (at + 1) % 720 {
		if at == turn(lon) {
			return true
		}
		if at == turn(east) {
			return false
		}
	}
}

func level(values map[string]any, names ...string) (feet float64, ground, ok bool) {
	for _, name := range names {
		if feet, ok = values[name].(float64); ok || values[name] == "ground" {
			return feet, !ok, true
		}
	}
	return 0, false, false
}

func word(value any) string {
	text, _ := value.(string)
	if strings.Contains(text, "\x00") {
		return ""
	}
	return strings.Map(func(r rune) rune { // ToUpper makes ASCII of some that are not
		if r < 128 {
			return []rune(strings.ToUpper(string(r)))[0]
		}
		return r
	}, strings.TrimSpace(text))
}

func anyOf(condition any, ok func(string) bool) bool {
	entries, isList := condition.([]any)
	if !isList {
		entries = []any{condition}
	}
	for _, entry := range entries {
		if ok(strings.ToUpper(strings.TrimSpace(entry.(string)))) {
			return true
		}
	}
	return false
}

// junk may stand in any field of a record.
var junk = []string{
	`null`, `true`, `false`, `[]`, `{"lat": 1}`, `"1"`, `""`, `" "`, `"\u0000"`, `"\ud800A"`, `1e999`, `-0`, `@1700000000000`,
	`"ground"`, `"Ground"`, `"\u0067round"`, `"é"`, `"a\"b"`, `12`, `[`, ``, `"`, `nul`, `"x`, `-`, `1-`,
}

func pick[T any](rng *rand.Rand, from ...T) T { return from[rng.IntN(len(from))] }

func randomRecord(rng *rand.Rand) map[string]string {
	record := map[string]string{}
	maybe := func(name string, raw string) {
		switch rng.IntN(12) {
		case 0:
		case 1:
			record[name] = pick(rng, junk...)
		default:
			record[name] = raw
		}
	}
	maybe("lat", fmt.Sprint(halves(rng, 90)))
	maybe("lon", fmt.Sprint(halves(rng, 180)))
	maybe("military", pick(rng, "true", "false"))
	maybe("category", pick(rng, `"A1"`, `"a2"`, `" A3"`, `"A"`, `"\u0041\u0033"`))
	for _, name := range []string{"flight", "callsign"} {
		maybe(name, pick(rng, `"SWR12"`, `"swr1  "`, `" DLH9 "`, `"DL"`, `"ABCDEFGHIJ"`, `"SWR\t"`, `""`, `"ßWR"`))
	}
	for _, name := range []string{"alt", "alt_baro", "alt_geom"} {
		maybe(name, pick(rng, `"ground"`, "0", "100", "-100", "1e2", "100.5", "35000"))
		if rng.IntN(3) == 0 {
			delete(record, name)
		}
	}
	maybe("gs", "468.9")
	return record
}

// halves is a multiple of a half; ends and the middle come often, so that edges meet.
func halves(rng *rand.Rand, bound int) float64 {
	v := float64(rng.IntN(4*bound+1)-2*bound) / 2
	switch rng.IntN(6) {
	case 0:
		v = float64(pick(rng, -bound, bound, 0))
	case 1:
		v = float64(rng.IntN(9)-4) / 2
	}
	return v
}

// randomFilter is a valid filter with a few conditions, each of which a good
// part of all records meets.
func randomFilter(rng *rand.Rand) string {
	texts := func(from ...string) string {
		if rng.IntN(4) == 0 {
			return pick(rng, from...)
		}
		rng.Shuffle(len(from), func(i, j int) { from[i], from[j] = from[j], from[i] })
		return "[" + strings.Join(from[:1+rng.IntN(len(from))], ",") + "]"
	}
	one, other := halves(rng, 90), halves(rng, 90)
	north, south := max(one, other), min(one, other)
	all := []string{
		fmt.Sprintf(`"bbox": {"north": %v, "south": %v, "east": %v, "west": %v}`, north, south, halves(rng, 180), halves(rng, 180)),
		fmt.Sprintf(`"center": {"lat": %v, "lon": %v, "radius_nm": %v}`, halves(rng, 90), halves(rng, 180), pick(rng, 0.1, 60.1, 1000, 5403.6, 10807, 20000)),
		`"icao": ` + texts(`"4b1805"`, `"4B1806 "`, `"~abc"`, `"4B1805"`),
		`"callsign_prefix": ` + texts(`"swr"`, `"SWR1"`, `"D"`, `" dlh9"`, `"ABCDEFGH"`),
		`"category": ` + texts(`"a1"`, `"A2"`, `"A"`, `" A3 "`),
		fmt.Sprintf(`"altitude": {"min": %v}`, pick(rng, -100, 0, 1, 100, 101)),
		fmt.Sprintf(`"altitude": {"max": %v, "min": null}`, pick(rng, -100, 0, 1, 100, 101)),
		fmt.Sprintf(`"altitude": {"max": %v, "min": %v}`, pick(rng, 0, 100.5), pick(rng, -100, 0)),
		fmt.Sprintf(`"military": %v`, pick(rng, "true", "false", "null")),
		fmt.Sprintf(`"on_ground": %v`, pick(rng, "true", "false")),
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return "{" + strings.Join(all[:rng.IntN(4)], ",") + "}"
}
