package view_test

import (
	"slices"
	"testing"
	"unsafe"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/view"
)

// attributes takes note of names and raw values in turn.
func attributes(fields ...string) (a view.Attributes) {
	for pair := range slices.Chunk(fields, 2) {
		a.Set(pair[0], pair[1])
	}
	return a
}

func TestMatches(t *testing.T) {
	type fields = []string
	const (
		alps   = `{"bbox": {"north": 48, "south": 45, "east": 16, "west": 6}}`
		fiji   = `{"bbox": {"north": -15, "south": -20, "east": -175, "west": 175}}`
		zurich = `{"center": {"lat": 47.4647, "lon": 8.5492, "radius_nm": 155}}` // Frankfurt is 154.2 away
		band   = `{"altitude": {"min": 0, "max": 10000}}`
	)
	for name, tc := range map[string]struct {
		filter string
		key    string
		fields fields
		want   bool
	}{
		"no filter": {`null`, "", nil, true},

		"bbox":                           {alps, "", fields{"lat", "46", "lon", "8"}, true},
		"bbox, on its corner":            {alps, "", fields{"lat", "48", "lon", "16.0"}, true},
		"bbox, outside":                  {alps, "", fields{"lat", "50", "lon", "8"}, false},
		"bbox, nothing known":            {alps, "", nil, false},
		"bbox, half a position":          {alps, "", fields{"lat", "46"}, false},
		"bbox, the other half":           {alps, "", fields{"lon", "8"}, false},
		"bbox, half is gone":             {alps, "", fields{"lat", "46", "lon", "8", "lon", ""}, false},
		"bbox, in strings":               {alps, "", fields{"lat", `"46"`, "lon", `"8"`}, false},
		"bbox, null":                     {alps, "", fields{"lat", "46", "lon", "8", "lon", "null"}, false},
		"bbox, exponents":                {alps, "", fields{"lat", "4.6e1", "lon", "80E-1"}, true},
		"bbox, a time":                   {alps, "", fields{"lat", "@46", "lon", "8"}, false},
		"bbox over 180, west":            {fiji, "", fields{"lat", "-17", "lon", "176"}, true},
		"bbox over 180, east":            {fiji, "", fields{"lat", "-17", "lon", "-176"}, true},
		"bbox over 180, outside":         {fiji, "", fields{"lat", "-17", "lon", "8"}, false},
		"bbox all around, not on earth":  {`{"bbox": {"north": 90, "south": -90, "east": 180, "west": -180}}`, "", fields{"lat", "46", "lon", "181"}, false},
		"center":                         {zurich, "", fields{"lat", "50.0333", "lon", "8.5706"}, true},
		"center, outside":                {zurich, "", fields{"lat", "50.1", "lon", "8.5706"}, false},
		"center, in the corner of a box": {zurich, "", fields{"lat", "49.9", "lon", "12"}, false},
		"center, nothing known":          {zurich, "", nil, false},
		"center over 180":                {`{"center": {"lat": 0, "lon": 179.5, "radius_nm": 61}}`, "", fields{"lat", "0", "lon", "-179.5"}, true},
		"center on the pole":             {`{"center": {"lat": 90, "lon": 0, "radius_nm": 61}}`, "", fields{"lat", "89", "lon", "-123"}, true},

		"icao":                 {`{"icao": ["4b1805", "3C6444"]}`, "4B1805", nil, true},
		"icao, another":        {`{"icao": ["4b1805", "3C6444"]}`, "4B1806", nil, false},
		"icao, keys are upper": {`{"icao": ["4b1805", "3C6444"]}`, "4b1805", nil, false},
		"icao, no ICAO":        {`{"icao": "~2abcde"}`, "~2ABCDE", nil, true},

		"prefix":                         {`{"callsign_prefix": ["swr", "DLH"]}`, "", fields{"flight", `"SWR12A"`}, true},
		"prefix, another":                {`{"callsign_prefix": ["swr", "DLH"]}`, "", fields{"flight", `"BAW12"`}, false},
		"prefix is all":                  {`{"callsign_prefix": "SWR"}`, "", fields{"flight", `"SWR"`}, true},
		"prefix is longer":               {`{"callsign_prefix": "SWR12"}`, "", fields{"flight", `"SWR1"`}, false},
		"prefix of 8":                    {`{"callsign_prefix": "SWR12345"}`, "", fields{"flight", `"SWR123456"`}, true},
		"prefix of 8, another":           {`{"callsign_prefix": "SWR12345"}`, "", fields{"flight", `"SWR123466"`}, false},
		"prefix, lower case and blanks":  {`{"callsign_prefix": "SWR"}`, "", fields{"flight", `"  swr12  "`}, true},
		"prefix, escapes":                {`{"callsign_prefix": "SWR"}`, "", fields{"flight", `"\tS\u0057R"`}, true},
		"prefix, with a blank":           {`{"callsign_prefix": "S R"}`, "", fields{"flight", `"s r1"`}, true},
		"prefix, nothing known":          {`{"callsign_prefix": "SWR"}`, "", nil, false},
		"prefix, a number":               {`{"callsign_prefix": "1"}`, "", fields{"flight", `12`}, false},
		"prefix, a list":                 {`{"callsign_prefix": "S"}`, "", fields{"flight", `["S"]`}, false},
		"prefix, of callsign":            {`{"callsign_prefix": "SWR"}`, "", fields{"callsign", `"SWR12"`}, true},
		"prefix, flight goes first":      {`{"callsign_prefix": "SWR"}`, "", fields{"callsign", `"SWR12"`, "flight", `"DLH1"`}, false},
		"prefix, flight is gone":         {`{"callsign_prefix": "SWR"}`, "", fields{"callsign", `"SWR12"`, "flight", `"DLH1"`, "flight", ""}, true},
		"prefix, flight is blank":        {`{"callsign_prefix": "SWR"}`, "", fields{"callsign", `"SWR12"`, "flight", `"    "`}, true},
		"prefix, flight is null":         {`{"callsign_prefix": "SWR"}`, "", fields{"callsign", `"SWR12"`, "flight", `null`}, true},
		"prefix, flight is not readable": {`{"callsign_prefix": "SWR"}`, "", fields{"callsign", `"SWR12"`, "flight", `"\u0000SWR"`}, true},
		"prefix, no ASCII":               {`{"callsign_prefix": "S"}`, "", fields{"flight", `"ſWR"`}, false},

		"category":                {`{"category": ["A3", "a5"]}`, "", fields{"category", `"A5"`}, true},
		"category, another":       {`{"category": ["A3", "a5"]}`, "", fields{"category", `"A4"`}, false},
		"category, lower case":    {`{"category": ["A3", "a5"]}`, "", fields{"category", `" a3 "`}, true},
		"category is longer":      {`{"category": "A3"}`, "", fields{"category", `"A31"`}, false},
		"category is shorter":     {`{"category": "A3"}`, "", fields{"category", `"A"`}, false},
		"category, nothing known": {`{"category": "A3"}`, "", nil, false},
		"category, gone":          {`{"category": "A3"}`, "", fields{"category", `"A3"`, "category", ""}, false},
		"category, 14 characters": {`{"category": "12345678901234"}`, "", fields{"category", `"12345678901234"`}, true},
		"category, too long":      {`{"category": "12345678901234"}`, "", fields{"category", `"123456789012345"`}, false},
		"category, padded":        {`{"category": "A3"}`, "", fields{"category", `"A3\u0000"`}, false},

		"altitude":                       {band, "", fields{"alt", "5000"}, true},
		"altitude, lower end":            {band, "", fields{"alt", "0"}, true},
		"altitude, upper end":            {band, "", fields{"alt", "1e4"}, true},
		"altitude, below":                {band, "", fields{"alt", "-25"}, false},
		"altitude, above":                {band, "", fields{"alt", "10000.1"}, false},
		"altitude, only min":             {`{"altitude": {"min": 1}}`, "", fields{"alt", "99999"}, true},
		"altitude, only min, below":      {`{"altitude": {"min": 1}}`, "", fields{"alt", "0.9"}, false},
		"altitude, only max":             {`{"altitude": {"max": 1}}`, "", fields{"alt", "-99"}, true},
		"altitude, only max, above":      {`{"altitude": {"max": 1}}`, "", fields{"alt", "1.1"}, false},
		"altitude, ground is 0":          {band, "", fields{"alt", `"ground"`}, true},
		"altitude, ground is below 1":    {`{"altitude": {"min": 1}}`, "", fields{"alt", `"ground"`}, false},
		"altitude, after the ground":     {`{"altitude": {"min": 1}}`, "", fields{"alt", `"ground"`, "alt", "100"}, true},
		"altitude, nothing known":        {`{"altitude": {"min": -1000, "max": 1000}}`, "", nil, false},
		"altitude, a word":               {band, "", fields{"alt", `"air"`}, false},
		"altitude, another case":         {band, "", fields{"alt", `"Ground"`}, false},
		"altitude, too large":            {`{"altitude": {"min": 1}}`, "", fields{"alt", "1e999"}, false},
		"altitude, barometric":           {band, "", fields{"alt_baro", "5000"}, true},
		"altitude, barometric ground":    {band, "", fields{"alt_baro", `"ground"`}, true},
		"altitude, geometric":            {band, "", fields{"alt_geom", "5000"}, true},
		"altitude, alt goes first":       {band, "", fields{"alt_geom", "5000", "alt_baro", "5000", "alt", "20000"}, false},
		"altitude, then barometric":      {band, "", fields{"alt_geom", "5000", "alt_baro", "20000"}, false},
		"altitude, alt is not readable":  {band, "", fields{"alt_baro", "5000", "alt", `{"feet": 20000}`}, true},
		"altitude, alt is gone":          {band, "", fields{"alt_baro", "5000", "alt", "20000", "alt", ""}, true},
		"military":                       {`{"military": true}`, "", fields{"military", "true"}, true},
		"military, is not":               {`{"military": true}`, "", fields{"military", "false"}, false},
		"military, nothing known":        {`{"military": true}`, "", nil, false},
		"military, in a string":          {`{"military": true}`, "", fields{"military", `"true"`}, false},
		"not military":                   {`{"military": false}`, "", fields{"military", "false"}, true},
		"not military, but is":           {`{"military": false}`, "", fields{"military", "true"}, false},
		"not military, nothing known":    {`{"military": false}`, "", nil, false},
		"not military, gone":             {`{"military": false}`, "", fields{"military", "false", "military", ""}, false},
		"not military, a number":         {`{"military": false}`, "", fields{"military", "0"}, false},
		"on ground":                      {`{"on_ground": true}`, "", fields{"alt", `"ground"`}, true},
		"on ground, by barometer":        {`{"on_ground": true}`, "", fields{"alt_baro", `"ground"`}, true},
		"on ground, flies":               {`{"on_ground": true}`, "", fields{"alt", "0"}, false},
		"on ground, alt goes first":      {`{"on_ground": true}`, "", fields{"alt", "0", "alt_baro", `"ground"`}, false},
		"on ground, nothing known":       {`{"on_ground": true}`, "", nil, false},
		"flying":                         {`{"on_ground": false}`, "", fields{"alt", "100"}, true},
		"flying, not":                    {`{"on_ground": false}`, "", fields{"alt", `"\u0067round"`}, false},
		"flying, nothing known":          {`{"on_ground": false}`, "", nil, false},
		"flying, geometry does not tell": {`{"on_ground": false}`, "", fields{"alt_geom", "30000"}, false},

		"all hold":      {`{"military": false, "altitude": {"max": 100}, "icao": "A"}`, "A", fields{"military", "false", "alt", "5"}, true},
		"all but one":   {`{"military": false, "altitude": {"max": 100}, "icao": "A"}`, "A", fields{"military", "false", "alt", "500"}, false},
		"all but a key": {`{"military": false, "altitude": {"max": 100}, "icao": "A"}`, "B", fields{"military", "false", "alt", "5"}, false},
		"box, not circle": {`{"bbox": {"north": 1, "south": -1, "east": 1, "west": -1}, "center": {"lat": 0, "lon": 0, "radius_nm": 10}}`, "",
			fields{"lat", "0.9", "lon", "0.9"}, false},
		"circle, not box": {`{"bbox": {"north": 1, "south": -1, "east": 1, "west": -1}, "center": {"lat": 0, "lon": 0, "radius_nm": 100}}`, "",
			fields{"lat", "1.1", "lon", "0"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := attributes(tc.fields...)
			if got := mustParse(t, tc.filter).Matches(tc.key, &a); got != tc.want {
				t.Errorf("%s lets %v through: %v", tc.filter, tc.fields, got)
			}
		})
	}
}

