package aircraft

import (
	"slices"
	"strings"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

const (
	// maxSilence (milliseconds) is how long it holds what a message told. A
	// position, speed or altitude that was not told again since is unknown, as it
	// is in aircraft.json. An aircraft that said nothing for so long is a new one.
	maxSilence = 60_000
	// maxMemory (milliseconds) is how long a silent aircraft is remembered at least:
	// who still shows it is told what does not hold any more when it is back.
	maxMemory = 600_000
	// maxKnown bounds the aircraft in each generation of what is remembered. (A
	// whole network hears 11,000.)
	maxKnown = 25_000
)

// set is a set of places in the table below.
type set uint32

const (
	altBaro set = 1 << iota
	altGeom
	baroRate
	geomRate
	squawk
	emergency
	dbFlags
)

// kept is what is remembered of an aircraft, in the order of the constants.
var kept = [...]struct {
	name string
	with []string // what goes when it does
	// input: something follows from it, so its value is remembered, too.
	input bool
	// lasts: it holds as long as the aircraft is heard.
	lasts bool
}{
	{name: "alt_baro", input: true, with: []string{"alt"}},
	{name: "alt_geom", input: true, with: []string{"alt"}},
	{name: "baro_rate", input: true, with: []string{"vr"}},
	{name: "geom_rate", input: true, with: []string{"vr"}},
	{name: "squawk", input: true, lasts: true},
	{name: "emergency", input: true, lasts: true, with: []string{"emergency_status"}},
	{name: "dbFlags", lasts: true},
	{name: "gs"}, {name: "track"}, {name: "mag_heading"}, {name: "true_heading"},
	{name: "lat", with: []string{"distance_nm", "lon", "seen_pos"}},
}

// follows are the fields that [Normalise] derives, each with what from.
var follows = map[string]set{
	"alt":              altBaro | altGeom,
	"vr":               baroRate | geomRate,
	"emergency":        emergency | squawk,
	"emergency_status": emergency,
	"military":         dbFlags,
}

// Parts makes updates of messages that tell a part of an aircraft each, as they
// come over the air. What follows from several fields (is there an emergency? the
// squawk says so, or the transponder's word) it takes from what the aircraft told
// before, too. Who merges the updates of an aircraft has what [Normalise] makes
// of all that holds: an update has what the message told and what follows from
// it, and without a value what does not hold any more. It does not say that there
// is no emergency, or that an aircraft is not military, where nothing was told of
// that: another source may know better.
//
// What it remembers is bounded. It is owned by one goroutine. The zero value is
// ready.
type Parts struct {
	// young and old are generations: who was heard since the last change of
	// generations, and who before. The next change forgets the old.
	young, old map[string]*known
	changed    int64
}

// known is what is remembered of an aircraft.
type known struct {
	heard int64
	told  [len(kept)]struct {
		at  int64 // 0: it is not known
		raw string
	}
}

// Update makes an update of a message that was heard at the moment at (unix
// milliseconds of this machine's clock). The fields are like those of an aircraft
// object, in any order, none of them null; Update keeps none of their memory.
// receiver is nil when its position is unknown. An error is an [*Error], and the
// message then counts as not heard.
func (p *Parts) Update(hex string, fields record.Fields, at int64, receiver *geo.Point) (record.Update, error) {
	key, err := Hex(hex)
	if err != nil {
		return record.Update{}, err
	}
	fields.Sort()
	before := p.recall(key)
	now := *before
	told, gone := now.hear(fields, at)
	var recalled set
	for i := range kept {
		if m := &now.told[i]; m.raw != "" && told&(1<<i) == 0 {
			recalled |= 1 << i
			fields = append(fields, record.Field{Name: kept[i].name, Raw: m.raw})
		}
	}
	observed, err := Normalise(&fields, at, receiver)
	if err == nil {
		err = CheckRanges(fields)
	}
	if err != nil {
		return record.Update{}, err
	}
	*before = now
	p.keep(key, before, at)

	fields = slices.DeleteFunc(fields, func(f record.Field) bool { // what it did not tell
		if from, ok := follows[f.Name]; ok {
			return (told|gone)&from == 0
		}
		return recalled.holds(f.Name)
	})
	return record.Update{Record: record.Record{Key: key, Fields: withGone(fields, gone)}, Observed: observed}, nil
}

// Knows says whether an aircraft, by its key, was heard within a minute before at.
func (p *Parts) Knows(key string, at int64) bool {
	k := p.recall(key)
	return k.heard != 0 && at-k.heard <= maxSilence
}

// hear takes note of what a message tells, and says what that was and what does
// not hold any more.
func (k *known) hear(fields record.Fields, at int64) (told, gone set) {
	for i := range kept {
		m := &k.told[i]
		m.at = min(m.at, at) // after a clock that was set back
		since := m.at
		if kept[i].lasts {
			since = k.heard
		}
		switch raw := fields.Get(kept[i].name); {
		case raw == "false" && m.raw != "true": // a flag that is not set, and was not, tells nothing
		case raw != "":
			told |= 1 << i
			if m.at = at; kept[i].input && m.raw != raw {
				m.raw = strings.Clone(raw)
			}
		case m.at != 0 && at-since > maxSilence:
			gone |= 1 << i
			m.at, m.raw = 0, ""
		}
	}
	k.heard = at
	return told, gone
}

func (s set) holds(name string) bool {
	for i := range kept {
		if s&(1<<i) != 0 && kept[i].name == name {
			return true
		}
	}
	return false
}

// withGone adds what does not hold any more, unless there is a new value for it.
func withGone(fields record.Fields, gone set) record.Fields {
	add := func(name string) {
		if i, there := slices.BinarySearchFunc(fields, name, func(f record.Field, name string) int {
			return strings.Compare(f.Name, name)
		}); !there {
			fields = slices.Insert(fields, i, record.Field{Name: name})
		}
	}
	for i := range kept {
		if gone&(1<<i) != 0 {
			add(kept[i].name)
			for _, name := range kept[i].with {
				add(name)
			}
		}
	}
	return fields
}

// recall gives what is known of an aircraft.
func (p *Parts) recall(key string) *known {
	if k := p.young[key]; k != nil {
		return k
	}
	if k := p.old[key]; k != nil {
		return k
	}
	return &known{}
}

// keep remembers an aircraft that was heard.
func (p *Parts) keep(key string, k *known, at int64) {
	if apart(at, p.changed) > maxMemory || len(p.young) >= maxKnown {
		p.old, p.young, p.changed = p.young, map[string]*known{}, at
	}
	if p.young[key] == nil {
		p.young[strings.Clone(key)] = k
	}
}
