package rules

import (
	"encoding/json"
	"math"
	"strings"

	"github.com/skygate-io/skygate/pkg/geo"
)

// Bounds of a geofence.
const (
	maxPoints   = 500
	maxRadiusNM = 10_000 // the antipode is 10,807 NM away
)

// fence is a region of the earth.
type fence interface{ contains(p geo.Point) bool }

// circle is a region around a point, its edge included.
type circle struct {
	center   geo.Point
	radiusNM float64
	box      geo.Box
}

func newCircle(center geo.Point, radiusNM float64) *circle {
	return &circle{center, radiusNM, geo.Around(center, radiusNM)}
}

func (c *circle) contains(p geo.Point) bool {
	return c.box.Contains(p) && geo.DistanceNM(c.center, p) <= c.radiusNM
}

// polygon is a ring of points whose edges are straight on a map. Its longitudes
// are continuous from point to point, and so may lie beyond 180 degrees.
type polygon struct {
	points                   []geo.Point
	south, north, west, east float64
}

// newPolygon gives the polygon, or what is wrong with its points.
func newPolygon(path string, given []geo.Point) (*polygon, error) {
	if n := len(given); n > 1 && given[0] == given[n-1] {
		given = given[:n-1] // closed as GeoJSON is
	}
	if len(given) < 3 {
		return nil, wrong(path, "has %d corners; a polygon has at least 3", len(given))
	}
	p := &polygon{south: math.Inf(1), north: math.Inf(-1), west: math.Inf(1), east: math.Inf(-1)}
	area, lon := 0.0, given[0].Lon
	for i, at := range given {
		next := given[(i+1)%len(given)]
		step := math.Mod(next.Lon-at.Lon+540, 360) - 180
		if step == -180 {
			return nil, wrong(path, "the edge from corner %d to the next goes half around the earth, either way; put a corner between them", i)
		}
		p.points = append(p.points, geo.Point{Lat: at.Lat, Lon: lon})
		p.south, p.north = min(p.south, at.Lat), max(p.north, at.Lat)
		p.west, p.east = min(p.west, lon), max(p.east, lon)
		area += lon*next.Lat - (lon+step)*at.Lat
		lon += step
	}
	switch {
	case math.Abs(lon-given[0].Lon) > 1:
		return nil, wrong(path, "goes around a pole; use a circle there")
	case p.east-p.west >= 360:
		return nil, wrong(path, "goes all around the earth; make it narrower")
	case math.Abs(area) < 1e-9:
		return nil, wrong(path, "encloses nothing; its corners lie on one line")
	}
	return p, nil
}

// contains counts the edges north of the point on its meridian.
func (p *polygon) contains(at geo.Point) bool {
	if at.Lat < p.south || at.Lat > p.north {
		return false
	}
	x := at.Lon
	for x < p.west {
		x += 360
	}
	for x-360 >= p.west {
		x -= 360
	}
	if x > p.east {
		return false
	}
	inside := false
	b := p.points[len(p.points)-1]
	for _, a := range p.points {
		if (a.Lon > x) != (b.Lon > x) && at.Lat < a.Lat+(b.Lat-a.Lat)*(x-a.Lon)/(b.Lon-a.Lon) {
			inside = !inside
		}
		b = a
	}
	return inside
}

// corner is a point of a client's.
type corner struct {
	Lat *float64 `json:"lat"`
	Lon *float64 `json:"lon"`
}

func (c *corner) point(path string) (geo.Point, error) {
	if c == nil || c.Lat == nil || c.Lon == nil {
		return geo.Point{}, wrong(path, "is missing its lat or lon; write {\"lat\": 47.5, \"lon\": 8.5}")
	}
	p := geo.Point{Lat: *c.Lat, Lon: *c.Lon}
	if !p.Valid() {
		return p, wrong(path, "%v, %v is no position: lat is from -90 to 90, lon from -180 to 180", p.Lat, p.Lon)
	}
	return p, nil
}

// region is a geofence as clients write it.
type region struct {
	Type        string         `json:"type"`
	Center      *corner        `json:"center"`
	Lat         *float64       `json:"lat"`
	Lon         *float64       `json:"lon"`
	RadiusNM    *float64       `json:"radius_nm"`
	Points      []*corner      `json:"points"`
	Coordinates [][][2]float64 `json:"coordinates"`

	// What clients write beside it, and means nothing here.
	ID          json.RawMessage `json:"id"`
	Name        json.RawMessage `json:"name"`
	Description json.RawMessage `json:"description"`
	Enabled     json.RawMessage `json:"enabled"`
}

func parseFence(path string, raw json.RawMessage) (fence, error) {
	if kindOf(raw) != "an object" {
		return nil, wrong(path, "expected a geofence, an object of type circle or polygon, got %s", kindOf(raw))
	}
	var r region
	if err := strict(path, raw, &r); err != nil {
		return nil, err
	}
	switch {
	case strings.EqualFold(r.Type, "circle"), r.Type == "" && r.RadiusNM != nil:
		return r.circle(path)
	case strings.EqualFold(r.Type, "polygon"), r.Type == "" && (r.Points != nil || r.Coordinates != nil):
		return r.polygon(path)
	}
	return nil, wrong(path+".type", "%s is no type of geofence; there are circle and polygon", quote(r.Type))
}

func (r *region) circle(path string) (fence, error) {
	at := path + ".center"
	if r.Center == nil {
		r.Center, at = &corner{r.Lat, r.Lon}, path
	}
	center, err := r.Center.point(at)
	if err != nil {
		return nil, err
	}
	if r.RadiusNM == nil || !(*r.RadiusNM > 0 && *r.RadiusNM <= maxRadiusNM) {
		return nil, wrong(path+".radius_nm", "expected a number above 0 and up to %d (NM)", maxRadiusNM)
	}
	return newCircle(center, *r.RadiusNM), nil
}

func (r *region) polygon(path string) (fence, error) {
	at := path + ".points"
	corners := r.Points
	if corners == nil && r.Coordinates != nil {
		at = path + ".coordinates"
		if len(r.Coordinates) != 1 {
			return nil, wrong(at, "has %d rings; expected one, a polygon without holes", len(r.Coordinates))
		}
		for i := range r.Coordinates[0] {
			c := &r.Coordinates[0][i]
			corners = append(corners, &corner{Lat: &c[1], Lon: &c[0]})
		}
	}
	if len(corners) > maxPoints {
		return nil, wrong(at, "has %d points; at most %d are allowed", len(corners), maxPoints)
	}
	points := make([]geo.Point, len(corners))
	for i, c := range corners {
		p, err := c.point(indexed(at, i))
		if err != nil {
			return nil, err
		}
		points[i] = p
	}
	return newPolygon(at, points)
}
