package rules

import "slices"

// keyed says by what a rule's aircraft are found.
type keyed uint8

// From the worst to the best.
const (
	keyedNot keyed = iota
	keyedFlag
	keyedCallsign
	keyedSquawk
	keyedICAO
)

// keys are values of which an aircraft must have one for a condition to hold; of
// callsigns, how they begin. They are in upper case. Of flags they are names: one
// of these must be true, as few are.
type keys struct {
	by     keyed
	values []string
}

func keysOfText(which int, operator, v string) keys {
	k := keys{values: []string{upperText(v)}}
	switch {
	case which == textICAO && operator == "eq":
		k.by = keyedICAO
	case which == textSquawk && operator == "eq":
		k.by = keyedSquawk
	case which == textCallsign && (operator == "eq" || operator == "startswith") && len(v) <= maxText:
		k.by = keyedCallsign
	default:
		return keys{}
	}
	return k
}

// flagNames are the flags that a rule is found by.
var flagNames = [flagCount]string{flagMilitary: "military", flagEmergency: "emergency", flagHelicopter: "helicopter", flagOnGround: "on_ground"}

func keysOfFlag(which int, want bool) keys {
	if !want {
		return keys{}
	}
	return keys{keyedFlag, flagNames[which : which+1]}
}

// better are the better ones of two, of which each must hold.
func (k keys) better(other keys) keys {
	if other.by > k.by || other.by == k.by && len(other.values) < len(k.values) {
		return other
	}
	return k
}

// with are those of two, of which one must hold.
func (k keys) with(other keys) keys {
	if k.by != other.by {
		return keys{}
	}
	values := slices.Concat(k.values, other.values)
	slices.Sort(values)
	return keys{k.by, slices.Compact(values)}
}

// index finds the rules that may hold for an aircraft.
type index struct {
	icao, squawk, callsign, flag map[string][]*entry
	lengths                      [maxText + 1]int // how many prefixes of a callsign are so long
	rest                         []*entry
}

func newIndex() index {
	return index{icao: map[string][]*entry{}, squawk: map[string][]*entry{}, callsign: map[string][]*entry{}, flag: map[string][]*entry{}}
}

// keysIn are the keys that a rule is found by. One that watches who enters and
// leaves must see all positions of an aircraft, also while it has another callsign.
func keysIn(r *Rule) keys {
	if k := r.root.keys; len(r.fences) == 0 || k.by == keyedICAO {
		return k
	}
	return keys{}
}

func (x *index) table(by keyed) map[string][]*entry {
	switch by {
	case keyedICAO:
		return x.icao
	case keyedSquawk:
		return x.squawk
	case keyedCallsign:
		return x.callsign
	case keyedFlag:
		return x.flag
	}
	return nil
}

func (x *index) add(e *entry) {
	k := keysIn(e.rule)
	table := x.table(k.by)
	if table == nil {
		x.rest = append(x.rest, e)
		return
	}
	for _, v := range k.values {
		table[v] = append(table[v], e)
		if k.by == keyedCallsign {
			x.lengths[len(v)]++
		}
	}
}

func (x *index) remove(e *entry) {
	k := keysIn(e.rule)
	table := x.table(k.by)
	if table == nil {
		x.rest = without(x.rest, e)
		return
	}
	for _, v := range k.values {
		if table[v] = without(table[v], e); len(table[v]) == 0 {
			delete(table, v)
		}
		if k.by == keyedCallsign {
			x.lengths[len(v)]--
		}
	}
}

func without(list []*entry, e *entry) []*entry {
	return slices.DeleteFunc(list, func(other *entry) bool { return other == e })
}

// find appends the lists of rules that may hold; a rule may be in several.
func (x *index) find(lists [][]*entry, a *aircraft) [][]*entry {
	var room [maxText]byte
	if list := x.icao[string(raise(&room, a.text[textICAO]))]; list != nil {
		lists = append(lists, list)
	}
	if list := x.squawk[string(raise(&room, a.text[textSquawk]))]; list != nil {
		lists = append(lists, list)
	}
	callsign := raise(&room, a.text[textCallsign])
	for n := range callsign {
		if x.lengths[n+1] == 0 {
			continue
		}
		if list := x.callsign[string(callsign[:n+1])]; list != nil {
			lists = append(lists, list)
		}
	}
	for i, name := range flagNames {
		if a.flag[i] && len(x.flag[name]) > 0 {
			lists = append(lists, x.flag[name])
		}
	}
	if len(x.rest) > 0 {
		lists = append(lists, x.rest)
	}
	return lists
}

// raise is a text in upper case, in the room given; what has no room is in no table.
func raise(room *[maxText]byte, s string) []byte {
	if len(s) > len(room) {
		return nil
	}
	for i := range len(s) {
		room[i] = upper(s[i])
	}
	return room[:len(s)]
}
