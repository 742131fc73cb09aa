package awc

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/airspace"
	"github.com/skygate-io/skygate/pkg/poll"
	"github.com/skygate-io/skygate/pkg/record"
)

// Why an advisory, or a part of it, was refused.
const (
	BadKind  = "kind"  // none of those that are known
	BadTimes = "times" // it does not say until when it holds
	BadShape = "shape" // no place on the earth; the rest of it is used
)

// Decode implements [poll.Decode].
func Decode(_ context.Context, body []byte, _ poll.Get, _ time.Time) (poll.Found, error) {
	var found poll.Found
	entries, err := split(body)
	if err != nil {
		return found, err
	}
	items := make([]advisory, 0, len(entries))
	for _, raw := range entries {
		a, reason := read(raw)
		if reason != "" {
			found.Refuse(reason)
			continue
		}
		if a.badShape {
			found.Refuse(BadShape)
		}
		items = append(items, a)
	}
	found.Items = keyed(items)
	return found, nil
}

// split gives the entries of a list, or of a FeatureCollection.
func split(body []byte) ([]json.RawMessage, error) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return nil, nil
	}
	var list []json.RawMessage
	if body[0] == '[' {
		if err := json.Unmarshal(body, &list); err != nil {
			return nil, poll.Refuse("not a list of JSON: %v", err)
		}
		return list, nil
	}
	var collection struct {
		Type     string             `json:"type"`
		Features *[]json.RawMessage `json:"features"`
	}
	if err := json.Unmarshal(body, &collection); err != nil {
		return nil, poll.Refuse("not JSON: %v", err)
	}
	if collection.Features == nil {
		return nil, poll.Refuse("neither a list nor a FeatureCollection")
	}
	return *collection.Features, nil
}

// advisory is one that was read, with what its key is made of.
type advisory struct {
	airspace.Advisory
	key      []string
	badShape bool
}

// entry has the fields of all products.
type entry struct {
	// airsigmet, isigmet, cwa
	AirSigmetType airspace.Text   `json:"airSigmetType"`
	FirID         airspace.Text   `json:"firId"`
	FirName       airspace.Text   `json:"firName"`
	Cwsu          airspace.Text   `json:"cwsu"`
	SeriesID      airspace.Text   `json:"seriesId"`
	IcaoID        airspace.Text   `json:"icaoId"`
	Hazard        airspace.Text   `json:"hazard"`
	Qualifier     airspace.Text   `json:"qualifier"`
	Severity      airspace.Text   `json:"severity"`
	ValidTimeFrom airspace.Moment `json:"validTimeFrom"`
	ValidTimeTo   airspace.Moment `json:"validTimeTo"`
	AltitudeLow1  airspace.Number `json:"altitudeLow1"`
	AltitudeLow2  airspace.Number `json:"altitudeLow2"`
	AltitudeHi1   airspace.Number `json:"altitudeHi1"`
	AltitudeHi2   airspace.Number `json:"altitudeHi2"`
	RawAirSigmet  airspace.Text   `json:"rawAirSigmet"`
	RawSigmet     airspace.Text   `json:"rawSigmet"`
	CwaText       airspace.Text   `json:"cwaText"`
	// gairmet
	Product      airspace.Text   `json:"product"`
	Tag          airspace.Text   `json:"tag"`
	ForecastHour airspace.Text   `json:"forecastHour"`
	ValidTime    airspace.Moment `json:"validTime"`
	ExpireTime   airspace.Moment `json:"expireTime"`
	Level        airspace.Text   `json:"level"`
	Base         airspace.Text   `json:"base"`
	Top          airspace.Text   `json:"top"`
	DueTo        airspace.Text   `json:"due_to"`
	// tcf
	Data       airspace.Text `json:"data"`
	Coverage   airspace.Text `json:"coverage"`
	Confidence airspace.Text `json:"confidence"`
	Tops       airspace.Text `json:"tops"`

	Geom         airspace.Text   `json:"geom"`
	GeometryType airspace.Text   `json:"geometryType"`
	Coords       json.RawMessage `json:"coords"`
}

// read takes one entry apart, and says why it cannot be used.
func read(raw json.RawMessage) (a advisory, reason string) {
	var feature struct {
		Properties json.RawMessage `json:"properties"`
		Geometry   json.RawMessage `json:"geometry"`
	}
	var e entry
	fields := raw
	if json.Unmarshal(raw, &feature) == nil && feature.Properties != nil {
		fields = feature.Properties
	}
	if json.Unmarshal(fields, &e) != nil {
		return a, BadKind
	}
	if reason := e.fill(&a); reason != "" {
		return a, reason
	}
	var err error
	switch {
	case present(e.Coords):
		a.Shape, err = airspace.FromPlaces(e.Coords, e.isLine())
	case present(feature.Geometry):
		a.Shape, err = airspace.FromGeoJSON(feature.Geometry)
	}
	a.badShape = err != nil
	return a, ""
}

