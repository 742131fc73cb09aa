package rules

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
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
	return func(b *builder, p at, c condition) (*node, error) {
		v, err := textValue(p.value, c.Value, which)
		if err != nil {
			return nil, err
		}
		if c.Operator == "regex" {
			re, err := b.pattern(p.value, v)
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
		return &node{
			keys:  keysOfFlag(which, want),
			holds: func(a *aircraft) bool { return a.flagged[which] && a.flag[which] == want },
		}, nil
	}
}

func classKind(b *builder, p at, c condition) (*node, error) {
	if kindOf(c.Value) != "a string" || !strings.EqualFold(text(string(c.Value)), "military") {
		return nil, wrong(p.value, "the only class that any source tells is \"military\"; ask for the operator or the callsign instead")
	}
	c.Value = json.RawMessage("true")
	return flagKind(flagMilitary)(b, p, c)
}
