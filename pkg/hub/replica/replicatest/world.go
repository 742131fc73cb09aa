// Package replicatest holds the slow, obvious reference of a topic of state: its
// records as plain maps, what a view sees of them, and random ones of both.
package replicatest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/wire"
)

// KeyName is the field that holds a record's key.
const KeyName = "hex"

// Fields are a record's values, as JSON text by name.
type Fields map[string]string

// Record is one record, and since when it is what it is.
type Record struct {
	Fields   Fields
	Born     uint64            // the seq at which it appeared, or was replaced as a whole
	Touched  map[string]uint64 // the seq of the last change of each field, vanished ones among them
	Observed int64             // the newest of its changes
}

// World is a topic's records by key.
type World map[string]*Record

// Clone copies the world: it is a past state from now on.
func (w World) Clone() World {
	out := make(World, len(w))
	for key, r := range w {
		out[key] = &Record{maps.Clone(r.Fields), r.Born, maps.Clone(r.Touched), r.Observed}
	}
	return out
}

// Apply applies a change.
func (w World) Apply(c *record.Change, seq uint64) {
	for _, r := range c.Added {
		w[r.Key] = &Record{Fields: Fields{}, Born: seq, Touched: map[string]uint64{}}
	}
	for _, r := range slices.Concat(c.Added, c.Updated) {
		known := w[r.Key]
		known.Observed = max(known.Observed, c.Observed)
		for _, f := range r.Fields {
			known.Touched[f.Name] = seq
			known.Fields[f.Name] = f.Raw
			if f.Raw == "" {
				delete(known.Fields, f.Name)
			}
		}
	}
	for _, key := range c.Removed {
		delete(w, key)
	}
}

// State is what somebody holds of a topic: the records by key, with all that is
// shown of them, the key among it.
type State map[string]Fields

// Apply applies what a change in a view tells, as a client does, and says what
// is wrong with it.
func (s State) Apply(l wire.Lists) error {
	told := map[string]bool{}
	once := func(key string) error {
		if told[key] {
			return fmt.Errorf("%s is told twice", key)
		}
		told[key] = true
		return nil
	}
	for _, object := range l.Added {
		key, fields, err := Decode(object)
		if err == nil {
			err = once(key)
		}
		if err != nil {
			return err
		}
		s[key] = fields
	}
	for _, object := range l.Updated {
		key, fields, err := Decode(object)
		switch {
		case err != nil:
		case s[key] == nil:
			err = fmt.Errorf("an update of %s, which is not there", key)
		case len(fields) < 2:
			err = fmt.Errorf("nothing is told of %s", key)
		default:
			err = once(key)
		}
		if err != nil {
			return err
		}
		s[key].Merge(fields)
	}
	for _, key := range l.Removed {
		if err := once(key); err != nil {
			return err
		}
		delete(s, key)
	}
	return nil
}

// Merge applies a record of an update: null is a field that vanished.
func (f Fields) Merge(patch Fields) {
	for name, raw := range patch {
		if f[name] = raw; raw == "null" {
			delete(f, name)
		}
	}
}

// Equal says whether two hold the same.
func (s State) Equal(other State) bool { return maps.EqualFunc(s, other, maps.Equal) }

// Clone copies what somebody holds.
func (s State) Clone() State {
	out := make(State, len(s))
	for key, fields := range s {
		out[key] = maps.Clone(fields)
	}
	return out
}

// Decode reads a record from the wire, of those that have no lists, objects or
// quotes in them, and each field once.
func Decode(object []byte) (key string, fields Fields, err error) {
	if !json.Valid(object) || object[0] != '{' {
		return "", nil, fmt.Errorf("%q is no JSON object", object)
	}
	fields = Fields{}
	for text := string(object[1 : len(object)-1]); text != ""; {
		name, rest, _ := strings.Cut(text[1:], `":`)
		end := strings.IndexByte(rest, ',')
		switch {
		case rest[0] == '"':
			end = strings.IndexByte(rest[1:], '"') + 2
		case end < 0:
			end = len(rest)
		}
		if fields[name] != "" {
			return "", nil, fmt.Errorf("%s has %s twice", object, name)
		}
		fields[name] = rest[:end]
		text = strings.TrimPrefix(rest[end:], ",")
	}
	return strings.Trim(fields[KeyName], `"`), fields, nil
}

// Change makes a random change of the world that makes sense, as a feed does: of
// some of so many keys, about a part of them.
func (w World) Change(rng *rand.Rand, keys int, part float64) *record.Change {
	c := &record.Change{Observed: 1 + rng.Int64N(1000)}
	for i := range keys {
		key := "AC" + strconv.Itoa(i)
		if rng.Float64() >= part {
			continue
		}
		switch r := w[key]; {
		case r == nil:
			c.Added = append(c.Added, record.Record{Key: key, Fields: random(rng, nil)})
		case rng.IntN(12) == 0: // replaced as a whole
			c.Added = append(c.Added, record.Record{Key: key, Fields: random(rng, nil)})
		case rng.IntN(5) == 0:
			c.Removed = append(c.Removed, key)
		default:
			if fields := random(rng, r.Fields); len(fields) > 0 {
				c.Updated = append(c.Updated, record.Record{Key: key, Fields: fields})
			}
		}
	}
	return c
}

// spots are where records are: at the seams of the earth, and close together.
var spots = [][2]string{
	{"45.5", "10.5"}, {"45.5", "11.2"}, {"45.9", "10.9"}, {"46", "11"},
	{"90", "180"}, {"89.9", "-180"}, {"-90", "-180"}, {"-89.5", "179.9"},
	{"0.5", "180"}, {"0.5", "-180"}, {"0.5", "179.9"}, {"-0.5", "-179.9"}, {"0", "0"}, {"-0.5", "-0.5"},
}

// RandomFields makes those of a record.
func RandomFields(rng *rand.Rand) record.Fields { return random(rng, nil) }

// random makes a whole record, or changes of one that is known.
func random(rng *rand.Rand, known Fields) (fields record.Fields) {
	set := func(name string, values ...string) {
		raw := values[rng.IntN(len(values))]
		switch {
		case known == nil && raw == "": // a record has no empty field
		case known != nil && (rng.IntN(3) > 0 || raw == "" && known[name] == ""):
		default:
			fields = append(fields, record.Field{Name: name, Raw: raw})
		}
	}
	set("alt_baro", `"ground"`, "0", "1000", "35000", "")
	set("category", `"A1"`, `"A3"`, `"B2"`, "")
	set("flight", `"SWR12"`, `"SWR9"`, `"DLH4"`, "")
	set("gs", "0", "1", "2", "3", "")
	if at := len(fields); known == nil || rng.IntN(3) == 0 {
		spot := spots[rng.IntN(len(spots))]
		if rng.IntN(8) == 0 {
			spot = [2]string{}
		}
		if spot[0] != "" || known["lat"] != "" {
			fields = append(fields[:at], record.Field{Name: "lat", Raw: spot[0]}, record.Field{Name: "lon", Raw: spot[1]})
		}
	}
	set("military", "true", "false", "")
	set("track", "10", "20", "")
	return fields
}