// present says whether a value is more than null and more than an empty list.
func present(raw json.RawMessage) bool {
	text := string(bytes.TrimSpace(raw))
	return text != "" && text != "null" && text != "[]"
}

func (e *entry) isLine() bool {
	kind := e.GeometryType
	if kind == "" {
		kind = e.Geom
	}
	return strings.EqualFold(string(kind), "LINE")
}

// fill gives an advisory what the product says, and tells which product it is.
func (e *entry) fill(a *advisory) (reason string) {
	a.Hazard, a.Severity, a.From, a.To = string(e.Hazard), string(e.Severity), e.ValidTimeFrom, e.ValidTimeTo
	switch {
	case e.AirSigmetType != "":
		a.Type, a.Region, a.Text = string(e.AirSigmetType), string(e.IcaoID), string(e.RawAirSigmet)
		a.Lower, a.Upper = airspace.AltitudeFeet(lowest(e.AltitudeLow1, e.AltitudeLow2)), airspace.AltitudeFeet(e.AltitudeHi1)
		a.key = []string{a.Type, string(e.IcaoID), string(e.SeriesID), from(a.From)}
	case e.Product != "":
		e.fillGAirmet(a)
	case e.Cwsu != "":
		a.Type, a.Region, a.Text = "CWA", string(e.Cwsu), string(e.CwaText)
		a.Lower, a.Upper = feetOrLevel(e.Base), feetOrLevel(e.Top)
		a.key = []string{a.Type, a.Region, string(e.SeriesID), from(a.From)}
	case e.FirID != "":
		a.Type, a.Region, a.Text = "SIGMET", string(e.FirID), string(e.RawSigmet)
		a.Lower, a.Upper = feetOrLevel(e.Base), feetOrLevel(e.Top)
		a.key = []string{a.Type, a.Region, string(e.IcaoID), string(e.SeriesID), from(a.From)}
	case strings.EqualFold(string(e.Data), "tcf"):
		a.Type, a.Hazard, a.Severity = "TCF", "CONVECTIVE", string(e.Coverage)
		a.From, a.Upper = e.ValidTime, airspace.Level(string(e.Tops))
		a.To = a.From + tcfEvery
		a.key = []string{a.Type, from(a.From)}
	default:
		return BadKind
	}
	if a.From == 0 || a.To <= a.From {
		return BadTimes
	}
	return ""
}

// The pictures of a forecast are so far apart, in milliseconds.
const (
	gairmetEvery = airspace.Moment(3 * time.Hour / time.Millisecond)
	tcfEvery     = airspace.Moment(2 * time.Hour / time.Millisecond)
)

func (e *entry) fillGAirmet(a *advisory) {
	a.Type, a.Region, a.Text = "GAIRMET", string(e.Tag), string(e.DueTo)
	a.Lower, a.Upper = airspace.Level(string(e.Base)), airspace.Level(string(e.Top))
	if e.Level != "" { // a line at one level
		a.Lower = airspace.Level(string(e.Level))
		a.Upper = a.Lower
	}
	a.From = e.ValidTime
	a.To = max(e.ExpireTime, a.From+gairmetEvery)
	a.key = []string{a.Type, string(e.Product), string(e.Tag), a.Hazard, string(e.Level), from(a.From)}
}

// lowest is the lower of two altitudes of which each may be missing.
func lowest(a, b airspace.Number) airspace.Number {
	if !a.Known || b.Known && b.V < a.V {
		return b
	}
	return a
}

// feetOrLevel reads an altitude that is in feet or in hundreds of them. No advisory is
// about less than a thousand feet alone, and none about more than a hundred thousand.
func feetOrLevel(text airspace.Text) airspace.Feet {
	v, ok := record.Float(string(text))
	if ok && v >= 1000 {
		return airspace.AltitudeFeet(airspace.Number{V: v, Known: true})
	}
	return airspace.Level(string(text))
}

func from(m airspace.Moment) string { return strconv.FormatInt(int64(m)/1000, 10) }

// keyed gives the records their keys. Where several would have the same, where they are
// is part of it.
func keyed(all []advisory) []poll.Item {
	several := map[string]int{}
	for i := range all {
		several[strings.Join(all[i].key, "-")]++
	}
	items := make([]poll.Item, 0, len(all))
	for i := range all {
		a := &all[i]
		key, fields := strings.Join(a.key, "-"), a.Fields()
		if several[key] > 1 {
			key += "-" + airspace.Fingerprint(fields.Get("polygon"), fields.Get("raw_text"))
		}
		items = append(items, poll.Item{Key: key, Fields: fields, From: int64(a.From), Until: int64(a.To)})
	}
	return items
}
