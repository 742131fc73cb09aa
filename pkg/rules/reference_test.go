package rules_test

import (
	"encoding/json"
	"fmt"
	"maps"
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
	rules map[string]map[string]any
	held  map[string]bool           // rule and aircraft: it held at the last observation
	due   map[string]bool           // and: that is to be told
	told  map[string]time.Time      // rule and aircraft
	last  map[string]map[string]any // aircraft: the last observation with a position
}

func (ref *reference) observe(key string, seen map[string]any, now time.Time) (ids []string) {
	seen["icao"] = key
	for id, r := range ref.rules {
		pair := id + " " + key
		holds := true
		if r["rule_type"] != nil {
			holds = ref.condition(map[string]any{"type": r["rule_type"], "operator": r["operator"], "value": r["value"]}, seen)
		}
		if tree, ok := r["conditions"].(map[string]any); ok {
			holds = holds && ref.group(tree, seen)
		}
		ref.due[pair] = holds && (ref.due[pair] || !ref.held[pair])
		ref.held[pair] = holds
		last, told := ref.told[pair]
		if ref.due[pair] && (!told || now.Sub(last) >= time.Duration(r["cooldown_minutes"].(float64))*time.Minute) {
			ref.told[pair], ref.due[pair] = now, false
			ids = append(ids, id)
		}
	}
	if seen["lat"] != nil {
		ref.last[key] = seen
	}
	slices.Sort(ids)
	return ids
}

func (ref *reference) gone(key string) {
	for pair := range ref.held {
		if strings.HasSuffix(pair, " "+key) {
			delete(ref.held, pair)
			delete(ref.due, pair)
		}
	}
	delete(ref.last, key)
}

func (ref *reference) group(g map[string]any, seen map[string]any) bool {
	n, total := 0, 0
	list := func(name string, holds func(map[string]any, map[string]any) bool) {
		all, _ := g[name].([]any)
		for _, one := range all {
			total++
			if holds(one.(map[string]any), seen) {
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

func (ref *reference) condition(c map[string]any, seen map[string]any) bool {
	kind, operator, value := c["type"].(string), c["operator"].(string), c["value"]
	switch kind {
	case "icao", "callsign", "squawk":
		have, ok := seen[map[string]string{"icao": "icao", "callsign": "flight", "squawk": "squawk"}[kind]].(string)
		if !ok || have == "" {
			return false
		}
		have, want := strings.ToUpper(have), strings.ToUpper(value.(string))
		switch operator {
		case "eq":
			return have == want
		case "neq":
			return have != want
		case "contains":
			return strings.Contains(have, want)
		case "startswith":
			return strings.HasPrefix(have, want)
		case "endswith":
			return strings.HasSuffix(have, want)
		}
		at := regexp.MustCompile("(?i:" + value.(string) + ")").FindStringIndex(have)
		return at != nil && at[0] == 0
	case "altitude", "speed":
		have, ok := seen[map[string]string{"altitude": "alt", "speed": "gs"}[kind]].(float64)
		want, _ := strconv.ParseFloat(fmt.Sprint(value), 64)
		return ok && map[string]bool{"eq": have == want, "neq": have != want, "lt": have < want, "le": have <= want, "gt": have > want, "ge": have >= want}[operator]
	case "military":
		have, ok := seen["military"].(bool)
		return ok && (fmt.Sprint(have) == fmt.Sprint(value)) == (operator == "eq")
	}
	lat, ok := seen["lat"].(float64)
	if !ok {
		return false
	}
	fence, last := value.(map[string]any), ref.last[seen["icao"].(string)]
	inside := within(fence, lat, seen["lon"].(float64))
	was := last != nil && within(fence, last["lat"].(float64), last["lon"].(float64))
	return map[string]bool{"inside": inside, "outside": !inside, "entering": last != nil && inside && !was, "leaving": was && !inside}[operator]
}

// within is for circles and for polygons that are boxes.
func within(fence map[string]any, lat, lon float64) bool {
	if radius, ok := fence["radius_nm"].(float64); ok {
		return geo.DistanceNM(geo.Point{Lat: fence["lat"].(float64), Lon: fence["lon"].(float64)}, geo.Point{Lat: lat, Lon: lon}) <= radius
	}
	points := fence["points"].([]any)
	corner := func(i int, name string) float64 { return points[i].(map[string]any)[name].(float64) }
	return geo.Box{South: corner(0, "lat"), West: corner(0, "lon"), North: corner(2, "lat"), East: corner(2, "lon")}.Contains(geo.Point{Lat: lat, Lon: lon})
}

// compare runs random rules over random traffic, both ways, and counts alerts.
func compare(t *testing.T, seed uint64, steps int) (alerts int) {
	d := dice{rand.New(rand.NewPCG(seed, 7))}
	m := rules.New(nil)
	ref := &reference{map[string]map[string]any{}, map[string]bool{}, map[string]bool{}, map[string]time.Time{}, map[string]map[string]any{}}
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
	now := start
	for step := range steps {
		now = now.Add(time.Duration(d.IntN(20_000)) * time.Millisecond)
		key := "A" + strconv.Itoa(d.IntN(4))
		switch d.IntN(40) {
		case 0:
			m.Gone(key, now)
			ref.gone(key)
		case 1:
			m.Tick(now)
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
	for seed := range uint64(40) {
		alerts += compare(t, seed, 100)
	}
	if alerts < 500 {
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
