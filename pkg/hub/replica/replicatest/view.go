package replicatest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/view"
)

// View is what somebody sees: which records, and which of their fields.
type View struct {
	Filter     string   // as clients send it; "" is none
	Fields     []string // nil shows all
	Only       []string // that the topic has, for nobody shows more; nil for all
	conditions []condition
}

// condition is a part of a filter, and what it means.
type condition struct {
	text  string
	holds func(key string, f Fields) bool
}

// View is the view as the product has it.
func (v View) View() *view.View {
	return view.New(v.Parse(), v.Fields, "")
}

// Parse is the filter as the product has it.
func (v View) Parse() *view.Filter {
	f, err := view.ParseFilter(json.RawMessage(v.Filter))
	if err != nil {
		panic(v.Filter + ": " + err.Error())
	}
	return f
}

// String tells the view.
func (v View) String() string { return fmt.Sprintf("filter %q, fields %q", v.Filter, v.Fields) }

// Sees says whether a record is seen.
func (v View) Sees(key string, f Fields) bool {
	for _, c := range v.conditions {
		if !c.holds(key, f) {
			return false
		}
	}
	return true
}

// Shows says whether a field is shown.
func (v View) Shows(name string) bool {
	return (v.Fields == nil || slices.Contains(v.Fields, name)) && (v.Only == nil || slices.Contains(v.Only, name))
}

// Of is what the view shows of a world.
func (v View) Of(w World) State {
	out := State{}
	for key, r := range w {
		if v.Sees(key, r.Fields) {
			out[key] = v.whole(key, r)
		}
	}
	return out
}

func (v View) whole(key string, r *Record) Fields {
	fields := make(Fields, len(r.Fields)+1)
	for name, raw := range r.Fields {
		if v.Shows(name) {
			fields[name] = raw
		}
	}
	fields[KeyName] = strconv.Quote(key)
	return fields
}

// Told is what leads from a view of a world, as it was after from, to a view of
// it as it is now, by key; null stands for what vanished.
type Told struct {
	Added, Updated map[string]Fields
	Removed        []string // sorted
	Observed       int64
}

// Equal says whether two tell the same.
func (t Told) Equal(other Told) bool {
	return maps.EqualFunc(t.Added, other.Added, maps.Equal) && maps.EqualFunc(t.Updated, other.Updated, maps.Equal) &&
		slices.Equal(t.Removed, other.Removed) && t.Observed == other.Observed
}

// Empty says whether there is nothing to tell.
func (t Told) Empty() bool { return len(t.Added)+len(t.Updated)+len(t.Removed) == 0 }

// Step says what leads from one view of an earlier world to another of the
// present one.
func Step(old View, was World, from uint64, v View, now World) Told {
	told := Told{Added: map[string]Fields{}, Updated: map[string]Fields{}}
	had, has := old.Of(was), v.Of(now)
	for key, whole := range has {
		r := now[key]
		if had[key] == nil || r.Born > from || !slices.Equal(old.Fields, v.Fields) || (old.Fields == nil) != (v.Fields == nil) {
			told.Added[key] = whole
			told.Observed = max(told.Observed, r.Observed)
			continue
		}
		patch := Fields{KeyName: strconv.Quote(key)}
		for name, seq := range r.Touched {
			if seq > from && v.Shows(name) {
				patch[name] = "null"
				if raw, ok := r.Fields[name]; ok {
					patch[name] = raw
				}
			}
		}
		if len(patch) > 1 {
			told.Updated[key] = patch
			told.Observed = max(told.Observed, r.Observed)
		}
	}
	for key := range had {
		if has[key] == nil {
			told.Removed = append(told.Removed, key)
		}
	}
	slices.Sort(told.Removed)
	return told
}

// RandomView gives one that sees a good part of random worlds.
func RandomView(rng *rand.Rand) View {
	var v View
	kinds := []func(*rand.Rand) condition{bbox, center, icao, callsign, category, altitude, military, onGround, bbox}
	var texts []string
	for _, n := range rng.Perm(len(kinds))[:[]int{0, 1, 1, 1, 2}[rng.IntN(5)]] {
		c := kinds[n](rng)
		if name := strings.SplitN(c.text, ":", 2)[0]; len(texts) > 0 && strings.HasPrefix(texts[0], name) {
			continue
		}
		v.conditions = append(v.conditions, c)
		texts = append(texts, c.text)
	}
	if len(texts) > 0 {
		v.Filter = "{" + strings.Join(texts, ",") + "}"
	}
	if rng.IntN(3) == 0 {
		v.Fields = []string{}
		for _, name := range []string{"alt_baro", "category", "flight", "gs", "lat", "lon", "military", "nothing", "track"} {
			if rng.IntN(3) == 0 {
				v.Fields = append(v.Fields, name)
			}
		}
	}
	return v
}

