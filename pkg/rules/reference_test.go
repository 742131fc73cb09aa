package rules_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/rules"
)

// reference does it the slow, obvious way: it looks at every rule for every
// observation, from its JSON, and remembers everything.
type reference struct {
	rules  map[string]map[string]any
	held   map[string]bool           // rule and aircraft: it held at the last observation
	due    map[string]bool           // and: that is to be told
	told   map[string]time.Time      // rule and aircraft
	last   map[string]map[string]any // aircraft: the last observation with a position
	active map[string]bool           // rule: it was in force when that was looked at last
	known  map[string]bool           // rule and aircraft: a position was told since it is in force
}

func newReference() *reference {
	return &reference{
		map[string]map[string]any{}, map[string]bool{}, map[string]bool{}, map[string]time.Time{},
		map[string]map[string]any{}, map[string]bool{}, map[string]bool{},
	}
}

// tick finds which rules are in force.
func (ref *reference) tick(now time.Time) {
	for id, r := range ref.rules {
		active := inForce(r, now.Truncate(time.Second))
		if active && !ref.active[id] {
			for pair := range ref.known {
				if strings.HasPrefix(pair, id+" ") {
					delete(ref.known, pair)
				}
			}
		}
		ref.active[id] = active
	}
}

func (ref *reference) observe(key string, seen map[string]any, now time.Time) (ids []string) {
	ref.tick(now)
	seen["icao"] = key
	for id, r := range ref.rules {
		pair := id + " " + key
		holds := ref.active[id] && ref.holds(r, pair, seen)
		ref.due[pair] = holds && (ref.due[pair] || !ref.held[pair])
		ref.held[pair] = holds
		last, told := ref.told[pair]
		if ref.due[pair] && (!told || now.Sub(last) >= time.Duration(r["cooldown_minutes"].(float64))*time.Minute) {
			ref.told[pair], ref.due[pair] = now, false
			ids = append(ids, id)
		}
		if seen["lat"] != nil {
			ref.known[pair] = true
		}
	}
	if seen["lat"] != nil {
		ref.last[key] = seen
	}
	slices.Sort(ids)
	return ids
}

func (ref *reference) holds(r map[string]any, pair string, seen map[string]any) bool {
	if r["rule_type"] != nil && !ref.condition(map[string]any{"type": r["rule_type"], "operator": r["operator"], "value": r["value"]}, pair, seen) {
		return false
	}
	tree, ok := r["conditions"].(map[string]any)
	return !ok || ref.group(tree, pair, seen)
}

