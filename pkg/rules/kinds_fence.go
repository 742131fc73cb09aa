package rules

import "github.com/skygate-io/skygate/pkg/geo"

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
	b.cost += costOf(f)
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

func fenceKind(implied string) kind {
	return func(b *builder, p at, c condition) (*node, error) {
		f, err := parseFence(p.value, c.Value)
		if err != nil {
			return nil, err
		}
		b.cost += costOf(f)
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

// costOf is what it costs to ask whether a point is in a fence, see maxCost.
func costOf(f fence) int {
	if p, ok := f.(*polygon); ok {
		return 1 + len(p.points)/8
	}
	return 5
}
