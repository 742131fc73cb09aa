package tfr

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/fetch"
	"github.com/skygate-io/skygate/pkg/poll"
)

func feature(id, key, more, coordinates string) string {
	return fmt.Sprintf(`{"type":"Feature","id":%q,"geometry":{"type":"Polygon","coordinates":[[%s]]},"properties":{"NOTAM_KEY":%q,"TITLE":"OURAY, CO","CNS_LOCATION_ID":"ZDV","LEGAL":"HAZARDS"%s}}`,
		id, coordinates, key, more)
}

const (
	here  = "[0,0],[2,0],[2,2],[0,2],[0,0]"
	there = "[10,0],[12,0],[12,2],[10,2],[10,0]"
)

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func told(found poll.Found) string {
	var out []string
	for _, item := range found.Items {
		line := item.Key
		for _, name := range []string{"type", "location", "reason", "text", "effective_end", "floor_ft", "ceiling_ft", "latitude", "longitude"} {
			line += " " + item.Fields.Get(name)
		}
		out = append(out, line)
	}
	if len(found.Bad) > 0 {
		out = append(out, fmt.Sprint(found.Bad))
	}
	return strings.Join(out, "\n")
}

func TestList(t *testing.T) {
	for name, tc := range map[string]struct{ in, want string }{
		"one":             {collection(feature("V_TFR_LOC.6/9802", "6/9802-1-FDC-F", "", here)), `6/9802 "TFR" "ZDV" "HAZARDS" "OURAY, CO"    1 1`},
		"of two areas":    {collection(feature("x", "6/9802-1-FDC-F", "", here), feature("x", "6/9802-2-FDC-F", "", there)), `6/9802 "TFR" "ZDV" "HAZARDS" "OURAY, CO"    1 6`},
		"by its own id":   {collection(feature("V_TFR_LOC.6/9802", "", "", here)), `6/9802 "TFR" "ZDV" "HAZARDS" "OURAY, CO"    1 1`},
		"without an id":   {collection(feature("x", "y", "", here)), "map[id:1]"},
		"an id of a path": {collection(feature("x", "../../etc/1", "", here)), "map[id:1]"},
		"without an area": {collection(`{"geometry":null,"properties":{"NOTAM_KEY":"6/1234-1-FDC-F"}}`), "6/1234 \"TFR\"        \nmap[shape:1]"},
		"no feature":      {collection(`7`), "map[feature:1]"},
		"none":            {collection(), ""},
		"in order":        {collection(feature("x", "6/9802-1", "", here), feature("x", "5/0001-1", "", there)), "5/0001 \"TFR\" \"ZDV\" \"HAZARDS\" \"OURAY, CO\"    1 11\n6/9802 \"TFR\" \"ZDV\" \"HAZARDS\" \"OURAY, CO\"    1 1"},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := (&decoder{}).decode(t.Context(), []byte(tc.in), nil, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if got := told(found); got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
	for body, partial := range map[string]bool{
		`{"features":[],"totalFeatures":0,"numberMatched":0}`: false, `{"features":[],"totalFeatures":"unknown"}`: false,
		`{"features":[],"numberMatched":84}`: true, `{"features":[],"totalFeatures":84}`: true,
	} {
		if found, err := (&decoder{}).decode(t.Context(), []byte(body), nil, time.Now()); err != nil || found.Partial != partial {
			t.Errorf("%s: %+v, %v", body, found, err)
		}
	}
	for _, body := range []string{`<html>`, `{"features":null}`, `[]`, `{"type":"ExceptionReport"}`} {
		if found, err := (&decoder{}).decode(t.Context(), []byte(body), nil, time.Now()); err == nil || len(found.Items) != 0 {
			t.Errorf("%s: %v, %v", body, found, err)
		}
	}
}

const head = `<XNOTAM-Update><Group><Add><Not><NotUid><noSeqNo>9802</noSeqNo></NotUid>`

func file(of string) string { return head + of + `</Not></Add></Group></XNOTAM-Update>` }

func TestDetail(t *testing.T) {
	const square = `<abdMergedArea><Avx><geoLat>00N</geoLat><geoLong>000E</geoLong></Avx><Avx><geoLat>0N</geoLat><geoLong>2E</geoLong></Avx><Avx><geoLat>2N</geoLat><geoLong>2E</geoLong></Avx><Avx><geoLat>2N</geoLat><geoLong>0W</geoLong></Avx></abdMergedArea>`
	for name, tc := range map[string]struct{ in, want string }{
		"all": {file(`<dateEffective>2026-04-18T02:00:00</dateEffective><dateExpire>2026-04-18T09:00:00</dateExpire><codeTimeZone>EDT</codeTimeZone><TfrNot><TFRAreaGroup><aseTFRArea><valDistVerUpper>180</valDistVerUpper><uomDistVerUpper>FL</uomDistVerUpper><valDistVerLower>500</valDistVerLower><uomDistVerLower>FT</uomDistVerLower></aseTFRArea>` + square + `</TFRAreaGroup></TfrNot>`),
			"2026-04-18T02:00:00Z 2026-04-18T09:00:00Z 500 18000 1 1"},
		"two areas": {file(`<TfrNot><TFRAreaGroup><aseTFRArea><valDistVerUpper>400</valDistVerUpper><uomDistVerUpper>FT</uomDistVerUpper></aseTFRArea></TFRAreaGroup><TFRAreaGroup><aseTFRArea><valDistVerUpper>3000</valDistVerUpper><uomDistVerUpper>FT</uomDistVerUpper></aseTFRArea>` + square + `</TFRAreaGroup></TfrNot>`),
			"  - 3000 1 1"},
		"a circle": {file(`<TfrNot><TFRAreaGroup><aseShapes><Abd><Avx><codeType>CIR</codeType><geoLatArc>38.5N</geoLatArc><geoLongArc>107.25W</geoLongArc><valRadiusArc>5</valRadiusArc><uomRadiusArc>NM</uomRadiusArc></Avx></Abd></aseShapes></TFRAreaGroup></TfrNot>`),
			"  - - 38.5 -107.25"},
		"the last of its areas ends it": {file(`<TfrNot><TFRAreaGroup><aseTFRArea><ScheduleGroup><dateExpire>2026-04-18T09:00:00</dateExpire></ScheduleGroup><ScheduleGroup><dateExpire>2026-04-19T09:00:00</dateExpire></ScheduleGroup></aseTFRArea></TFRAreaGroup></TfrNot>`),
			" 2026-04-19T09:00:00Z - - - -"},
		"one area has no end":   {file(`<TfrNot><TFRAreaGroup><aseTFRArea><ScheduleGroup><dateExpire>2026-04-18T09:00:00</dateExpire></ScheduleGroup><ScheduleGroup/></aseTFRArea></TFRAreaGroup></TfrNot>`), "  - - - -"},
		"nothing":               {file(``), "  - - - -"},
		"with a mark in front":  {"\ufeff" + file(``), "  - - - -"},
		"corners off the earth": {file(`<TfrNot><TFRAreaGroup><abdMergedArea><Avx><geoLat>91N</geoLat><geoLong>0E</geoLong></Avx></abdMergedArea></TFRAreaGroup></TfrNot>`), "  - - - -"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := parseDetail([]byte(tc.in))
			if err != nil {
				t.Fatal(err)
			}
			got := d.start.String() + " " + d.end.String()
			for _, f := range []struct {
				V     float64
				Known bool
			}{{d.floor.V, d.floor.Known}, {d.ceiling.V, d.ceiling.Known}} {
				if f.Known {
					got += fmt.Sprintf(" %v", f.V)
				} else {
					got += " -"
				}
			}
			if d.shape != nil {
				at := d.shape.Centre()
				got += fmt.Sprintf(" %.4g %.5g", at.Lat, at.Lon)
			} else {
				got += " - -"
			}
			if got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
	for _, body := range []string{``, `<html>`, `<XNOTAM-Update/>`, `{}`, head, "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"} {
		if d, err := parseDetail([]byte(body)); err == nil {
			t.Errorf("%s: %+v", body, d)
		}
	}
}

// TestAsksForDetails: once for each restriction, and again when the list says that it was
// changed; not beyond some failures in one poll; what is no longer listed is forgotten.
func TestAsksForDetails(t *testing.T) {
	folder, err := url.Parse("https://tfr.example/download/")
	if err != nil {
		t.Fatal(err)
	}
	d := &decoder{folder: folder}
	var asked []string
	working := true
	more := func(_ context.Context, address *url.URL) ([]byte, error) {
		asked = append(asked, address.Path)
		if !working {
			return nil, &poll.Error{Reason: fetch.Timeout, Detail: "no"}
		}
		return []byte(file(`<dateExpire>2026-04-18T09:00:00</dateExpire>`)), nil
	}
	ask := func(want int, features ...string) poll.Found {
		t.Helper()
		asked = nil
		found, err := d.decode(t.Context(), []byte(collection(features...)), more, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if len(asked) != want {
			t.Errorf("it asked for %v, want %d", asked, want)
		}
		return found
	}
	one := feature("x", "6/0001-1", `,"LAST_MODIFICATION_DATETIME":"1"`, here)
	changed := feature("x", "6/0001-1", `,"LAST_MODIFICATION_DATETIME":"2"`, here)
	if found := ask(1, one); found.Items[0].Until == 0 {
		t.Error("its end is not known")
	}
	ask(0, one)
	working = false
	if found := ask(1, changed); found.Items[0].Until == 0 || found.Bad[BadDetail] != 1 {
		t.Errorf("what was known of it is lost: %+v", found)
	}
	working = true
	ask(1, changed)
	ask(0)
	ask(1, changed)
	working = false
	var many []string
	for i := range 50 {
		many = append(many, feature("x", fmt.Sprintf("7/%04d-1", i), "", here))
	}
	if found := ask(detailsFail, many...); len(found.Items) != 50 {
		t.Errorf("%d of 50 are told", len(found.Items))
	}
}

func TestConfig(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*Config)
		says   string
	}{
		"as it comes":            {func(*Config) {}, ""},
		"no details":             {func(c *Config) { c.Details = "" }, ""},
		"details elsewhere":      {func(c *Config) { c.Details = "https://x/y/" }, ""},
		"in files":               {func(c *Config) { c.URL, c.Details = "file:///a/list.json", "details/" }, ""},
		"files of a server":      {func(c *Config) { c.Details = "file:///a" }, "details: is neither"},
		"a list in a file alone": {func(c *Config) { c.URL, c.Details = "file:///a", "https://x" }, "details: a list in a file"},
		"too often":              {func(c *Config) { c.Interval = 1 }, "interval: 1ns is out of range"},
		"no address":             {func(c *Config) { c.URL = "" }, "url: is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			c := DefaultConfig()
			tc.change(&c)
			err := c.Validate()
			if (err == nil) != (tc.says == "") || err != nil && !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%v, want %q", err, tc.says)
			}
		})
	}
}

func FuzzList(f *testing.F) {
	f.Add([]byte(collection(feature("V_TFR_LOC.6/9802", "6/9802-1-FDC-F", "", here), feature("x", "y", "", there))))
	f.Fuzz(func(t *testing.T, body []byte) {
		found, _ := (&decoder{}).decode(t.Context(), body, nil, time.Now())
		for _, item := range found.Items {
			if !number.MatchString(item.Key) || item.Fields.Get("type") != `"TFR"` {
				t.Errorf("%+v", item)
			}
		}
	})
}

func FuzzDetail(f *testing.F) {
	f.Add([]byte(file(`<dateExpire>2026-04-18T09:00:00</dateExpire><TfrNot><TFRAreaGroup><aseShapes><Abd><Avx><codeType>CIR</codeType><geoLat>1N</geoLat><geoLong>2W</geoLong><valRadiusArc>5</valRadiusArc></Avx></Abd></aseShapes></TFRAreaGroup></TfrNot>`)))
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := parseDetail(body)
		if err != nil {
			return
		}
		if d.shape != nil && !d.shape.Centre().Valid() {
			t.Errorf("%+v", d.shape)
		}
		if d.end != 0 && d.start >= d.end {
			t.Errorf("from %d to %d", d.start, d.end)
		}
	})
}
