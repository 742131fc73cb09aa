package airspace

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// mostPoints is how many points a shape has at most: some hundred times as many as the
// largest ones that are published.
const mostPoints = 20_000

// decimals is how precisely places are told: five are a metre.
const decimals = 5

// ErrShape is returned for what is no shape on the earth, or one with too many points.
var ErrShape = errors.New("airspace: no shape on the earth")

// The types of shapes, as in GeoJSON.
const (
	Point    = "Point"
	Line     = "LineString"
	Lines    = "MultiLineString"
	Polygon  = "Polygon"
	Polygons = "MultiPolygon"
)

// Shape is a region or a line on the earth: a polygon's rings, of which each ends where
// it begins, or lines. One that crosses the antimeridian has longitudes on both sides.
type Shape struct {
	Type string
	// Parts are polygons of rings (the first is the outer one), or one list of lines.
	Parts [][][]geo.Point
}

// place is a place as one upstream or another writes it.
type place struct {
	Lat Number `json:"lat"`
	Lon Number `json:"lon"`
}

// FromPlaces reads [{lat, lon}, ..], or a list of such lists, as an area or as a line.
func FromPlaces(raw json.RawMessage, line bool) (*Shape, error) {
	var several [][]place
	if json.Unmarshal(raw, &several) != nil {
		var one []place
		if json.Unmarshal(raw, &one) != nil {
			return nil, ErrShape
		}
		several = [][]place{one}
	}
	var lines [][]geo.Point
	for _, places := range several {
		points := make([]geo.Point, 0, len(places)+1)
		for _, p := range places {
			if !p.Lat.Known || !p.Lon.Known {
				return nil, ErrShape
			}
			points = append(points, geo.Point{Lat: p.Lat.V, Lon: p.Lon.V})
		}
		lines = append(lines, points)
	}
	if line {
		return finish(Line, [][][]geo.Point{lines})
	}
	parts := make([][][]geo.Point, len(lines))
	for i := range lines {
		parts[i] = lines[i : i+1]
	}
	return finish(Polygon, parts)
}

// FromPoints gives the area that points go around.
func FromPoints(rings ...[]geo.Point) (*Shape, error) {
	parts := make([][][]geo.Point, len(rings))
	for i := range rings {
		parts[i] = [][]geo.Point{slices.Clone(rings[i])}
	}
	return finish(Polygon, parts)
}

// FromGeoJSON reads a geometry. A third number of a
// place, its height, is not used.
func FromGeoJSON(raw json.RawMessage) (*Shape, error) {
	var g struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	if json.Unmarshal(raw, &g) != nil {
		return nil, ErrShape
	}
	var err error
	var parts [][][]position
	switch g.Type {
	case Point:
		parts = [][][]position{{{nil}}}
		err = json.Unmarshal(g.Coordinates, &parts[0][0][0])
	case Line:
		parts = [][][]position{{nil}}
		err = json.Unmarshal(g.Coordinates, &parts[0][0])
	case Lines, Polygon:
		parts = [][][]position{nil}
		err = json.Unmarshal(g.Coordinates, &parts[0])
	case Polygons:
		err = json.Unmarshal(g.Coordinates, &parts)
	default:
		err = ErrShape
	}
	if err != nil {
		return nil, ErrShape
	}
	out := make([][][]geo.Point, len(parts))
	for i, rings := range parts {
		for _, ring := range rings {
			points := make([]geo.Point, 0, len(ring)+1)
			for _, p := range ring {
				if len(p) < 2 || !p[0].Known || !p[1].Known {
					return nil, ErrShape
				}
				points = append(points, geo.Point{Lat: p[1].V, Lon: p[0].V})
			}
			out[i] = append(out[i], points)
		}
	}
	return finish(g.Type, out)
}

// position is a place in GeoJSON: longitude, latitude, and what else there is.
type position []Number

