package rules

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/skygate-io/skygate/pkg/geo"
)

// kind makes the node of a condition of one type.
type kind func(b *builder, p at, c condition) (*node, error)

var kinds = map[string]kind{
	"icao":          textKind(textICAO),
	"callsign":      textKind(textCallsign),
	"squawk":        textKind(textSquawk),
	"type":          textKind(textType),
	"aircraft_type": textKind(textType),
	"category":      textKind(textCategory),
	"registration":  textKind(textRegistration),
	"operator":      textKind(textOperator),

	"altitude":      numberKind(numberAltitude),
	"distance":      numberKind(numberDistance),
	"proximity":     numberKind(numberDistance),
	"speed":         numberKind(numberSpeed),
	"vertical_rate": numberKind(numberVertical),

	"altitude_above":   boundKind(numberAltitude, "gt", "ge"),
	"altitude_below":   boundKind(numberAltitude, "lt", "le"),
	"altitude_between": betweenKind(numberAltitude),
	"speed_above":      boundKind(numberSpeed, "gt", "ge"),
	"speed_below":      boundKind(numberSpeed, "lt", "le"),
	"distance_within":  distanceWithin,

	"military":   flagKind(flagMilitary),
	"emergency":  flagKind(flagEmergency),
	"helicopter": flagKind(flagHelicopter),
	"on_ground":  flagKind(flagOnGround),
	"class":      classKind,

	"geofence":          fenceKind(""),
	"entering_geofence": fenceKind("entering"),
	"leaving_geofence":  fenceKind("leaving"),
}

// untold are types of the reference for which there is no data, and what to ask instead.
var untold = map[string]string{
	"law_enforcement":      "ask for the operator, or for a prefix of the callsign",
	"turbulence_score":     "there is nothing to ask instead",
	"turbulence_level":     "there is nothing to ask instead",
	"distance_from_mobile": "ask for distance_within with {\"lat\", \"lon\", \"radius_nm\"}",
}

// operators of text; v is not empty.
var textOperators = map[string]func(s, v string) bool{
	"eq":         equalFold,
	"neq":        func(s, v string) bool { return !equalFold(s, v) },
	"contains":   containsFold,
	"startswith": hasPrefixFold,
	"endswith":   hasSuffixFold,
}

func textKind(which int) kind {
	return func(_ *builder, p at, c condition) (*node, error) {
		v, err := textValue(p.value, c.Value, which)
		if err != nil {
			return nil, err
		}
		if c.Operator == "regex" {
			re, err := pattern(p.value, v)
			if err != nil {
				return nil, err
			}
			return &node{holds: func(a *aircraft) bool { return a.text[which] != "" && re.MatchString(a.text[which]) }}, nil
		}
		compare := textOperators[c.Operator]
		switch {
		case compare == nil:
			return nil, noOperator(p, c, append(slices.Sorted(maps.Keys(textOperators)), "regex"))
		case len(v) > maxValue:
			return nil, wrong(p.value, "a text of %d bytes is too long: at most %d", len(v), maxValue)
		}
		return &node{
			keys:  keysOfText(which, c.Operator, v),
			holds: func(a *aircraft) bool { return a.text[which] != "" && compare(a.text[which], v) },
		}, nil
	}
}

// textValue reads the text to compare with; also from a number or a boolean.
func textValue(path string, raw json.RawMessage, which int) (v string, err error) {
	switch kindOf(raw) {
	case "a string":
		if json.Unmarshal(raw, &v) != nil {
			return "", wrong(path, "is no string of JSON")
		}
		v = strings.TrimSpace(v)
	case "a number", "true or false":
		v = string(raw)
		if which == textSquawk && len(v) < 4 {
			v = strings.Repeat("0", 4-len(v)) + v
		}
	default:
		return "", expected(path, "a string", raw)
	}
	if v == "" {
		return "", wrong(path, "is empty, which every text has in it; say what to look for")
	}
	return v, nil
}

func noOperator(p at, c condition, there []string) error {
	if c.Operator == "" {
		return wrong(p.operator, "is missing; there are for %s: %s", c.Type, strings.Join(there, ", "))
	}
	return wrong(p.operator, "unknown operator %s for %s; there are: %s", quote(c.Operator), c.Type, strings.Join(there, ", "))
}

