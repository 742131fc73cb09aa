package rules

import (
	"encoding/json"
	"strings"
)

// What a rule may be made of, at most.
const (
	maxBytes      = 64 << 10
	maxChannels   = 4 << 10
	maxDepth      = 8   // groups in each other
	maxConditions = 100 // in all groups
	maxFences     = 64  // that are entered or left: a bit each
	maxValue      = 100 // bytes of text
)

// test says whether a condition, or a group of them, holds.
type test func(*aircraft) bool

// node is a condition, or a group, ready to be asked.
type node struct {
	holds test
	keys  keys // one of which an aircraft must have for it to hold
}

// builder makes the nodes of one rule.
type builder struct {
	conditions int
	cost       int     // of the conditions, see maxCost
	fences     []fence // that are entered or left
}

// condition is one as clients write it.
type condition struct {
	Type     string          `json:"type"`
	Operator string          `json:"operator"`
	Value    json.RawMessage `json:"value"`
}

// group is a group as clients write it.
type group struct {
	Logic      string            `json:"logic"`
	Groups     []json.RawMessage `json:"groups"`
	Conditions []json.RawMessage `json:"conditions"`
}

// group reads a group and what is in it.
func (b *builder) group(path string, raw json.RawMessage, depth int) (*node, error) {
	if kindOf(raw) != "an object" {
		return nil, expected(path, "a group, {\"logic\": \"AND\", \"conditions\": […]}", raw)
	}
	if depth > maxDepth {
		return nil, wrong(path, "groups are nested deeper than %d; put them side by side", maxDepth)
	}
	var g group
	if err := strict(path, raw, &g); err != nil {
		return nil, err
	}
	or := strings.EqualFold(g.Logic, "OR")
	if !or && g.Logic != "" && !strings.EqualFold(g.Logic, "AND") {
		return nil, wrong(path+".logic", "%s is no logic; there are AND and OR", quote(g.Logic))
	}
	if len(g.Groups) == 0 && len(g.Conditions) == 0 {
		return nil, wrong(path, "is empty; put in a condition, or leave the group out")
	}
	nodes := make([]*node, 0, len(g.Groups)+len(g.Conditions))
	for i, raw := range g.Conditions {
		n, err := b.condition(indexed(path+".conditions", i), raw)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	for i, raw := range g.Groups {
		n, err := b.group(indexed(path+".groups", i), raw, depth+1)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	if or {
		return anyOf(nodes), nil
	}
	return allOf(nodes), nil
}

func allOf(nodes []*node) *node {
	if len(nodes) == 1 {
		return nodes[0]
	}
	tests, best := make([]test, len(nodes)), keys{}
	for i, n := range nodes {
		tests[i] = n.holds
		best = best.better(n.keys)
	}
	return &node{keys: best, holds: func(a *aircraft) bool {
		for _, holds := range tests {
			if !holds(a) {
				return false
			}
		}
		return true
	}}
}

func anyOf(nodes []*node) *node {
	if len(nodes) == 1 {
		return nodes[0]
	}
	tests, all := make([]test, len(nodes)), nodes[0].keys
	for i, n := range nodes {
		tests[i] = n.holds
		if i > 0 {
			all = all.with(n.keys)
		}
	}
	return &node{keys: all, holds: func(a *aircraft) bool {
		for _, holds := range tests {
			if holds(a) {
				return true
			}
		}
		return false
	}}
}

func (b *builder) condition(path string, raw json.RawMessage) (*node, error) {
	if kindOf(raw) != "an object" {
		return nil, expected(path, "a condition, {\"type\": …, \"operator\": …, \"value\": …}", raw)
	}
	var c condition
	if err := strict(path, raw, &c); err != nil {
		return nil, err
	}
	return b.leaf(at{path + ".type", path + ".operator", path + ".value"}, c)
}

// at are the paths of a condition's parts.
type at struct{ kind, operator, value string }

func (b *builder) leaf(p at, c condition) (*node, error) {
	if b.conditions++; b.conditions > maxConditions {
		return nil, wrong(p.kind, "the rule has more than %d conditions; make several rules of it", maxConditions)
	}
	b.cost++
	if c.Type == "" {
		return nil, wrong(p.kind, "is missing; there are: %s", names(kinds))
	}
	if why, ok := untold[c.Type]; ok {
		return nil, wrong(p.kind, "%s is not told by any source here; %s", quote(c.Type), why)
	}
	build, ok := kinds[c.Type]
	if !ok {
		return nil, wrong(p.kind, "unknown type %s; there are: %s", quote(c.Type), names(kinds))
	}
	if isNull(c.Value) {
		return nil, wrong(p.value, "is missing: a condition has a value to compare with")
	}
	c.Operator = strings.ToLower(c.Operator)
	return build(b, p, c)
}
