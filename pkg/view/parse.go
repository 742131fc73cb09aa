package view

import (
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/skygate-io/skygate/pkg/geo"
)

// Limits of a filter, so that no client makes matching dear for the others.
const (
	maxBytes    = 64 << 10
	maxRadiusNM = 20000 // the whole earth
)

// The lists of a filter: how long, of what.
var (
	icaoWords     = words{entries: 1000, length: 16, allowed: keyByte, hint: "letters, digits and ~"}
	prefixWords   = words{entries: 100, length: prefixLength, allowed: printable, hint: "printable ASCII"}
	categoryWords = words{entries: 50, length: categoryLength, allowed: printable, hint: "printable ASCII"}
)

// conditions are a filter as its JSON; the order is that of the canonical form.
type conditions struct {
	Altitude       *altitude `json:"altitude,omitempty"`
	BBox           *bbox     `json:"bbox,omitempty"`
	CallsignPrefix []string  `json:"callsign_prefix,omitempty"`
	Category       []string  `json:"category,omitempty"`
	Center         *center   `json:"center,omitempty"`
	ICAO           []string  `json:"icao,omitempty"`
	Military       *bool     `json:"military,omitempty"`
	OnGround       *bool     `json:"on_ground,omitempty"`
}

type altitude struct {
	Min *float64 `json:"min,omitempty"`
	Max *float64 `json:"max,omitempty"`
}

type bbox struct {
	North float64 `json:"north"`
	South float64 `json:"south"`
	East  float64 `json:"east"`
	West  float64 `json:"west"`
}

type center struct {
	Lat      float64 `json:"lat"`
	Lon      float64 `json:"lon"`
	RadiusNM float64 `json:"radius_nm"`
}

// readers read each condition; their names are all there are.
var readers = map[string]func(c *conditions, path string, raw json.RawMessage) error{
	"altitude": func(c *conditions, path string, raw json.RawMessage) (err error) {
		c.Altitude, err = readAltitude(path, raw)
		return err
	},
	"bbox": func(c *conditions, path string, raw json.RawMessage) (err error) {
		c.BBox, err = readBBox(path, raw)
		return err
	},
	"callsign_prefix": func(c *conditions, path string, raw json.RawMessage) (err error) {
		c.CallsignPrefix, err = prefixWords.read(path, raw)
		c.CallsignPrefix = withoutLonger(c.CallsignPrefix)
		return err
	},
	"category": func(c *conditions, path string, raw json.RawMessage) (err error) {
		c.Category, err = categoryWords.read(path, raw)
		return err
	},
	"center": func(c *conditions, path string, raw json.RawMessage) (err error) {
		c.Center, err = readCenter(path, raw)
		return err
	},
	"icao": func(c *conditions, path string, raw json.RawMessage) (err error) {
		c.ICAO, err = icaoWords.read(path, raw)
		return err
	},
	"military": func(c *conditions, path string, raw json.RawMessage) (err error) {
		c.Military, err = readBool(path, raw)
		return err
	},
	"on_ground": func(c *conditions, path string, raw json.RawMessage) (err error) {
		c.OnGround, err = readBool(path, raw)
		return err
	},
}

// IsCondition says whether a name is that of a condition of filters.
func IsCondition(name string) bool { return readers[name] != nil }

// ParseFilter reads a client's filter; nothing, null and {} give nil, and so
// does one whose conditions are all null. Its error is a [*FilterError].
func ParseFilter(raw json.RawMessage) (*Filter, error) {
	if len(raw) > maxBytes {
		return nil, wrong("", "a filter of %d bytes is too long: at most %d", len(raw), maxBytes)
	}
	if len(strings.TrimSpace(string(raw))) == 0 {
		return nil, nil
	}
	given := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &given); err != nil {
		if other := (*json.UnmarshalTypeError)(nil); errors.As(err, &other) {
			return nil, expected("", "an object", raw)
		}
		return nil, wrong("", "not JSON: %v", err)
	}
	var c conditions
	for _, name := range slices.Sorted(maps.Keys(given)) {
		read := readers[name]
		if read == nil {
			return nil, wrong("", "unknown condition %s; there are: %s", quote(name), list(readers))
		}
		if isNull(given[name]) {
			continue
		}
		if err := read(&c, name, given[name]); err != nil {
			return nil, err
		}
	}
	return c.filter()
}

