// Package view says what a session sees of a topic: which records (a [Filter])
// and which of their fields (a [View]).
//
// A filter never decodes a record: [Attributes] keep what filters read, decoded
// when a field changes, so that one change costs the same however many filters
// look at it.
//
// Nothing here starts a goroutine, reads a clock or does I/O.
package view

import (
	"encoding/json"

	"github.com/skygate-io/skygate/pkg/geo"
)

// Filter says which records of a topic a session sees: all conditions that are
// given must hold, and a record that lacks what a condition needs fails it. A
// nil Filter lets everything through. It is immutable and safe for concurrent
// use. It comes from [ParseFilter].
type Filter struct {
	canonical json.RawMessage

	keys   []string // sorted; nil when any key will do
	listed map[string]struct{}

	// flags are what military asks for: known&flagMask == flags.
	flagMask, flags flag
	onGround        *bool
	altitude        *band
	categories      []category
	prefixes        []prefix
	box             *geo.Box
	circle          *circle
}

// band is a range of altitudes in feet, both ends included.
type band struct{ min, max float64 }

// prefix is met by callsigns that are the text where the mask is set.
type prefix struct{ text, mask callsign }

// circle has its box beside it: few records need the distance computed.
type circle struct {
	center   geo.Point
	radiusNM float64
	box      geo.Box
}

// Canonical is the filter as JSON, the same text for all filters that mean the
// same; nil for a nil filter. It stays the filter's: do not write to it.
func (f *Filter) Canonical() json.RawMessage {
	if f == nil {
		return nil
	}
	return f.canonical
}

// Bounds is a region outside which nothing matches; ok is false when the filter
// names none. Of a box and a circle it is the smaller.
func (f *Filter) Bounds() (box geo.Box, ok bool) {
	switch {
	case f == nil || f.box == nil && f.circle == nil:
		return geo.Box{}, false
	case f.circle == nil:
		return *f.box, true
	case f.box == nil || f.circle.box.Share() < f.box.Share():
		return f.circle.box, true
	}
	return *f.box, true
}

// Keys are the only keys that can match, in upper case and sorted; ok is false
// when the filter names none. The list stays the filter's: do not write to it.
func (f *Filter) Keys() (keys []string, ok bool) {
	if f == nil {
		return nil, false
	}
	return f.keys, f.keys != nil
}

// Matches says whether the record with this key and these attributes is let
// through. Keys are compared as they are: a topic's are in upper case. It does
// not allocate.
func (f *Filter) Matches(key string, a *Attributes) bool {
	if f == nil {
		return true
	}
	if f.listed != nil {
		if _, ok := f.listed[key]; !ok {
			return false
		}
	}
	// The cheap ones first.
	return a.known&f.flagMask == f.flags &&
		(f.altitude == nil || f.altitudeHolds(a)) && (f.onGround == nil || f.groundHolds(a)) && f.placeHolds(a) &&
		(f.categories == nil || f.categoryHolds(a)) && (f.prefixes == nil || f.callsignHolds(a))
}

func (f *Filter) altitudeHolds(a *Attributes) bool {
	feet, ok := a.altitude()
	return ok && feet >= f.altitude.min && feet <= f.altitude.max
}

func (f *Filter) groundHolds(a *Attributes) bool {
	yes, ok := a.onGround()
	return ok && yes == *f.onGround
}

func (f *Filter) placeHolds(a *Attributes) bool {
	if f.box == nil && f.circle == nil {
		return true
	}
	p, ok := a.Position()
	if !ok || f.box != nil && !f.box.Contains(p) {
		return false
	}
	c := f.circle
	return c == nil || c.box.Contains(p) && geo.DistanceNM(c.center, p) <= c.radiusNM
}

func (f *Filter) categoryHolds(a *Attributes) bool {
	for i := range f.categories {
		if f.categories[i] == a.category {
			return true
		}
	}
	return false
}

func (f *Filter) callsignHolds(a *Attributes) bool {
	c := a.flight
	if c == 0 {
		c = a.callsign
	}
	for _, p := range f.prefixes {
		if c&p.mask == p.text {
			return true
		}
	}
	return false
}
