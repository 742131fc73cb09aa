package tfr

import (
	"bytes"
	"encoding/xml"
	"errors"
	"strings"

	"github.com/skygate-io/skygate/pkg/airspace"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// detail is what the details say beyond the list.
type detail struct {
	modified       string // of the list's entry that they were asked for
	text           string
	facility       string
	start, end     airspace.Moment
	floor, ceiling airspace.Feet
	shape          *airspace.Shape
}

// complete adds it to what the list says. Where both know the area, the list's is taken:
// it is the one that others draw.
func (d *detail) complete(n *airspace.NOTAM) {
	if d.text != "" {
		n.Text = d.text
	}
	if n.Location == "" {
		n.Location = d.facility
	}
	n.Start, n.End, n.Floor, n.Ceiling = d.start, d.end, d.floor, d.ceiling
	if n.Shape == nil {
		n.Shape = d.shape
	}
}

// xnotam is the part of a file that is used.
//
//	XNOTAM-Update / Group / Add / Not
//	    NotUid, dateEffective, dateExpire, codeFacility, txtDescrTraditional
//	    TfrNot / TFRAreaGroup, one for each area
//	        aseTFRArea: altitudes, ScheduleGroup {dateEffective, dateExpire}
//	        abdMergedArea / Avx: the corners; or else aseShapes / Abd / Avx
type xnotam struct {
	Not []struct {
		Issued    string `xml:"NotUid>dateIssued"`
		Effective string `xml:"dateEffective"`
		Expire    string `xml:"dateExpire"`
		Facility  string `xml:"codeFacility"`
		Text      string `xml:"txtDescrTraditional"`
		Areas     []area `xml:"TfrNot>TFRAreaGroup"`
	} `xml:"Group>Add>Not"`
}

type area struct {
	Area struct {
		Upper     string `xml:"valDistVerUpper"`
		UpperUnit string `xml:"uomDistVerUpper"`
		Lower     string `xml:"valDistVerLower"`
		LowerUnit string `xml:"uomDistVerLower"`
		Schedule  []struct {
			Effective string `xml:"dateEffective"`
			Expire    string `xml:"dateExpire"`
		} `xml:"ScheduleGroup"`
	} `xml:"aseTFRArea"`
	Merged []corner `xml:"abdMergedArea>Avx"`
	Shapes []struct {
		Corners []corner `xml:"Abd>Avx"`
	} `xml:"aseShapes"`
}

// corner is a corner of an area, or a circle.
type corner struct {
	Type   string `xml:"codeType"`
	Lat    string `xml:"geoLat"`
	Lon    string `xml:"geoLong"`
	ArcLat string `xml:"geoLatArc"`
	ArcLon string `xml:"geoLongArc"`
	Radius string `xml:"valRadiusArc"`
	Unit   string `xml:"uomRadiusArc"`
}

// errDetail is returned for what is no file of details.
var errDetail = errors.New("tfr: no XNOTAM-Update with a NOTAM")

// parseDetail reads a file of details.
func parseDetail(body []byte) (*detail, error) {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	var x xnotam
	if err := xml.Unmarshal(body, &x); err != nil || len(x.Not) == 0 {
		return nil, errDetail
	}
	n := &x.Not[0]
	d := &detail{
		text: strings.TrimSpace(n.Text), facility: strings.TrimSpace(n.Facility),
		start: airspace.ParseMoment(n.Effective), end: airspace.ParseMoment(n.Expire),
	}
	var shapes []*airspace.Shape
	for i := range n.Areas {
		a := &n.Areas[i]
		d.vertical(a)
		if s := a.shape(); s != nil {
			shapes = append(shapes, s)
		}
	}
	d.shape = airspace.Join(shapes...)
	if d.end == 0 && len(n.Areas) > 0 {
		d.end = lastExpiry(n.Areas)
	}
	if d.end != 0 && d.start >= d.end {
		d.start = 0
	}
	return d, nil
}

// vertical widens the altitudes to those of one more area.
func (d *detail) vertical(a *area) {
	if f := altitude(a.Area.Lower, a.Area.LowerUnit); f.Known && (!d.floor.Known || f.V < d.floor.V) {
		d.floor = f
	}
	if f := altitude(a.Area.Upper, a.Area.UpperUnit); f.Known && (!d.ceiling.Known || f.V > d.ceiling.V) {
		d.ceiling = f
	}
}

func altitude(value, unit string) airspace.Feet {
	if strings.EqualFold(strings.TrimSpace(unit), "FL") {
		return airspace.Level(value)
	}
	v, ok := record.Float(strings.TrimSpace(value))
	return airspace.AltitudeFeet(airspace.Number{V: v, Known: ok})
}

// lastExpiry is when the last of the areas ends; 0 when one does not say.
func lastExpiry(areas []area) (last airspace.Moment) {
	for i := range areas {
		for _, s := range areas[i].Area.Schedule {
			end := airspace.ParseMoment(strings.TrimSpace(s.Expire))
			if end == 0 {
				return 0
			}
			last = max(last, end)
		}
	}
	return last
}

// shape gives the area as a polygon; nil when there is none.
func (a *area) shape() *airspace.Shape {
	if s := polygon(a.Merged); s != nil {
		return s
	}
	var all []*airspace.Shape
	for _, s := range a.Shapes {
		for _, c := range s.Corners {
			if circle := c.circle(); circle != nil {
				all = append(all, circle)
			}
		}
		if len(all) == 0 {
			all = append(all, polygon(s.Corners))
		}
	}
	return airspace.Join(all...)
}

func polygon(corners []corner) *airspace.Shape {
	var ring []geo.Point
	for _, c := range corners {
		p, ok := place(c.Lat, c.Lon)
		if !ok {
			return nil
		}
		ring = append(ring, p)
	}
	s, err := airspace.FromPoints(ring)
	if err != nil {
		return nil
	}
	return s
}

// circle gives a corner that is a circle as a polygon; nil when it is none.
func (c *corner) circle() *airspace.Shape {
	radius, ok := record.Float(strings.TrimSpace(c.Radius))
	if !ok || !strings.EqualFold(c.Type, "CIR") {
		return nil
	}
	centre, ok := place(c.ArcLat, c.ArcLon)
	if !ok {
		if centre, ok = place(c.Lat, c.Lon); !ok {
			return nil
		}
	}
	switch strings.ToUpper(strings.TrimSpace(c.Unit)) {
	case "KM":
		radius /= 1.852
	case "M":
		radius /= 1852
	case "FT":
		radius /= 6076.12
	}
	s, err := airspace.Circle(centre, radius)
	if err != nil {
		return nil
	}
	return s
}

// place reads 42.27416977N and 083.74861111W.
func place(lat, lon string) (p geo.Point, ok bool) {
	if p.Lat, ok = degrees(lat, "N", "S"); !ok {
		return p, false
	}
	p.Lon, ok = degrees(lon, "E", "W")
	return p, ok && p.Valid()
}

func degrees(text, plus, minus string) (float64, bool) {
	text = strings.TrimSpace(text)
	number, negative := strings.CutSuffix(text, minus)
	if !negative {
		number = strings.TrimSuffix(text, plus)
	}
	v, ok := record.Float(number)
	if negative {
		v = -v
	}
	return v, ok
}