// filter makes what is matched with of what was read.
func (c *conditions) filter() (*Filter, error) {
	canonical, err := json.Marshal(c)
	if err != nil || string(canonical) == "{}" {
		return nil, err
	}
	f := &Filter{canonical: canonical, keys: c.ICAO, onGround: c.OnGround}
	if c.ICAO != nil {
		f.listed = make(map[string]struct{}, len(c.ICAO))
		for _, key := range c.ICAO {
			f.listed[key] = struct{}{}
		}
	}
	if c.Military != nil {
		f.flagMask, f.flags = hasMilitary|isMilitary, hasMilitary
		if *c.Military {
			f.flags |= isMilitary
		}
	}
	if c.Altitude != nil {
		f.altitude = &band{min: math.Inf(-1), max: math.Inf(1)}
		if c.Altitude.Min != nil {
			f.altitude.min = *c.Altitude.Min
		}
		if c.Altitude.Max != nil {
			f.altitude.max = *c.Altitude.Max
		}
	}
	if c.BBox != nil {
		f.box = &geo.Box{North: c.BBox.North, South: c.BBox.South, East: c.BBox.East, West: c.BBox.West}
	}
	if c.Center != nil {
		at := geo.Point{Lat: c.Center.Lat, Lon: c.Center.Lon}
		f.circle = &circle{center: at, radiusNM: c.Center.RadiusNM, box: geo.Around(at, c.Center.RadiusNM)}
	}
	for _, text := range c.Category {
		f.categories = append(f.categories, categoryFrom(text))
	}
	for _, text := range c.CallsignPrefix {
		mask := ^callsign(0) << (8 * (prefixLength - len(text)))
		f.prefixes = append(f.prefixes, prefix{text: pack(text), mask: mask})
	}
	return f, nil
}

func readAltitude(path string, raw json.RawMessage) (*altitude, error) {
	given, err := object(path, raw, "max", "min")
	if err != nil {
		return nil, err
	}
	a := &altitude{}
	for _, end := range []struct {
		name string
		into **float64
	}{{"min", &a.Min}, {"max", &a.Max}} {
		if raw, ok := given[end.name]; ok {
			v, err := number(path+"."+end.name, raw)
			if err != nil {
				return nil, err
			}
			*end.into = &v
		}
	}
	switch {
	case a.Min == nil && a.Max == nil:
		return nil, wrong(path, "min, max or both are needed")
	case a.Min != nil && a.Max != nil && *a.Min > *a.Max:
		return nil, wrong(path, "min %s is above max %s", cut(given["min"]), cut(given["max"]))
	}
	return a, nil
}

func readBBox(path string, raw json.RawMessage) (*bbox, error) {
	given, err := object(path, raw, "east", "north", "south", "west")
	if err != nil {
		return nil, err
	}
	b := &bbox{}
	for _, edge := range []struct {
		name  string
		bound float64
		into  *float64
	}{{"north", 90, &b.North}, {"south", 90, &b.South}, {"east", 180, &b.East}, {"west", 180, &b.West}} {
		if *edge.into, err = degrees(path+"."+edge.name, given[edge.name], edge.bound); err != nil {
			return nil, err
		}
	}
	if b.North < b.South {
		return nil, wrong(path, "north %s is below south %s", cut(given["north"]), cut(given["south"]))
	}
	b.settle()
	return b, nil
}

// settle gives the one meridian that has two names the one that makes the box
// cross nothing, where that is possible.
func (b *bbox) settle() {
	atEast, atWest := math.Abs(b.East) == 180, math.Abs(b.West) == 180
	switch {
	case atEast && atWest && b.West < b.East: // all around
	case atEast && atWest:
		b.East, b.West = 180, 180
	case atEast:
		b.East = 180
	case atWest:
		b.West = -180
	}
}

func readCenter(path string, raw json.RawMessage) (*center, error) {
	given, err := object(path, raw, "lat", "lon", "radius_nm")
	if err != nil {
		return nil, err
	}
	c := &center{}
	if c.Lat, err = degrees(path+".lat", given["lat"], 90); err != nil {
		return nil, err
	}
	if c.Lon, err = degrees(path+".lon", given["lon"], 180); err != nil {
		return nil, err
	}
	if c.RadiusNM, err = number(path+".radius_nm", given["radius_nm"]); err != nil {
		return nil, err
	}
	if c.RadiusNM <= 0 || c.RadiusNM > maxRadiusNM {
		return nil, wrong(path+".radius_nm", "%s is out of range: above 0, at most %d", cut(given["radius_nm"]), maxRadiusNM)
	}
	switch {
	case math.Abs(c.Lat) == 90:
		c.Lon = 0 // at a pole all are the same
	case c.Lon == -180:
		c.Lon = 180
	}
	return c, nil
}

// withoutLonger drops prefixes that begin with another one: they change nothing.
func withoutLonger(sorted []string) (out []string) {
	for _, text := range sorted {
		if len(out) == 0 || !strings.HasPrefix(text, out[len(out)-1]) {
			out = append(out, text)
		}
	}
	return out
}
