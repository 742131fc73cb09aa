package notams

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/skygate-io/skygate/pkg/airspace"
	"github.com/skygate-io/skygate/pkg/record"
)

// readFAA reads an item of the FAA's interface.
func readFAA(raw json.RawMessage) (n notice, ok bool) {
	var item struct {
		Geometry   json.RawMessage `json:"geometry"`
		Properties struct {
			Core *struct {
				NOTAM struct {
					Number         airspace.Text   `json:"number"`
					Type           airspace.Text   `json:"type"`
					Location       airspace.Text   `json:"location"`
					ICAOLocation   airspace.Text   `json:"icaoLocation"`
					Start          airspace.Moment `json:"effectiveStart"`
					End            airspace.Moment `json:"effectiveEnd"`
					Text           airspace.Text   `json:"text"`
					Classification airspace.Text   `json:"classification"`
					Coordinates    airspace.Text   `json:"coordinates"`
					Radius         airspace.Number `json:"radius"`
					MinimumFL      airspace.Text   `json:"minimumFL"`
					MaximumFL      airspace.Text   `json:"maximumFL"`
				} `json:"notam"`
				Translation []struct {
					Type          airspace.Text `json:"type"`
					SimpleText    airspace.Text `json:"simpleText"`
					FormattedText airspace.Text `json:"formattedText"`
				} `json:"notamTranslation"`
			} `json:"coreNOTAMData"`
		} `json:"properties"`
	}
	if json.Unmarshal(raw, &item) != nil || item.Properties.Core == nil {
		return n, false
	}
	core := item.Properties.Core
	in := &core.NOTAM
	n.Location = string(cmp.Or(in.ICAOLocation, in.Location))
	n.number, n.Text, n.Classification = string(in.Number), string(in.Text), string(in.Classification)
	n.Start, n.End = in.Start, in.End
	n.cancels = strings.EqualFold(string(in.Type), "C")
	n.Type = typeOf(n.Classification, n.Text)
	n.coordinates(string(in.Coordinates), in.Radius)
	n.Floor, n.Ceiling = airspace.Level(string(in.MinimumFL)), ceiling(string(in.MaximumFL))
	for _, t := range core.Translation {
		text := string(cmp.Or(t.FormattedText, t.SimpleText))
		if strings.Contains(text, "Q)") {
			n.fill(text)
		}
		if n.Text == "" {
			n.Text = text
		}
	}
	n.permanent(raw, "properties", "coreNOTAMData", "notam", "effectiveEnd")
	n.area(item.Geometry)
	return n, true
}

// permanent looks whether the end is said to be never.
func (n *notice) permanent(raw json.RawMessage, path ...string) {
	for _, name := range path {
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) != nil {
			return
		}
		raw = members[name]
	}
	var text airspace.Text
	if json.Unmarshal(raw, &text) == nil {
		n.until(string(text))
	}
}

// area takes the area of an item, if it has one.
func (n *notice) area(raw json.RawMessage) {
	var collection struct {
		Type       string            `json:"type"`
		Geometries []json.RawMessage `json:"geometries"`
	}
	if json.Unmarshal(raw, &collection) != nil {
		return
	}
	parts := collection.Geometries
	if collection.Type != "GeometryCollection" {
		parts = []json.RawMessage{raw}
	}
	var areas []*airspace.Shape
	for _, part := range parts {
		if s, err := airspace.FromGeoJSON(part); err == nil {
			areas = append(areas, s)
			if at := s.Centre(); s.Type == airspace.Point && n.Centre == nil {
				n.Centre = &at
			}
		}
	}
	if n.Shape = airspace.Join(areas...); n.Shape != nil {
		n.Centre = nil // that of the area
	}
}

// coordinates reads 4038N07346W, the FAA's place of a NOTAM.
func (n *notice) coordinates(text string, radius airspace.Number) {
	text = strings.ToUpper(text)
	if radius.Known && radius.V >= 0 && radius.V < 999 && !strings.ContainsAny(text[max(0, len(text)-1):], "0123456789") {
		text += record.Number(1000+radius.V, 0)[1:]
	}
	n.readPlace(text)
}

func ceiling(level string) airspace.Feet {
	if level == noUpper {
		return airspace.Feet{}
	}
	return airspace.Level(level)
}

// readSearch reads an entry of the FAA's search page.
func readSearch(raw json.RawMessage) (n notice, ok bool) {
	var in *struct {
		Number      airspace.Text   `json:"notamNumber"`
		Facility    airspace.Text   `json:"facilityDesignator"`
		ICAO        airspace.Text   `json:"icaoId"`
		Start       airspace.Moment `json:"startDate"`
		End         airspace.Text   `json:"endDate"`
		ICAOMessage airspace.Text   `json:"icaoMessage"`
		Traditional airspace.Text   `json:"traditionalMessage"`
		Source      airspace.Text   `json:"sourceType"`
		Over        bool            `json:"cancelledOrExpired"`
	}
	if json.Unmarshal(raw, &in) != nil || in == nil {
		return n, false
	}
	icao := strings.TrimSpace(string(in.ICAOMessage))
	n.Location, n.number = string(cmp.Or(in.ICAO, in.Facility)), string(in.Number)
	n.Text = strings.TrimSpace(string(cmp.Or(in.Traditional, in.ICAOMessage)))
	n.Classification, n.Start, n.cancels = string(in.Source), in.Start, in.Over
	n.End = airspace.ParseMoment(strings.TrimSuffix(string(in.End), "EST"))
	n.Permanent = strings.EqualFold(string(in.End), "PERM")
	n.Type = typeOf(n.Classification, n.Text)
	n.fill(icao)
	return n, true
}

// readAVWX reads a NOTAM as AVWX has taken it apart, or {data: ..} with one.
func readAVWX(raw json.RawMessage) (n notice, ok bool) {
	type when struct {
		Repr airspace.Text   `json:"repr"`
		DT   airspace.Moment `json:"dt"`
	}
	var in struct {
		Data       json.RawMessage `json:"data"`
		Raw        airspace.Text   `json:"raw"`
		Body       airspace.Text   `json:"body"`
		Number     airspace.Text   `json:"number"`
		Replaces   airspace.Text   `json:"replaces"`
		Station    airspace.Text   `json:"station"`
		Start      *when           `json:"start_time"`
		End        *when           `json:"end_time"`
		Qualifiers *struct {
			Repr airspace.Text `json:"repr"`
		} `json:"qualifiers"`
		Type *struct {
			Repr airspace.Text `json:"repr"`
		} `json:"type"`
	}
	if json.Unmarshal(raw, &in) != nil {
		return n, false
	}
	if in.Data != nil {
		inner := in.Data
		in.Data = nil
		if json.Unmarshal(inner, &in) != nil || in.Data != nil {
			return n, false
		}
	}
	n.Location, n.number, n.replaces = string(in.Station), string(in.Number), string(in.Replaces)
	n.Text = string(cmp.Or(in.Raw, in.Body))
	n.Type = typeOf("", n.Text)
	if in.Type != nil {
		n.cancels = in.Type.Repr == "NOTAMC"
	}
	if in.Start != nil {
		n.Start = cmp.Or(icaoTime(string(in.Start.Repr)), in.Start.DT)
	}
	if in.End != nil {
		n.End = in.End.DT
		n.until(string(in.End.Repr))
	}
	n.fill(string(in.Raw))
	if in.Qualifiers != nil {
		n.readQ(string(in.Qualifiers.Repr))
	}
	return n, true
}
