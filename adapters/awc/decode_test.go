package awc

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/poll"
)

// told gives what was found, an advisory a line: key, times, some fields.
func told(found poll.Found) string {
	var out []string
	for _, item := range found.Items {
		at := func(ms int64) string { return time.UnixMilli(ms).UTC().Format("02T15:04") }
		line := fmt.Sprintf("%s %s-%s", item.Key, at(item.From), at(item.Until))
		for _, name := range []string{"advisory_type", "hazard", "severity", "lower_alt_ft", "upper_alt_ft", "region", "lat", "lon"} {
			if raw := item.Fields.Get(name); raw != "" {
				line += " " + strings.Trim(raw, `"`)
			} else {
				line += " -"
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

const square = `"coords":[{"lat":0,"lon":0},{"lat":0,"lon":2},{"lat":2,"lon":2},{"lat":2,"lon":0}]`

func TestDecode(t *testing.T) {
	for name, tc := range map[string]struct {
		in, want string
		bad      string
	}{
		"SIGMET": {`[{"airSigmetType":"SIGMET","seriesId":"8C","icaoId":"KKCI","hazard":"CONVECTIVE","severity":5,"validTimeFrom":1784598900,"validTimeTo":1784606100,"altitudeLow1":null,"altitudeHi1":45000,` + square + `}]`,
			"SIGMET-KKCI-8C-1784598900 21T01:55-21T03:55 SIGMET CONVECTIVE 5 - 45000 KKCI 1 1", ""},
		"two with one name": {`[{"airSigmetType":"OUTLOOK","validTimeFrom":1784598900,"validTimeTo":1784606100,` + square + `},{"airSigmetType":"OUTLOOK","validTimeFrom":1784598900,"validTimeTo":1784606100,"coords":[]}]`,
			"OUTLOOK---1784598900-3encisb637xam 21T01:55-21T03:55 OUTLOOK - - - - - 1 1\nOUTLOOK---1784598900-4hk40ymxlq0d 21T01:55-21T03:55 OUTLOOK - - - - - - -", ""},
		"G-AIRMET, whose end is its beginning": {`[{"product":"ZULU","tag":"2C","hazard":"ICE","validTime":"2026-07-21T03:00:00.000Z","expireTime":1784602800,"base":"160","top":"270","severity":"MOD","geometryType":"AREA",` + square + `}]`,
			"GAIRMET-ZULU-2C-ICE--1784602800 21T03:00-21T06:00 GAIRMET ICE MOD 16000 27000 2C 1 1", ""},
		"G-AIRMET, a line at a level": {`[{"product":"ZULU","tag":"1C","hazard":"FZLVL","level":"040","validTime":"2026-07-21T03:00:00Z","geom":"LINE","coords":[{"lat":"1","lon":"1"},{"lat":"3","lon":"3"}]}]`,
			"GAIRMET-ZULU-1C-FZLVL-040-1784602800 21T03:00-21T06:00 GAIRMET FZLVL - 4000 4000 1C 2 2", ""},
		"CWA": {`[{"cwsu":"ZMP","seriesId":107,"hazard":"TS","validTimeFrom":1784598900,"validTimeTo":1784606100,"base":null,"top":450,` + square + `}]`,
			"CWA-ZMP-107-1784598900 21T01:55-21T03:55 CWA TS - - 45000 ZMP 1 1", ""},
		"international": {`[{"firId":"WAAF","icaoId":"WAAF","seriesId":"05","hazard":"TS","validTimeFrom":1784598900,"validTimeTo":1784606100,"base":null,"top":52000,"coords":[[{"lat":0,"lon":179},{"lat":0,"lon":-179},{"lat":2,"lon":-179},{"lat":2,"lon":179}]]}]`,
			"SIGMET-WAAF-WAAF-05-1784598900 21T01:55-21T03:55 SIGMET TS - - 52000 WAAF 1 180", ""},
		"TCF": {`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]},"properties":{"data":"tcf","coverage":"sparse","tops":"340","validTime":"20260721_0700"}}]}`,
			"TCF-1784617200 21T07:00-21T09:00 TCF CONVECTIVE sparse - 34000 - 1 1", ""},
		"as GeoJSON": {`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]},"properties":{"airSigmetType":"SIGMET","seriesId":"8C","validTimeFrom":"2026-07-21T01:55:00Z","validTimeTo":"2026-07-21T03:55:00Z"}}]}`,
			"SIGMET--8C-1784598900 21T01:55-21T03:55 SIGMET - - - - - 1 1", ""},
		"without a place": {`[{"airSigmetType":"SIGMET","seriesId":"8C","validTimeFrom":1784598900,"validTimeTo":1784606100,"coords":[{"lat":null,"lon":null}]}]`,
			"SIGMET--8C-1784598900 21T01:55-21T03:55 SIGMET - - - - - - -", "map[shape:1]"},
		"without times":     {`[{"airSigmetType":"SIGMET","seriesId":"8C",` + square + `}]`, "", "map[times:1]"},
		"its end before":    {`[{"airSigmetType":"SIGMET","validTimeFrom":1784606100,"validTimeTo":1784598900,` + square + `}]`, "", "map[times:1]"},
		"something else":    {`[{"icaoId":"KJFK","rawOb":"METAR"},7,null,"x"]`, "", "map[kind:4]"},
		"nothing":           {`[]`, "", ""},
		"nothing, GeoJSON":  {`{"features":[],"type":"FeatureCollection"}`, "", ""},
		"nothing, no bytes": {``, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := Decode(t.Context(), []byte(tc.in), nil, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			bad := ""
			if len(found.Bad) > 0 {
				bad = fmt.Sprint(found.Bad)
			}
			if got := told(found); got != tc.want || bad != tc.bad {
				t.Errorf("got\n%s %s\nwant\n%s %s", got, bad, tc.want, tc.bad)
			}
		})
	}
}

func TestNoList(t *testing.T) {
	for _, body := range []string{`<!doctype html>`, `[{"airSigmetType":"SIGMET"`, `{"status":"error","message":"try later"}`, `null`, `7`, `{"features":null}`} {
		found, err := Decode(t.Context(), []byte(body), nil, time.Now())
		var refused *poll.Error
		if !errors.As(err, &refused) || refused.Reason != poll.Unreadable || len(found.Items) != 0 {
			t.Errorf("%s: %v, %v", body, found, err)
		}
	}
}

// FuzzDecode: whatever comes, what is told of it is an advisory with a key and an end.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`[{"airSigmetType":"SIGMET","validTimeFrom":1784598900,"validTimeTo":1784606100,` + square + `}]`))
	f.Add([]byte(`{"features":[{"geometry":{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2]]]},"properties":{"data":"tcf","validTime":"20260721_0700"}}]}`))
	if folder := os.Getenv("SKYGATE_TESTDATA"); folder != "" {
		for _, product := range []string{"airsigmet", "gairmet", "tcf", "cwa"} {
			if body, err := os.ReadFile(filepath.Join(folder, "airspace", "awc_2026-07-21_"+product+".json")); err == nil {
				f.Add(body)
			}
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		found, err := Decode(t.Context(), body, nil, time.Now())
		if err != nil && len(found.Items) > 0 {
			t.Error("an error, and advisories")
		}
		for _, item := range found.Items {
			if item.Key == "" || item.Until <= item.From || item.Fields.Get("kind") != `"advisory"` {
				t.Errorf("%+v", item)
			}
		}
	})
}
