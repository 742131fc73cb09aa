package view_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/pkg/view"
)

func mustParse(t testing.TB, raw string) *view.Filter {
	t.Helper()
	f, err := view.ParseFilter(json.RawMessage(raw))
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return f
}

func TestCanonical(t *testing.T) {
	for name, tc := range map[string]struct{ raw, want string }{
		"nothing":                    {``, ``},
		"blanks":                     {" \n", ``},
		"null":                       {`null`, ``},
		"empty":                      {`{}`, ``},
		"conditions not given":       {`{"bbox": null, "icao": null, "military": null, "altitude": null}`, ``},
		"not given after all":        {`{"icao": "A", "icao": null}`, ``},
		"the last wins":              {`{"icao": "A", "icao": "B"}`, `{"icao":["B"]}`},
		"the last wins inside":       {`{"altitude": {"min": 1, "min": 2}}`, `{"altitude":{"min":2}}`},
		"order":                      {`{"on_ground": false, "military": true, "altitude": {"max": 2, "min": 1}}`, `{"altitude":{"min":1,"max":2},"military":true,"on_ground":false}`},
		"numbers":                    {`{"altitude": {"min": -0.0, "max": 1.20e3}}`, `{"altitude":{"min":0,"max":1200}}`},
		"half a band":                {`{"altitude": {"min": null, "max": 10000}}`, `{"altitude":{"max":10000}}`},
		"a band of one":              {`{"altitude": {"min": 5, "max": 5}}`, `{"altitude":{"min":5,"max":5}}`},
		"icao":                       {`{"icao": ["4b1805", " 3C6444 ", "4B1805", "~2abcde"]}`, `{"icao":["3C6444","4B1805","~2ABCDE"]}`},
		"icao alone":                 {`{"icao": "4b1805"}`, `{"icao":["4B1805"]}`},
		"icao with escapes":          {`{"icao": "\u0034b1805"}`, `{"icao":["4B1805"]}`},
		"prefixes":                   {`{"callsign_prefix": ["swr", " DLH", "SWR"]}`, `{"callsign_prefix":["DLH","SWR"]}`},
		"prefixes of prefixes":       {`{"callsign_prefix": ["SWR12", "SW", "SWR", "DLH", "SX"]}`, `{"callsign_prefix":["DLH","SW","SX"]}`},
		"category":                   {`{"category": ["a5", "A3", "a3"]}`, `{"category":["A3","A5"]}`},
		"category alone":             {`{"category": "a5"}`, `{"category":["A5"]}`},
		"bbox":                       {`{"bbox": {"west": 5.50, "east": 11, "south": 45, "north": 48}}`, `{"bbox":{"north":48,"south":45,"east":11,"west":5.5}}`},
		"bbox over the antimeridian": {`{"bbox": {"west": 170, "east": -170, "south": -5, "north": 5}}`, `{"bbox":{"north":5,"south":-5,"east":-170,"west":170}}`},
		"bbox of a point":            {`{"bbox": {"west": 5, "east": 5, "south": 6, "north": 6}}`, `{"bbox":{"north":6,"south":6,"east":5,"west":5}}`},
		"bbox all around":            {`{"bbox": {"west": -180, "east": 180, "south": -90, "north": 90}}`, `{"bbox":{"north":90,"south":-90,"east":180,"west":-180}}`},
		"bbox to -180":               {`{"bbox": {"west": 170, "east": -180, "south": 0, "north": 1}}`, `{"bbox":{"north":1,"south":0,"east":180,"west":170}}`},
		"bbox from 180":              {`{"bbox": {"west": 180, "east": -170, "south": 0, "north": 1}}`, `{"bbox":{"north":1,"south":0,"east":-170,"west":-180}}`},
		"bbox from 180 to -180":      {`{"bbox": {"west": 180, "east": -180, "south": 0, "north": 1}}`, `{"bbox":{"north":1,"south":0,"east":180,"west":180}}`},
		"bbox from -180 to -180":     {`{"bbox": {"west": -180, "east": -180, "south": 0, "north": 1}}`, `{"bbox":{"north":1,"south":0,"east":180,"west":180}}`},
		"center":                     {`{"center": {"radius_nm": 25.0, "lat": 47.5, "lon": 8}}`, `{"center":{"lat":47.5,"lon":8,"radius_nm":25}}`},
		"center on -180":             {`{"center": {"radius_nm": 25, "lat": 47.5, "lon": -180}}`, `{"center":{"lat":47.5,"lon":180,"radius_nm":25}}`},
		"center on a pole":           {`{"center": {"radius_nm": 20000, "lat": -90, "lon": 77}}`, `{"center":{"lat":-90,"lon":0,"radius_nm":20000}}`},
	} {
		t.Run(name, func(t *testing.T) {
			f := mustParse(t, tc.raw)
			if got := string(f.Canonical()); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			if (f == nil) != (tc.want == "") {
				t.Errorf("the filter is %v", f)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	const conditions = "altitude, bbox, callsign_prefix, category, center, icao, military, on_ground"
	for name, tc := range map[string]struct{ raw, want string }{
		"too long":             {`{"icao": "` + strings.Repeat("A", 64<<10) + `"}`, "a filter of 65548 bytes is too long: at most 65536"},
		"no JSON":              {`{"icao": `, "not JSON: unexpected end of JSON input"},
		"more than JSON":       {`{} {}`, "not JSON: invalid character '{' after top-level value"},
		"a list":               {` ["bbox"]`, "expected an object, got a list"},
		"a string":             {`"bbox"`, "expected an object, got a string"},
		"a number":             {`-1`, "expected an object, got a number"},
		"a bool":               {`true`, "expected an object, got true"},
		"unknown":              {`{"icao": "A", "bxbox": {}}`, `unknown condition "bxbox"; there are: ` + conditions},
		"unknown by case":      {`{"BBox": {}}`, `unknown condition "BBox"; there are: ` + conditions},
		"unknown, though null": {`{"": null}`, `unknown condition ""; there are: ` + conditions},
		"unknown and long":     {`{"` + strings.Repeat("ü", 100) + `": 1}`, `unknown condition "üüüüüüüüüüüüüüüüüüüü…"; there are: ` + conditions},

		"altitude is no object": {`{"altitude": 5000}`, "altitude: expected an object, got a number"},
		"altitude of nothing":   {`{"altitude": {}}`, "altitude: min, max or both are needed"},
		"altitude of nulls":     {`{"altitude": {"min": null, "max": null}}`, "altitude: min, max or both are needed"},
		"altitude upside down":  {`{"altitude": {"min": 5000, "max": 1000}}`, "altitude: min 5000 is above max 1000"},
		"altitude in a string":  {`{"altitude": {"min": "5000"}}`, "altitude.min: expected a number, got a string"},
		"altitude is ground":    {`{"altitude": {"max": "ground"}}`, "altitude.max: expected a number, got a string"},
		"altitude too high":     {`{"altitude": {"max": 1e999}}`, "altitude.max: 1e999 is too large"},
		"altitude too long":     {`{"altitude": {"max": 1` + strings.Repeat("0", 400) + `}}`, "altitude.max: 1" + strings.Repeat("0", 39) + "… is too large"},
		"altitude of what":      {`{"altitude": {"minimum": 1}}`, `altitude: unknown field "minimum"; there are: max, min`},
		"altitude of a list":    {`{"altitude": {"min": [1]}}`, "altitude.min: expected a number, got a list"},
		"altitude of a bool":    {`{"altitude": {"min": false}}`, "altitude.min: expected a number, got false"},
		"altitude of an object": {`{"altitude": {"min": {}}}`, "altitude.min: expected a number, got an object"},

		"bbox is a list":     {`{"bbox": [1, 2, 3, 4]}`, "bbox: expected an object, got a list"},
		"bbox of nothing":    {`{"bbox": {}}`, "bbox.north: is missing"},
		"bbox without south": {`{"bbox": {"north": 1, "east": 1, "west": 1}}`, "bbox.south: is missing"},
		"bbox without east":  {`{"bbox": {"north": 1, "south": 1, "west": 1}}`, "bbox.east: is missing"},
		"bbox without west":  {`{"bbox": {"north": 1, "south": 1, "east": 1, "west": null}}`, "bbox.west: is missing"},
		"bbox too far north": {`{"bbox": {"north": 91, "south": 1, "east": 1, "west": 1}}`, "bbox.north: 91 is out of range: -90 to 90"},
		"bbox too far south": {`{"bbox": {"north": 1, "south": -90.01, "east": 1, "west": 1}}`, "bbox.south: -90.01 is out of range: -90 to 90"},
		"bbox too far east":  {`{"bbox": {"north": 1, "south": 1, "east": 181, "west": 1}}`, "bbox.east: 181 is out of range: -180 to 180"},
		"bbox too far west":  {`{"bbox": {"north": 1, "south": 1, "east": 1, "west": -1e9}}`, "bbox.west: -1e9 is out of range: -180 to 180"},
		"bbox of infinity":   {`{"bbox": {"north": -1e999, "south": 1, "east": 1, "west": 1}}`, "bbox.north: -1e999 is too large"},
		"bbox upside down":   {`{"bbox": {"north": 10, "south": 20.5, "east": 1, "west": 1}}`, "bbox: north 10 is below south 20.5"},
		"bbox in strings":    {`{"bbox": {"north": "10", "south": 1, "east": 1, "west": 1}}`, "bbox.north: expected a number, got a string"},
		"bbox of what":       {`{"bbox": {"nroth": 10}}`, `bbox: unknown field "nroth"; there are: east, north, south, west`},

		"center is a list":      {`{"center": [47, 8]}`, "center: expected an object, got a list"},
		"center without lat":    {`{"center": {"lon": 8, "radius_nm": 1}}`, "center.lat: is missing"},
		"center without lon":    {`{"center": {"lat": 8, "radius_nm": 1}}`, "center.lon: is missing"},
		"center without radius": {`{"center": {"lat": 8, "lon": 1}}`, "center.radius_nm: is missing"},
		"center too far north":  {`{"center": {"lat": 90.5, "lon": 1, "radius_nm": 1}}`, "center.lat: 90.5 is out of range: -90 to 90"},
		"center too far east":   {`{"center": {"lat": 8, "lon": 200, "radius_nm": 1}}`, "center.lon: 200 is out of range: -180 to 180"},
		"center without extent": {`{"center": {"lat": 8, "lon": 1, "radius_nm": 0}}`, "center.radius_nm: 0 is out of range: above 0, at most 20000"},
		"center with too much":  {`{"center": {"lat": 8, "lon": 1, "radius_nm": 20000.1}}`, "center.radius_nm: 20000.1 is out of range: above 0, at most 20000"},
		"center in strings":     {`{"center": {"lat": 8, "lon": 1, "radius_nm": "5"}}`, "center.radius_nm: expected a number, got a string"},
		"center of what":        {`{"center": {"lat": 8, "lng": 1, "radius_nm": 5}}`, `center: unknown field "lng"; there are: lat, lon, radius_nm`},

		"icao is a number":      {`{"icao": 471805}`, "icao: expected a list of strings, got a number"},
		"icao is an object":     {`{"icao": {}}`, "icao: expected a list of strings, got an object"},
		"icao of none":          {`{"icao": []}`, "icao: expected 1 to 1000 entries, got 0"},
		"icao of too many":      {`{"icao": [` + strings.Repeat(`"A",`, 1000) + `"A"]}`, "icao: expected 1 to 1000 entries, got 1001"},
		"icao of a number":      {`{"icao": ["A", 471805]}`, "icao[1]: expected a string, got a number"},
		"icao of null":          {`{"icao": ["A", null]}`, "icao[1]: expected a string, got null"},
		"icao of a list":        {`{"icao": [["A"]]}`, "icao[0]: expected a string, got a list"},
		"icao empty":            {`{"icao": ""}`, "icao[0]: expected 1 to 16 characters, got 0"},
		"icao blank":            {`{"icao": ["  "]}`, "icao[0]: expected 1 to 16 characters, got 0"},
		"icao too long":         {`{"icao": "12345678901234567"}`, "icao[0]: expected 1 to 16 characters, got 17"},
		"icao of other bytes":   {`{"icao": ["4B 1805"]}`, `icao[0]: "4B 1805" may have letters, digits and ~ only`},
		"icao of other scripts": {`{"icao": ["ÄÖ"]}`, `icao[0]: "ÄÖ" may have letters, digits and ~ only`},

		"prefix is a bool":       {`{"callsign_prefix": true}`, "callsign_prefix: expected a list of strings, got true"},
		"prefix of none":         {`{"callsign_prefix": []}`, "callsign_prefix: expected 1 to 100 entries, got 0"},
		"prefix of too many":     {`{"callsign_prefix": [` + strings.Repeat(`"A",`, 100) + `"A"]}`, "callsign_prefix: expected 1 to 100 entries, got 101"},
		"prefix empty":           {`{"callsign_prefix": ["A", ""]}`, "callsign_prefix[1]: expected 1 to 8 characters, got 0"},
		"prefix too long":        {`{"callsign_prefix": ["123456789"]}`, "callsign_prefix[0]: expected 1 to 8 characters, got 9"},
		"prefix of controls":     {`{"callsign_prefix": ["A\u0000B"]}`, `callsign_prefix[0]: "A\x00B" may have printable ASCII only`},
		"prefix of other script": {`{"callsign_prefix": ["Ж"]}`, `callsign_prefix[0]: "Ж" may have printable ASCII only`},

		"category is an object": {`{"category": {}}`, "category: expected a list of strings, got an object"},
		"category of none":      {`{"category": []}`, "category: expected 1 to 50 entries, got 0"},
		"category of too many":  {`{"category": [` + strings.Repeat(`"A",`, 50) + `"A"]}`, "category: expected 1 to 50 entries, got 51"},
		"category of a number":  {`{"category": [3]}`, "category[0]: expected a string, got a number"},
		"category too long":     {`{"category": ["123456789012345"]}`, "category[0]: expected 1 to 14 characters, got 15"},

		"military is a string":  {`{"military": "true"}`, "military: expected true or false, got a string"},
		"military is a number":  {`{"military": 1}`, "military: expected true or false, got a number"},
		"on_ground is a string": {`{"on_ground": "ground"}`, "on_ground: expected true or false, got a string"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := view.ParseFilter(json.RawMessage(tc.raw))
			if err == nil || err.Error() != tc.want || f != nil {
				t.Errorf("got  %v, %v\nwant %s", f, err, tc.want)
			}
		})
	}
}

// The longest lists there may be fit.
func TestParseTakesTheLongestLists(t *testing.T) {
	var icao, prefixes, categories []string
	for i := range 1000 {
		icao = append(icao, fmt.Sprintf("%016X", i))
	}
	for i := range 100 {
		prefixes = append(prefixes, fmt.Sprintf("%08d", i))
	}
	for i := range 50 {
		categories = append(categories, fmt.Sprintf("%014d", i))
	}
	raw, _ := json.Marshal(map[string]any{"icao": icao, "callsign_prefix": prefixes, "category": categories})
	f := mustParse(t, string(raw))
	var back map[string][]string
	if err := json.Unmarshal(f.Canonical(), &back); err != nil {
		t.Fatal(err)
	}
	if len(back["icao"]) != 1000 || len(back["callsign_prefix"]) != 100 || len(back["category"]) != 50 {
		t.Errorf("got %s", f.Canonical())
	}
	for i := range 50 {
		a := attributes("flight", `"`+prefixes[i]+`"`, "category", `"`+categories[i]+`"`)
		if !f.Matches(icao[i], &a) {
			t.Errorf("entry %d is not found", i)
		}
	}
}

func FuzzParseFilter(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{}`, `[]`, `{"bbox":{"north":1,"south":-1,"east":-170,"west":170}}`,
		`{"center":{"lat":47,"lon":8,"radius_nm":1e1},"altitude":{"min":-0,"max":1e999}}`,
		`{"icao":["4b1805"," ~a "],"callsign_prefix":"SWR","category":["A3","<"],"military":true,"on_ground":false}`,
		`{"icao":"\ud800","category":["\u0000"]}`, `{"bbox":null,"bxbox":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		filter, err := view.ParseFilter(raw)
		if err != nil {
			if filter != nil || len(err.Error()) > 300 {
				t.Fatalf("%v, %v", filter, err)
			}
			return
		}
		again := mustParse(t, string(filter.Canonical()))
		if !bytes.Equal(filter.Canonical(), again.Canonical()) {
			t.Errorf("%s\nbecame %s", filter.Canonical(), again.Canonical())
		}
	})
}