// limits are the values that are believed of a number: a comparison with what lies
// beyond would hold always, or never.
var limits = [numberCount]struct{ least, most float64 }{
	numberAltitude: {-5_000, 150_000},
	numberDistance: {0, 10_807},
	numberSpeed:    {0, 10_000},
	numberVertical: {-33_000, 33_000},
}

func numberValue(path string, raw json.RawMessage, which int) (float64, error) {
	v, err := plainNumber(path, raw)
	if l := limits[which]; err == nil && (v < l.least || v > l.most) {
		err = wrong(path, "%v is out of range: from %v to %v", v, l.least, l.most)
	}
	return v, err
}

// plainNumber reads a number, also from a string.
func plainNumber(path string, raw json.RawMessage) (float64, error) {
	digits := string(raw)
	if kindOf(raw) == "a string" {
		digits = text(digits)
	}
	v, ok := number(digits)
	if !ok {
		return 0, expected(path, "a number", raw)
	}
	return v, nil
}

func compareNumbers(operator string, which int, v float64) test {
	is := func(holds func(x float64) bool) test {
		return func(a *aircraft) bool { return a.numeric[which] && holds(a.number[which]) }
	}
	switch operator {
	case "eq":
		return is(func(x float64) bool { return x == v })
	case "neq":
		return is(func(x float64) bool { return x != v })
	case "lt":
		return is(func(x float64) bool { return x < v })
	case "le", "lte":
		return is(func(x float64) bool { return x <= v })
	case "gt":
		return is(func(x float64) bool { return x > v })
	case "ge", "gte":
		return is(func(x float64) bool { return x >= v })
	}
	return nil
}

// comparison is the node of one number compared with another. What holds for every
// number that is believed, or for none, is refused.
func comparison(p at, operator string, c condition, which int, v float64) (*node, error) {
	holds := compareNumbers(operator, which, v)
	if holds == nil {
		return nil, noOperator(p, c, []string{"eq", "neq", "lt", "le", "gt", "ge"})
	}
	l := limits[which]
	up, down := operator[0] == 'g', operator[0] == 'l'
	switch {
	case up && v == l.least, down && v == l.most:
		return nil, wrong(p.value, "holds for every aircraft; choose a value between %v and %v", l.least, l.most)
	case up && v == l.most, operator == "lt" && v == l.least:
		return nil, wrong(p.value, "holds for no aircraft; choose a value between %v and %v", l.least, l.most)
	}
	return &node{holds: holds}, nil
}

func numberKind(which int) kind {
	return func(_ *builder, p at, c condition) (*node, error) {
		v, err := numberValue(p.value, c.Value, which)
		if err != nil {
			return nil, err
		}
		return comparison(p, c.Operator, c, which, v)
	}
}

// boundKind is above or below a bound, which its name says already.
func boundKind(which int, open, closed string) kind {
	return func(_ *builder, p at, c condition) (*node, error) {
		v, err := numberValue(p.value, c.Value, which)
		if err != nil {
			return nil, err
		}
		switch c.Operator {
		case "", "eq", open:
			return comparison(p, open, c, which, v)
		case closed, closed[:1] + "te":
			return comparison(p, closed, c, which, v)
		}
		return nil, noOperator(p, c, []string{open, closed})
	}
}

func betweenKind(which int) kind {
	return func(_ *builder, p at, c condition) (*node, error) {
		if c.Operator != "" && c.Operator != "eq" && c.Operator != "between" {
			return nil, noOperator(p, c, []string{"between"})
		}
		var band struct {
			Min json.RawMessage `json:"min"`
			Max json.RawMessage `json:"max"`
		}
		var pair []json.RawMessage
		lowPath, highPath := p.value+".min", p.value+".max"
		switch {
		case kindOf(c.Value) == "an object":
			if err := strict(p.value, c.Value, &band); err != nil {
				return nil, err
			}
		case json.Unmarshal(c.Value, &pair) == nil && len(pair) == 2:
			band.Min, band.Max = pair[0], pair[1]
			lowPath, highPath = indexed(p.value, 0), indexed(p.value, 1)
		default:
			return nil, expected(p.value, "{\"min\": 1000, \"max\": 5000} or [1000, 5000]", c.Value)
		}
		low, err := numberValue(lowPath, band.Min, which)
		if err != nil {
			return nil, err
		}
		high, err := numberValue(highPath, band.Max, which)
		switch {
		case err != nil:
			return nil, err
		case low > high:
			return nil, wrong(p.value, "from %v to %v there is nothing; the lower bound comes first", low, high)
		case low == limits[which].least && high == limits[which].most:
			return nil, wrong(p.value, "holds for every aircraft; make the band narrower")
		}
		return &node{holds: func(a *aircraft) bool {
			return a.numeric[which] && a.number[which] >= low && a.number[which] <= high
		}}, nil
	}
}