func TestBoundsAndKeys(t *testing.T) {
	const small, large = `"bbox": {"north": 47, "south": 46, "east": 9, "west": 8}`, `"bbox": {"north": 60, "south": 40, "east": 20, "west": 0}`
	const circle = `"center": {"lat": 50, "lon": 8, "radius_nm": 100}`
	around := geo.Around(geo.Point{Lat: 50, Lon: 8}, 100)
	for name, tc := range map[string]struct {
		filter string
		box    geo.Box
		ok     bool
		keys   []string
	}{
		"nothing":        {filter: ``},
		"neither":        {filter: `{"military": true}`},
		"keys":           {filter: `{"icao": ["b", "a", "B"]}`, keys: []string{"A", "B"}},
		"box":            {`{` + small + `}`, geo.Box{North: 47, South: 46, East: 9, West: 8}, true, nil},
		"circle":         {`{` + circle + `}`, around, true, nil},
		"smaller box":    {`{` + small + `,` + circle + `}`, geo.Box{North: 47, South: 46, East: 9, West: 8}, true, nil},
		"smaller circle": {`{` + large + `,` + circle + `, "icao": "x"}`, around, true, []string{"X"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := mustParse(t, tc.filter)
			if box, ok := f.Bounds(); box != tc.box || ok != tc.ok {
				t.Errorf("bounds are %v, %v", box, ok)
			}
			if keys, ok := f.Keys(); !slices.Equal(keys, tc.keys) || ok != (tc.keys != nil) {
				t.Errorf("keys are %v, %v", keys, ok)
			}
		})
	}
}

