package boundaries

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/airspace"
	"github.com/skygate-io/skygate/pkg/poll"
	"github.com/skygate-io/skygate/pkg/record"
)

// Why a feature was refused.
const (
	BadFeature = "feature" // no feature of GeoJSON
	BadShape   = "shape"   // no region or line on the earth
)

// Decode implements [poll.Decode].
func Decode(_ context.Context, body []byte, _ poll.Get, _ time.Time) (poll.Found, error) {
	var found poll.Found
	var collection struct {
		Features *[]json.RawMessage `json:"features"`
	}
	if err := json.Unmarshal(body, &collection); err != nil {
		return found, poll.Refuse("not JSON: %v", err)
	}
	if collection.Features == nil {
		return found, poll.Refuse("no FeatureCollection of GeoJSON")
	}
	count := map[string]int{}
	for _, raw := range *collection.Features {
		b, key, reason := read(raw)
		if reason != "" {
			found.Refuse(reason)
			continue
		}
		count[key]++
		found.Items = append(found.Items, poll.Item{Key: key, Fields: b.Fields()})
	}
	for i := range found.Items {
		if item := &found.Items[i]; item.Key == "" || count[item.Key] > 1 {
			mark := airspace.Fingerprint(item.Fields.Get("polygon"), item.Fields.Get("floor"), item.Fields.Get("ceiling"))
			item.Key = strings.TrimPrefix(item.Key+"-"+mark, "-")
		}
	}
	return found, nil
}

// limit is an altitude: a number of feet, a text, or {value, ref}.
type limit struct{ airspace.Feet }

// UnmarshalJSON implements json.Unmarshaler. It does not fail.
func (l *limit) UnmarshalJSON(raw []byte) error {
	var inner struct {
		Value airspace.Text `json:"value"`
	}
	text := airspace.Text("")
	if json.Unmarshal(raw, &inner) == nil {
		text = inner.Value
	} else if json.Unmarshal(raw, &text) != nil {
		return nil
	}
	l.Feet = altitude(string(text))
	return nil
}

// altitude reads "FL 115", "F 3000" (feet), "3000 ft", "SFC", "3000".
func altitude(text string) airspace.Feet {
	text = strings.ToUpper(strings.TrimSpace(text))
	if strings.HasPrefix(text, "FL") || text == "SFC" || text == "GND" {
		return airspace.Level(text)
	}
	text = strings.TrimSpace(strings.TrimPrefix(text, "F"))
	text, _, _ = strings.Cut(text, " ")
	v, ok := record.Float(strings.TrimSuffix(text, "FT"))
	return airspace.AltitudeFeet(airspace.Number{V: v, Known: ok})
}

// read takes a feature apart, and says why it cannot be used.
func read(raw json.RawMessage) (b airspace.Boundary, key, reason string) {
	var feature struct {
		ID         airspace.Text   `json:"id"`
		Geometry   json.RawMessage `json:"geometry"`
		Properties struct {
			ID      airspace.Text `json:"id"`
			GUID    airspace.Text `json:"guid"`
			Name    airspace.Text `json:"name"`
			TxtName airspace.Text `json:"txtname"`
			Title   airspace.Text `json:"title"`
			ICAO    airspace.Text `json:"icao"`
			Ident   airspace.Text `json:"ident"`
			Class   airspace.Text `json:"class"`
			Class2  airspace.Text `json:"airspace_class"`
			Class3  airspace.Text `json:"category"`
			Class4  airspace.Text `json:"type"`
			Floor   limit         `json:"floor"`
			Ceiling limit         `json:"ceiling"`
			Lower   limit         `json:"lower"`
			Upper   limit         `json:"upper"`
			Limits  struct {
				Top    limit `json:"top"`
				Bottom limit `json:"bottom"`
			} `json:"alt_limits"`
			Agency   airspace.Text `json:"controlling_agency"`
			Schedule airspace.Text `json:"schedule"`
		} `json:"properties"`
	}
	if json.Unmarshal(raw, &feature) != nil {
		return b, "", BadFeature
	}
	p := &feature.Properties
	b = airspace.Boundary{
		Name:    string(cmp.Or(p.Name, p.TxtName, p.Title)),
		ICAO:    string(cmp.Or(p.ICAO, p.Ident)),
		Class:   string(cmp.Or(p.Class, p.Class2, p.Class3, p.Class4)),
		Floor:   cmp.Or(p.Floor, p.Lower, p.Limits.Bottom).Feet,
		Ceiling: cmp.Or(p.Ceiling, p.Upper, p.Limits.Top).Feet,
		Agency:  string(p.Agency), Schedule: string(p.Schedule),
	}
	var err error
	if b.Shape, err = airspace.FromGeoJSON(feature.Geometry); err != nil {
		return b, "", BadShape
	}
	return b, string(cmp.Or(feature.ID, p.ID, p.GUID, p.Name)), ""
}
