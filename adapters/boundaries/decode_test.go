package boundaries

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const area = `"geometry":{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}`

func TestDecode(t *testing.T) {
	for name, tc := range map[string]struct{ in, want, bad string }{
		"as for tar1090": {`{"type":"Feature",` + area + `,"properties":{"guid":"","category":"D","id":327691,"alt_limits":{"top":{"ref":"STD","value":"FL 115"},"bottom":{"ref":"MSL","value":"F 3000"}}}}`,
			`327691 - "D" 3000 11500 1 1`, ""},
		"with names of its own": {`{"id":"b7",` + area + `,"properties":{"name":"FRANKFURT","class":"C","floor":1500,"ceiling":"FL100"}}`, `b7 "FRANKFURT" "C" 1500 10000 1 1`, ""},
		"from the ground":       {`{"id":"b7",` + area + `,"properties":{"type":"CTR","lower":"SFC","upper":"2500 ft"}}`, `b7 - "CTR" 0 2500 1 1`, ""},
		"without a name":        {`{` + area + `,"properties":null}`, `# - - - - 1 1`, ""},
		"without an area":       {`{"id":"b7","geometry":null,"properties":{}}`, "", "map[shape:1]"},
		"no feature":            {`7`, "", "map[feature:1]"},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := Decode(t.Context(), []byte(`{"type":"FeatureCollection","features":[`+tc.in+`]}`), nil, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			got, bad := "", ""
			for _, item := range found.Items {
				got = item.Key
				if strings.HasPrefix(tc.want, "#") && len(got) > 8 {
					got = "#"
				}
				for _, field := range []string{"name", "class", "floor", "ceiling", "lat", "lon"} {
					raw := item.Fields.Get(field)
					if raw == "" {
						raw = "-"
					}
					got += " " + raw
				}
			}
			if len(found.Bad) > 0 {
				bad = fmt.Sprint(found.Bad)
			}
			if got != tc.want || bad != tc.bad {
				t.Errorf("%s %s, want %s %s", got, bad, tc.want, tc.bad)
			}
		})
	}
}

func TestKeysAreDifferent(t *testing.T) {
	two := `{"features":[{"id":1,` + area + `,"properties":{"floor":0}},{"id":1,` + area + `,"properties":{"floor":500}}]}`
	found, err := Decode(t.Context(), []byte(two), nil, time.Now())
	if err != nil || len(found.Items) != 2 || found.Items[0].Key == found.Items[1].Key || !strings.HasPrefix(found.Items[0].Key, "1-") {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestNoCollection(t *testing.T) {
	for _, body := range []string{``, `<html>`, `{"type":"Feature"}`, `{"features":null}`, `[]`} {
		if found, err := Decode(t.Context(), []byte(body), nil, time.Now()); err == nil || len(found.Items) != 0 {
			t.Errorf("%s: %v, %v", body, found, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"features":[{"id":1,` + area + `,"properties":{"alt_limits":{"top":{"value":"FL 115"},"bottom":{"value":"F 3000"}}}}]}`))
	f.Add([]byte(`{"features":[{"geometry":{"type":"MultiLineString","coordinates":[[[0,0],[1,1]]]},"properties":{"name":"ZTL","lower":"SFC","upper":5}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		found, _ := Decode(t.Context(), body, nil, time.Now())
		for _, item := range found.Items {
			if item.Key == "" || item.Fields.Get("polygon") == "" || item.Fields.Get("kind") != `"boundary"` {
				t.Errorf("%+v", item)
			}
		}
	})
}
