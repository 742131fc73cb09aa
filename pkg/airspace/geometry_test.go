package airspace_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/pkg/airspace"
	"github.com/skygate-io/skygate/pkg/geo"
)

func TestGeoJSON(t *testing.T) {
	for name, tc := range map[string]struct{ in, want string }{
		"a polygon":                 {`{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}`, `{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}`},
		"not closed":                {`{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2]]]}`, `{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,0]]]}`},
		"with a hole":               {`{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]],[[1,1],[2,1],[2,2],[1,1]]]}`, `{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]],[[1,1],[2,1],[2,2],[1,1]]]}`},
		"several":                   {`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1]]],[[[5,5],[6,5],[6,6]]]]}`, `{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]]}`},
		"several of one":            {`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1]]]]}`, `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`},
		"a line":                    {`{"type":"LineString","coordinates":[[0,0],[2,0]]}`, `{"type":"LineString","coordinates":[[0,0],[2,0]]}`},
		"lines":                     {`{"type":"MultiLineString","coordinates":[[[0,0],[2,0]],[[5,5],[6,6]]]}`, `{"type":"MultiLineString","coordinates":[[[0,0],[2,0]],[[5,5],[6,6]]]}`},
		"a point":                   {`{"type":"Point","coordinates":[8.5706,50.0333]}`, `{"type":"Point","coordinates":[8.5706,50.0333]}`},
		"with heights":              {`{"type":"LineString","coordinates":[[0,0,100],[2,0,100]]}`, `{"type":"LineString","coordinates":[[0,0],[2,0]]}`},
		"as texts":                  {`{"type":"LineString","coordinates":[["-92.18","58.35"],["-92.16","58.33"]]}`, `{"type":"LineString","coordinates":[[-92.18,58.35],[-92.16,58.33]]}`},
		"beyond 180":                {`{"type":"LineString","coordinates":[[179,0],[181,0]]}`, `{"type":"LineString","coordinates":[[179,0],[-179,0]]}`},
		"too precise":               {`{"type":"Point","coordinates":[-121.65169634,39.13396987]}`, `{"type":"Point","coordinates":[-121.6517,39.13397]}`},
		"one ring is bad":           {`{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2]],[[1,1]]]}`, `{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,0]]]}`},
		"null":                      {`null`, ""},
		"no coordinates":            {`{"type":"Polygon"}`, ""},
		"null coordinates":          {`{"type":"Polygon","coordinates":null}`, ""},
		"a null corner":             {`{"type":"LineString","coordinates":[[0,0],null]}`, ""},
		"a null in one":             {`{"type":"LineString","coordinates":[[0,0],[null,1]]}`, ""},
		"half a place":              {`{"type":"LineString","coordinates":[[0,0],[1]]}`, ""},
		"off the earth":             {`{"type":"LineString","coordinates":[[0,0],[0,91]]}`, ""},
		"lat and lon are exchanged": {`{"type":"Point","coordinates":[39,-121]}`, ""},
		"two corners":               {`{"type":"Polygon","coordinates":[[[0,0],[2,0]]]}`, ""},
		"another depth":             {`{"type":"Polygon","coordinates":[[0,0],[2,0],[2,2]]}`, ""},
		"another type":              {`{"type":"Curve","coordinates":[[0,0],[2,0]]}`, ""},
		"too many":                  {`{"type":"LineString","coordinates":[` + strings.Repeat("[0,0],", 20_000) + `[0,0]]}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := airspace.FromGeoJSON(json.RawMessage(tc.in))
			if (err == nil) != (tc.want != "") {
				t.Fatalf("%v, %v", s, err)
			}
			if err == nil && string(s.AppendJSON(nil)) != tc.want {
				t.Errorf("%s, want %s", s.AppendJSON(nil), tc.want)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	for name, tc := range map[string]struct {
		in   string
		line bool
		want string
	}{
		"an area":      {`[{"lat":0,"lon":0},{"lat":0,"lon":2},{"lat":2,"lon":2}]`, false, `{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,0]]]}`},
		"a line":       {`[{"lat":"58.35","lon":"-92.18"},{"lat":"58.33","lon":"-92.16"}]`, true, `{"type":"LineString","coordinates":[[-92.18,58.35],[-92.16,58.33]]}`},
		"two areas":    {`[[{"lat":0,"lon":0},{"lat":0,"lon":1},{"lat":1,"lon":1}],[{"lat":5,"lon":5},{"lat":5,"lon":6},{"lat":6,"lon":6}]]`, false, `{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]]}`},
		"two lines":    {`[[{"lat":0,"lon":0},{"lat":0,"lon":1}],[{"lat":5,"lon":5},{"lat":5,"lon":6}]]`, true, `{"type":"MultiLineString","coordinates":[[[0,0],[1,0]],[[5,5],[6,5]]]}`},
		"none":         {`[]`, false, ""},
		"null":         {`null`, false, ""},
		"null places":  {`[{"lat":null,"lon":null},{"lat":0,"lon":2},{"lat":2,"lon":2}]`, false, ""},
		"empty places": {`[{},{},{}]`, false, ""},
		"a text":       {`"x"`, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := airspace.FromPlaces(json.RawMessage(tc.in), tc.line)
			if (err == nil) != (tc.want != "") {
				t.Fatalf("%v, %v", s, err)
			}
			if err == nil && string(s.AppendJSON(nil)) != tc.want {
				t.Errorf("%s, want %s", s.AppendJSON(nil), tc.want)
			}
		})
	}
}

func TestCentre(t *testing.T) {
	for name, tc := range map[string]struct {
		in   string
		want geo.Point
	}{
		"a square":                {`{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}`, geo.Point{Lat: 1, Lon: 1}},
		"the other way round":     {`{"type":"Polygon","coordinates":[[[0,0],[0,2],[2,2],[2,0],[0,0]]]}`, geo.Point{Lat: 1, Lon: 1}},
		"many corners on a side":  {`{"type":"Polygon","coordinates":[[[0,0],[0.1,0],[0.2,0],[0.3,0],[2,0],[2,2],[0,2],[0,0]]]}`, geo.Point{Lat: 1, Lon: 1}},
		"over the antimeridian":   {`{"type":"Polygon","coordinates":[[[178,-1],[-178,-1],[-178,1],[178,1],[178,-1]]]}`, geo.Point{Lat: 0, Lon: 180}},
		"counted on beyond it":    {`{"type":"Polygon","coordinates":[[[178,-1],[184,-1],[184,1],[178,1],[178,-1]]]}`, geo.Point{Lat: 0, Lon: -179}},
		"two, one of them larger": {`{"type":"MultiPolygon","coordinates":[[[[0,0],[3,0],[3,1],[0,1]]],[[[10,0],[11,0],[11,1],[10,1]]]]}`, geo.Point{Lat: 0.5, Lon: 3.75}},
		"without an area":         {`{"type":"Polygon","coordinates":[[[0,0],[2,0],[4,0],[2,0]]]}`, geo.Point{Lat: 0, Lon: 1.6}},
		"a line":                  {`{"type":"LineString","coordinates":[[0,0],[2,4]]}`, geo.Point{Lat: 2, Lon: 1}},
		"a point":                 {`{"type":"Point","coordinates":[8,50]}`, geo.Point{Lat: 50, Lon: 8}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := airspace.FromGeoJSON(json.RawMessage(tc.in))
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Centre(); math.Abs(got.Lat-tc.want.Lat) > 1e-9 || math.Abs(math.Remainder(got.Lon-tc.want.Lon, 360)) > 1e-9 || !got.Valid() {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}

func TestCircle(t *testing.T) {
	at := geo.Point{Lat: 42.2658, Lon: -83.7486}
	s, err := airspace.Circle(at, 3)
	if err != nil {
		t.Fatal(err)
	}
	centre := s.Centre()
	if geo.DistanceNM(at, centre) > 0.01 || math.Abs(s.RadiusNM(centre)-3) > 0.01 {
		t.Errorf("%.3f nm around %v", s.RadiusNM(centre), centre)
	}
	for _, radius := range []float64{0, -1, math.NaN(), 5000} {
		if _, err := airspace.Circle(at, radius); err == nil {
			t.Errorf("a radius of %v", radius)
		}
	}
}

// FuzzShape: whatever is taken is on the earth, can be read again as the same, and has a
// centre that is on the earth.
func FuzzShape(f *testing.F) {
	for _, raw := range []string{
		`{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2]]]}`, `{"type":"MultiPolygon","coordinates":[[[[179,0],[181,0],[181,2]]]]}`,
		`[{"lat":"58.35","lon":-92.18},{"lat":1,"lon":2},{"lat":3,"lon":3}]`, `{"type":"Point","coordinates":[540,90]}`, `null`, `[[]]`, `[[{}]]`,
	} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		s, err := airspace.FromGeoJSON(json.RawMessage(raw))
		if err != nil {
			if s, err = airspace.FromPlaces(json.RawMessage(raw), len(raw)%2 == 0); err != nil {
				return
			}
		}
		text := s.AppendJSON(nil)
		if !json.Valid(text) {
			t.Fatalf("%s is no JSON", text)
		}
		if c := s.Centre(); !c.Valid() {
			t.Errorf("the centre of %s is %v", text, c)
		}
		again, err := airspace.FromGeoJSON(text)
		if err != nil {
			return // what was distinct to a metre only may be too little now
		}
		if back := again.AppendJSON(nil); string(back) != string(text) {
			t.Errorf("%s becomes %s", text, back)
		}
	})
}