func TestPosition(t *testing.T) {
	for name, tc := range map[string]struct {
		fields []string
		want   geo.Point
		ok     bool
	}{
		"both":          {[]string{"lat", "47.5", "lon", "-8"}, geo.Point{Lat: 47.5, Lon: -8}, true},
		"at zero":       {[]string{"lat", "0", "lon", "0"}, geo.Point{}, true},
		"a corner":      {[]string{"lat", "-90", "lon", "180"}, geo.Point{Lat: -90, Lon: 180}, true},
		"none":          {nil, geo.Point{}, false},
		"no longitude":  {[]string{"lat", "47"}, geo.Point{}, false},
		"no latitude":   {[]string{"lon", "47"}, geo.Point{}, false},
		"not the earth": {[]string{"lat", "90.1", "lon", "0"}, geo.Point{}, false},
		"no numbers":    {[]string{"lat", "true", "lon", "[]"}, geo.Point{}, false},
		"not JSON's":    {[]string{"lat", "0x10", "lon", "1_0"}, geo.Point{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := attributes(tc.fields...)
			if p, ok := a.Position(); ok != tc.ok || ok && p != tc.want {
				t.Errorf("got %v, %v", p, ok)
			}
		})
	}
}

func TestAttributesAreCompact(t *testing.T) {
	if size := unsafe.Sizeof(view.Attributes{}); size >= 80 {
		t.Errorf("they take %d bytes", size)
	}
}