func pick[T any](rng *rand.Rand, from ...T) T { return from[rng.IntN(len(from))] }

// some gives a few of a list, and them as JSON.
func some(rng *rand.Rand, from ...string) (list []string, text string) {
	list = from[:1+rng.IntN(len(from))]
	raw, _ := json.Marshal(list)
	return list, string(raw)
}

func number(f Fields, name string) (float64, bool) {
	v, err := strconv.ParseFloat(f[name], 64)
	return v, err == nil
}

func word(f Fields, name string) string { return strings.Trim(f[name], `"`) }

func bbox(rng *rand.Rand) condition {
	lats := pick(rng, [2]float64{-90, 90}, [2]float64{45, 46}, [2]float64{45.5, 45.9}, [2]float64{0, 1}, [2]float64{-1, 0.5}, [2]float64{89, 90}, [2]float64{-90, -89})
	lons := pick(rng, [2]float64{-180, 180}, [2]float64{10, 11}, [2]float64{10.5, 10.9}, [2]float64{179.9, -179.9}, [2]float64{179, 180}, [2]float64{-180, -179}, [2]float64{179.95, -179.95}, [2]float64{-1, 0}, [2]float64{11, 10}, [2]float64{180, -179})
	south, north, west, east := lats[0], lats[1], lons[0], lons[1]
	spans := func(lon float64) bool {
		if west <= east {
			return lon >= west && lon <= east
		}
		return lon >= west || lon <= east
	}
	return condition{
		fmt.Sprintf(`"bbox":{"north":%v,"south":%v,"east":%v,"west":%v}`, north, south, east, west),
		func(_ string, f Fields) bool {
			lat, ok1 := number(f, "lat")
			lon, ok2 := number(f, "lon")
			seam := lon == 180 || lon == -180 // one meridian with two names
			return ok1 && ok2 && lat >= south && lat <= north && (spans(lon) || seam && spans(-lon))
		},
	}
}

func center(rng *rand.Rand) condition {
	at := pick(rng, geo.Point{Lat: 45.5, Lon: 10.5}, geo.Point{Lat: 90}, geo.Point{Lat: 0.5, Lon: 180}, geo.Point{Lat: 0, Lon: -179.9}, geo.Point{Lat: -89.6, Lon: 179})
	radius := pick(rng, 5.0, 25, 40, 70, 6000)
	return condition{
		fmt.Sprintf(`"center":{"lat":%v,"lon":%v,"radius_nm":%v}`, at.Lat, at.Lon, radius),
		func(_ string, f Fields) bool {
			lat, ok1 := number(f, "lat")
			lon, ok2 := number(f, "lon")
			return ok1 && ok2 && geo.DistanceNM(at, geo.Point{Lat: lat, Lon: lon}) <= radius
		},
	}
}

func icao(rng *rand.Rand) condition {
	list, text := some(rng, pick(rng, "AC1", "AC7"), "AC0", "AC3", "AC2", "AC30", "ZZ9")
	return condition{`"icao":` + text, func(key string, _ Fields) bool { return slices.Contains(list, key) }}
}

func callsign(rng *rand.Rand) condition {
	list, text := some(rng, pick(rng, "SWR", "SWR1"), "D")
	return condition{`"callsign_prefix":` + text, func(_ string, f Fields) bool {
		return slices.ContainsFunc(list, func(prefix string) bool { return strings.HasPrefix(word(f, "flight"), prefix) })
	}}
}

func category(rng *rand.Rand) condition {
	list, text := some(rng, pick(rng, "A1", "B2"), "A3")
	return condition{`"category":` + text, func(_ string, f Fields) bool { return slices.Contains(list, word(f, "category")) }}
}

func altitude(rng *rand.Rand) condition {
	low, high := pick(rng, -1.0, 0, 1, 1000), pick(rng, 1000.0, 30000, 40000)
	return condition{
		fmt.Sprintf(`"altitude":{"min":%v,"max":%v}`, low, high),
		func(_ string, f Fields) bool {
			feet, ok := number(f, "alt_baro")
			return (ok || f["alt_baro"] == `"ground"`) && feet >= low && feet <= high
		},
	}
}

func military(rng *rand.Rand) condition {
	want := pick(rng, "true", "false")
	return condition{`"military":` + want, func(_ string, f Fields) bool { return f["military"] == want }}
}

func onGround(rng *rand.Rand) condition {
	want := pick(rng, true, false)
	return condition{fmt.Sprintf(`"on_ground":%v`, want), func(_ string, f Fields) bool {
		return f["alt_baro"] != "" && want == (f["alt_baro"] == `"ground"`)
	}}
}