// finish checks the points, closes rings and gives the type that the shape has.
func finish(kind string, parts [][][]geo.Point) (*Shape, error) {
	area, n := kind == Polygon || kind == Polygons, 0
	s := &Shape{Type: kind}
	for _, rings := range parts {
		var kept [][]geo.Point
		for _, ring := range rings {
			for i := range ring {
				if ring[i].Lon = wrap(ring[i].Lon); !ring[i].Valid() {
					return nil, ErrShape
				}
			}
			if n += len(ring); n > mostPoints {
				return nil, ErrShape
			}
			if ring = closed(ring, area); len(ring) >= least(kind) {
				kept = append(kept, ring)
			}
		}
		if kept != nil {
			s.Parts = append(s.Parts, kept)
		}
	}
	switch {
	case len(s.Parts) == 0:
		return nil, ErrShape
	case area && len(s.Parts) == 1:
		s.Type = Polygon
	case area:
		s.Type = Polygons
	case kind == Line && len(s.Parts[0]) > 1:
		s.Type = Lines
	}
	return s, nil
}

// least is how many points a line or a closed ring has at least.
func least(kind string) int {
	switch kind {
	case Point:
		return 1
	case Line, Lines:
		return 2
	}
	return 4
}

func closed(ring []geo.Point, area bool) []geo.Point {
	if area && len(ring) > 0 && ring[0] != ring[len(ring)-1] {
		ring = append(ring, ring[0])
	}
	return ring
}

// wrap brings a longitude that goes on beyond the antimeridian back to -180 to 180.
func wrap(lon float64) float64 {
	switch {
	case lon > 180 && lon <= 540:
		return lon - 360
	case lon < -180 && lon >= -540:
		return lon + 360
	}
	return lon
}

// AppendJSON appends the shape as GeoJSON, to a metre.
func (s *Shape) AppendJSON(dst []byte) []byte {
	dst = record.AppendString(append(dst, `{"type":`...), s.Type)
	dst = append(dst, `,"coordinates":`...)
	switch s.Type {
	case Point:
		dst = appendPlace(dst, s.Parts[0][0][0])
	case Line:
		dst = appendLine(dst, s.Parts[0][0])
	case Lines, Polygon:
		dst = appendList(dst, s.Parts[0], appendLine)
	default:
		dst = appendList(dst, s.Parts, func(dst []byte, rings [][]geo.Point) []byte { return appendList(dst, rings, appendLine) })
	}
	return append(dst, '}')
}

func appendList[T any](dst []byte, list []T, add func([]byte, T) []byte) []byte {
	dst = append(dst, '[')
	for i := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = add(dst, list[i])
	}
	return append(dst, ']')
}

func appendLine(dst []byte, line []geo.Point) []byte { return appendList(dst, line, appendPlace) }

func appendPlace(dst []byte, p geo.Point) []byte {
	dst = append(append(dst, '['), record.Number(p.Lon, decimals)...)
	return append(append(append(dst, ','), record.Number(p.Lat, decimals)...), ']')
}

// Join gives several areas as one; nil of none.
func Join(areas ...*Shape) *Shape {
	out := &Shape{Type: Polygons}
	for _, s := range areas {
		if s != nil && (s.Type == Polygon || s.Type == Polygons) {
			out.Parts = append(out.Parts, s.Parts...)
		}
	}
	switch len(out.Parts) {
	case 0:
		return nil
	case 1:
		out.Type = Polygon
	}
	return out
}

// Circle gives the area around a point as a polygon of 64 corners, which is within 0.13
// percent of the circle.
func Circle(centre geo.Point, radiusNM float64) (*Shape, error) {
	if !centre.Valid() || !(radiusNM > 0 && radiusNM < 1000) {
		return nil, ErrShape
	}
	ring := make([]geo.Point, 64)
	for i := range ring {
		ring[i] = geo.Destination(centre, 360*float64(i)/64, radiusNM)
	}
	return FromPoints(ring)
}