func distanceWithin(b *builder, p at, c condition) (*node, error) {
	if kindOf(c.Value) != "an object" {
		v, err := numberValue(p.value, c.Value, numberDistance)
		if err != nil {
			return nil, err
		}
		switch c.Operator {
		case "", "eq", "le", "lte":
			return comparison(p, "le", c, numberDistance, v)
		case "lt":
			return comparison(p, "lt", c, numberDistance, v)
		}
		return nil, noOperator(p, c, []string{"lt", "le"})
	}
	switch c.Operator {
	case "", "eq", "le", "lte", "lt":
	default:
		return nil, noOperator(p, c, []string{"lt", "le"})
	}
	f, err := parseFence(p.value, c.Value)
	if err != nil {
		return nil, err
	}
	round, ok := f.(*circle)
	if !ok {
		return nil, wrong(p.value, "a distance is from a point: {\"lat\", \"lon\", \"radius_nm\"}; for a polygon there is geofence")
	}
	if c.Operator == "lt" {
		return &node{holds: func(a *aircraft) bool {
			return a.located && round.contains(a.point) && geo.DistanceNM(round.center, a.point) < round.radiusNM
		}}, nil
	}
	return b.fence(p, "inside", f)
}

func flagKind(which int) kind {
	return func(_ *builder, p at, c condition) (*node, error) {
		raw := string(c.Value)
		if kindOf(c.Value) == "a string" {
			raw = strings.ToLower(text(raw))
		}
		want, err := strconv.ParseBool(raw)
		if err != nil {
			return nil, expected(p.value, "true or false", c.Value)
		}
		switch c.Operator {
		case "", "eq":
		case "neq":
			want = !want
		default:
			return nil, noOperator(p, c, []string{"eq", "neq"})
		}
		return &node{holds: func(a *aircraft) bool { return a.flagged[which] && a.flag[which] == want }}, nil
	}
}

func classKind(b *builder, p at, c condition) (*node, error) {
	if kindOf(c.Value) != "a string" || !strings.EqualFold(text(string(c.Value)), "military") {
		return nil, wrong(p.value, "the only class that any source tells is \"military\"; ask for the operator or the callsign instead")
	}
	c.Value = json.RawMessage("true")
	return flagKind(flagMilitary)(b, p, c)
}

func fenceKind(implied string) kind {
	return func(b *builder, p at, c condition) (*node, error) {
		f, err := parseFence(p.value, c.Value)
		if err != nil {
			return nil, err
		}
		switch {
		case c.Operator != "" && c.Operator != "eq" && c.Operator != implied && implied != "":
			return nil, noOperator(p, c, []string{"eq"})
		case implied != "":
			return b.fence(p, implied, f)
		case c.Operator == "" || c.Operator == "eq":
			return b.fence(p, "inside", f)
		}
		n, err := b.fence(p, c.Operator, f)
		if n == nil && err == nil {
			return nil, noOperator(p, c, []string{"inside", "outside", "entering", "leaving"})
		}
		return n, err
	}
}

// fence makes the node of a geofence; nil when there is no such operator.
func (b *builder) fence(p at, operator string, f fence) (*node, error) {
	switch operator {
	case "inside":
		return &node{holds: func(a *aircraft) bool { return a.located && f.contains(a.point) }}, nil
	case "outside":
		return &node{holds: func(a *aircraft) bool { return a.located && !f.contains(a.point) }}, nil
	case "entering", "leaving":
	default:
		return nil, nil
	}
	if len(b.fences) == maxFences {
		return nil, wrong(p.kind, "more than %d geofences are entered or left; make several rules of it", maxFences)
	}
	bit := uint64(1) << len(b.fences)
	b.fences = append(b.fences, f)
	if operator == "entering" {
		return &node{holds: func(a *aircraft) bool { return a.entered&bit != 0 }}, nil
	}
	return &node{holds: func(a *aircraft) bool { return a.left&bit != 0 }}, nil
}