// inForce says whether a rule is, at a second.
func inForce(r map[string]any, now time.Time) bool {
	at := func(name string, none time.Time) time.Time {
		text, ok := r[name].(string)
		if !ok {
			return none
		}
		t, _ := time.Parse(time.RFC3339, text)
		return t
	}
	if r["enabled"] == false || now.Before(at("starts_at", now)) || !now.Before(at("expires_at", now.Add(1))) {
		return false
	}
	windows, _ := r["suppression_windows"].([]any)
	for _, one := range windows {
		w := one.(map[string]any)
		for _, day := range []time.Time{now.AddDate(0, 0, -1), now} { // on which it may have begun
			name, want := day.Weekday().String(), strings.ToLower(w["day"].(string))
			if want != "" && want != "daily" && !strings.HasPrefix(strings.ToLower(name), want) {
				continue
			}
			clock := func(name string) time.Time {
				t, _ := time.Parse("15:04", w[name].(string))
				return time.Date(day.Year(), day.Month(), day.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
			}
			from, to := clock("start"), clock("end")
			if to.Before(from) {
				to = to.AddDate(0, 0, 1)
			}
			if !now.Before(from) && now.Before(to) {
				return false
			}
		}
	}
	return true
}

func (ref *reference) gone(key string) {
	for pair := range ref.held {
		if strings.HasSuffix(pair, " "+key) {
			delete(ref.held, pair)
			delete(ref.due, pair)
			delete(ref.known, pair)
		}
	}
	delete(ref.last, key)
}

func (ref *reference) group(g map[string]any, pair string, seen map[string]any) bool {
	n, total := 0, 0
	list := func(name string, holds func(map[string]any, string, map[string]any) bool) {
		all, _ := g[name].([]any)
		for _, one := range all {
			total++
			if holds(one.(map[string]any), pair, seen) {
				n++
			}
		}
	}
	list("conditions", ref.condition)
	list("groups", ref.group)
	if g["logic"] == "OR" {
		return n > 0
	}
	return n == total
}

// The fields of the reference's conditions.
var (
	textFields = map[string]string{
		"icao": "icao", "callsign": "flight", "squawk": "squawk", "type": "t", "aircraft_type": "t", "category": "category", "registration": "r",
	}
	numberFields = map[string]string{
		"altitude": "alt", "altitude_above": "alt", "altitude_below": "alt", "altitude_between": "alt", "speed": "gs", "speed_above": "gs",
		"speed_below": "gs", "vertical_rate": "vr", "distance": "distance_nm", "proximity": "distance_nm", "distance_within": "distance_nm",
	}
	implied = map[string]string{
		"altitude_above": "gt", "altitude_below": "lt", "speed_above": "gt", "speed_below": "lt", "distance_within": "le",
		"entering_geofence": "entering", "leaving_geofence": "leaving",
	}
)

func (ref *reference) condition(c map[string]any, pair string, seen map[string]any) bool {
	kind, operator, value := c["type"].(string), c["operator"].(string), c["value"]
	if by := implied[kind]; by != "" && (operator == "" || operator == "eq") {
		operator = by
	}
	region, isRegion := value.(map[string]any)
	switch {
	case textFields[kind] != "":
		have, _ := seen[textFields[kind]].(string)
		return have != "" && compareText(operator, strings.ToUpper(have), value.(string))
	case kind == "altitude_between":
		have, ok := altitude(seen)
		low, high := any(nil), any(nil)
		if isRegion {
			low, high = region["min"], region["max"]
		} else {
			low, high = value.([]any)[0], value.([]any)[1]
		}
		return ok && have >= number(low) && have <= number(high)
	case numberFields[kind] != "" && !isRegion:
		have, ok := seen[numberFields[kind]].(float64)
		if numberFields[kind] == "alt" {
			have, ok = altitude(seen)
		}
		want := number(value)
		return ok && map[string]bool{"eq": have == want, "neq": have != want, "lt": have < want, "le": have <= want, "gt": have > want, "ge": have >= want}[operator]
	case kind == "military", kind == "emergency", kind == "helicopter", kind == "on_ground":
		have, ok := flag(kind, seen)
		return ok && (fmt.Sprint(have) == fmt.Sprint(value)) == (operator == "eq")
	}
	lat, ok := seen["lat"].(float64)
	if !ok {
		return false
	}
	last := ref.last[seen["icao"].(string)]
	known := last != nil && ref.known[pair]
	inside := within(region, lat, seen["lon"].(float64))
	was := known && within(region, last["lat"].(float64), last["lon"].(float64))
	return map[string]bool{"inside": inside, "le": inside, "outside": !inside, "entering": known && inside && !was, "leaving": was && !inside}[operator]
}

func compareText(operator, have, want string) bool {
	if operator == "regex" {
		at := regexp.MustCompile("(?i:" + want + ")").FindStringIndex(have)
		return at != nil && at[0] == 0
	}
	want = strings.ToUpper(want)
	return map[string]bool{
		"eq": have == want, "neq": have != want, "contains": strings.Contains(have, want),
		"startswith": strings.HasPrefix(have, want), "endswith": strings.HasSuffix(have, want),
	}[operator]
}

func number(v any) float64 {
	f, _ := strconv.ParseFloat(fmt.Sprint(v), 64)
	return f
}

// altitude is 0 of who is on the ground.
func altitude(seen map[string]any) (ft float64, ok bool) {
	if seen["alt"] == "ground" {
		return 0, true
	}
	ft, ok = seen["alt"].(float64)
	return ft, ok
}

func flag(kind string, seen map[string]any) (is, ok bool) {
	switch kind {
	case "helicopter":
		category, ok := seen["category"].(string)
		return strings.EqualFold(category, "A7"), ok
	case "on_ground":
		_, ok := altitude(seen)
		return seen["alt"] == "ground", ok
	}
	is, ok = seen[kind].(bool)
	return is, ok
}

// within is for circles, for polygons that are boxes, and for triangles.
func within(fence map[string]any, lat, lon float64) bool {
	if radius, ok := fence["radius_nm"].(float64); ok {
		return geo.DistanceNM(geo.Point{Lat: fence["lat"].(float64), Lon: fence["lon"].(float64)}, geo.Point{Lat: lat, Lon: lon}) <= radius
	}
	points := fence["points"].([]any)
	corner := func(i int, name string) float64 { return points[i].(map[string]any)[name].(float64) }
	if len(points) == 3 { // on one side of each edge
		left, right := 0, 0
		east := func(lon float64) float64 { return math.Mod(lon+360, 360) }
		for i := range points {
			j := (i + 1) % 3
			dy, dx := corner(j, "lat")-corner(i, "lat"), east(corner(j, "lon"))-east(corner(i, "lon"))
			if dx*(lat-corner(i, "lat"))-dy*(east(lon)-east(corner(i, "lon"))) > 0 {
				left++
			} else {
				right++
			}
		}
		return left == 0 || right == 0
	}
	return geo.Box{South: corner(0, "lat"), West: corner(0, "lon"), North: corner(2, "lat"), East: corner(2, "lon")}.Contains(geo.Point{Lat: lat, Lon: lon})
}

// compare runs random rules over random traffic, both ways, and counts alerts.
func compare(t *testing.T, seed uint64, steps int) (alerts int) {
	d := dice{rand.New(rand.NewPCG(seed, 7))}
	m := rules.New(nil)
	ref := newReference()
	for i := range 20 {
		id := strconv.Itoa(i)
		raw := d.rule(id)
		m.Set(parse(t, raw))
		var r map[string]any
		if err := json.Unmarshal([]byte(raw), &r); err != nil {
			t.Fatal(err)
		}
		ref.rules[id] = r
	}
	now := start.Add(time.Duration(seed%2) * (12*time.Hour - 5*time.Minute)) // noon, or before midnight
	for step := range steps {
		now = now.Add(time.Duration(d.IntN(20_000)) * time.Millisecond)
		key := "A" + strconv.Itoa(d.IntN(4))
		switch d.IntN(40) {
		case 0:
			m.Gone(key, now)
			ref.gone(key)
		case 1:
			m.Tick(now)
			ref.tick(now)
		case 2:
			id := slices.Sorted(maps.Keys(ref.rules))[d.IntN(len(ref.rules))]
			m.Remove(id)
			delete(ref.rules, id)
		}
		seen := d.aircraft()
		raw, err := json.Marshal(seen)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range m.Alerts(key, fields(t, string(raw)), now) {
			got = append(got, a.Rule.ID)
		}
		slices.Sort(got)
		want := ref.observe(key, seen, now)
		if !slices.Equal(got, want) {
			for _, id := range append(got, want...) {
				raw, _ := json.Marshal(ref.rules[id])
				t.Logf("%s", raw)
			}
			t.Fatalf("seed %d, step %d: %s %s: alerts of %v, want %v", seed, step, key, raw, got, want)
		}
		alerts += len(got)
	}
	return alerts
}

func TestAgainstReference(t *testing.T) {
	alerts := 0
	for seed := range uint64(200) {
		alerts += compare(t, seed, 100)
	}
	if alerts < 2500 {
		t.Errorf("only %d alerts: that compares little", alerts)
	}
}

func FuzzAgainstReference(f *testing.F) {
	f.Add(uint64(1 << 40))
	f.Fuzz(func(t *testing.T, seed uint64) { compare(t, seed, 100) })
}

// What is parsed is written, and parsed again, as the same.
func FuzzParse(f *testing.F) {
	d := dice{rand.New(rand.NewPCG(1, 1))}
	for range 10 {
		f.Add(d.rule("1"))
	}
	f.Add(`{"name":"R","rule_type":"altitude_between","value":[1,2],"suppression_windows":[{"start":"1:00","end":"24:00"}],"starts_at":"2026-07-04T10:00"}`)
	f.Add(`{"name":"R","rule_type":"geofence","value":{"type":"Polygon","coordinates":[[[170,0],[-170,0],[-170,5]]]}}`)
	seen := fields(f, `{"flight":"SWR1","alt":100,"lat":1,"lon":-179,"squawk":"7700"}`)
	f.Fuzz(func(t *testing.T, raw string) {
		r, err := rules.Parse([]byte(raw))
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a text")
			}
			return
		}
		out, err := r.JSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := rules.Parse(out)
		if err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		if !again.SameConditions(r) {
			t.Errorf("%s becomes another", raw)
		}
		for i, r := range []*rules.Rule{r, again} {
			m := rules.New(nil)
			m.Set(r)
			for _, e := range m.Observe("A1", seen, 0, start) {
				if e := e.AppendJSON(nil, "id", 0); !json.Valid(e) {
					t.Errorf("%d: %s", i, e)
				}
			}
		}
	})
}
