package airspace

import (
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// The sorts of records of the topic of airspace: its field "kind".
const (
	IsAdvisory = "advisory"
	IsBoundary = "boundary"
)

// Advisory warns of the weather, or of something else, in a region and for a time.
type Advisory struct {
	Type     string // SIGMET, GAIRMET, CWA, TCF ..
	Hazard   string
	Severity string
	From, To Moment
	Lower    Feet
	Upper    Feet
	Region   string
	Text     string // as it was issued
	Shape    *Shape
}

// Fields gives the advisory as a record.
func (a *Advisory) Fields() record.Fields {
	b := builder{}
	b.text("kind", IsAdvisory)
	b.text("advisory_type", a.Type)
	b.text("type", a.Type)
	b.text("hazard", a.Hazard)
	b.text("severity", a.Severity)
	b.text("valid_from", a.From.String())
	b.text("valid_to", a.To.String())
	b.feet("lower_alt_ft", a.Lower)
	b.feet("upper_alt_ft", a.Upper)
	b.text("region", a.Region)
	b.text("raw_text", a.Text)
	b.shape(a.Shape)
	if a.Shape != nil {
		b.place(a.Shape.Centre(), "lat", "lon")
	}
	return b.done()
}

// Boundary is an airspace that is there for good.
type Boundary struct {
	Name, ICAO, Class string
	Floor, Ceiling    Feet
	Agency, Schedule  string
	Shape             *Shape
}

// Fields gives the boundary as a record. The centre and the radius are those of a
// circle that holds it.
func (a *Boundary) Fields() record.Fields {
	b := builder{}
	b.text("kind", IsBoundary)
	b.text("name", a.Name)
	b.text("icao", a.ICAO)
	b.text("class", a.Class)
	b.feet("floor", a.Floor)
	b.feet("ceiling", a.Ceiling)
	b.text("controlling_agency", a.Agency)
	b.text("schedule", a.Schedule)
	b.shape(a.Shape)
	if a.Shape != nil {
		centre := a.Shape.Centre()
		b.place(centre, "lat", "lon")
		b.set("radius", record.Number(a.Shape.RadiusNM(centre), 1))
	}
	return b.done()
}

// TFR is the type of a NOTAM that restricts flights in a region for a time.
const TFR = "TFR"

// NOTAM is a notice to airmen.
type NOTAM struct {
	Type           string // D, FDC, MIL, INTL or TFR
	Location       string
	Classification string
	Reason         string
	Text           string
	Start, End     Moment // 0 is not known, or, of the end, never
	Permanent      bool
	Fetched        Moment
	Centre         *geo.Point
	RadiusNM       float64
	Floor, Ceiling Feet
	Shape          *Shape
}

// Fields gives the NOTAM as a record.
func (n *NOTAM) Fields() record.Fields {
	b := builder{}
	b.text("type", n.Type)
	b.text("location", n.Location)
	b.text("classification", n.Classification)
	b.text("reason", n.Reason)
	b.text("text", n.Text)
	b.text("effective_start", n.Start.String())
	b.text("effective_end", n.End.String())
	b.text("fetched_at", n.Fetched.String())
	b.set("is_permanent", strconv.FormatBool(n.Permanent))
	b.feet("floor_ft", n.Floor)
	b.feet("ceiling_ft", n.Ceiling)
	b.shape(n.Shape)
	centre, radius := n.Centre, n.RadiusNM
	if centre == nil && n.Shape != nil {
		at := n.Shape.Centre()
		centre, radius = &at, n.Shape.RadiusNM(at)
	}
	if centre != nil && centre.Valid() {
		b.place(*centre, "latitude", "longitude")
		if radius > 0 && radius < 10_000 {
			b.set("radius_nm", record.Number(radius, 1))
		}
	}
	return b.done()
}

// builder collects fields. What has no value is left out.
type builder struct{ fields record.Fields }

func (b *builder) set(name, raw string) {
	if raw != "" {
		b.fields = append(b.fields, record.Field{Name: name, Raw: raw})
	}
}

// maxText is how long a text is told at most, in bytes: a record travels in one message.
const maxText = 64 << 10

func (b *builder) text(name, text string) {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	if text != "" {
		b.set(name, record.String(text))
	}
}

func (b *builder) feet(name string, f Feet) {
	if f.Known {
		b.set(name, record.Number(f.V, 0))
	}
}

func (b *builder) place(p geo.Point, lat, lon string) {
	b.set(lat, record.Number(p.Lat, decimals))
	b.set(lon, record.Number(p.Lon, decimals))
}

func (b *builder) shape(s *Shape) {
	if s != nil {
		b.set("polygon", string(s.AppendJSON(nil)))
	}
}

func (b *builder) done() record.Fields {
	b.fields.Sort()
	return b.fields
}

// Fingerprint gives a short text that is the same for the same texts only, nearly
// always: part of a key where an upstream gives none.
func Fingerprint(texts ...string) string {
	h := fnv.New64a()
	for _, text := range texts {
		_, _ = h.Write([]byte(text))
		_, _ = h.Write([]byte{0})
	}
	return strconv.FormatUint(h.Sum64(), 36)
}
