package rules

import (
	"encoding/json"

	"github.com/skygate-io/skygate/pkg/record"
)

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
	v, ok := record.Float(digits)
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
