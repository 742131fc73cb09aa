package notams

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/fetch"
	"github.com/skygate-io/skygate/pkg/poll"
)

func told(found poll.Found) string {
	var out []string
	for _, item := range found.Items {
		line := item.Key
		for _, name := range []string{"type", "location", "classification", "effective_start", "effective_end", "is_permanent", "latitude", "longitude", "radius_nm", "floor_ft", "ceiling_ft"} {
			raw := strings.Trim(item.Fields.Get(name), `"`)
			if raw == "" {
				raw = "-"
			}
			line += " " + raw
		}
		out = append(out, line)
	}
	if len(found.Bad) > 0 {
		out = append(out, fmt.Sprint(found.Bad))
	}
	return strings.Join(out, "\n")
}

const icao = `A4837/23 NOTAMN\nQ) EGTT/QOBCE/IV/M  /AE/000/003/5130N00027W001\nA) EGLL B) 2306281216 C) PERM\nE) CRANE`

func TestDecode(t *testing.T) {
	for name, tc := range map[string]struct{ in, want string }{
		"AVWX": {`{"reports":[{"data":{"number":"A4837/23","station":"EGLL","raw":"` + icao + `","start_time":{"repr":"2306281216","dt":"2023-06-28T12:16:00Z"},"end_time":{"repr":"PERM","value":"Permanent"},"qualifiers":{"repr":"EGTT/QOBCE/IV/M  /AE/000/003/5130N00027W001","coord":{"lat":51.3,"lon":-0.27}},"type":{"repr":"NOTAMN"}}}]}`,
			"EGLL A4837/23 D EGLL - 2023-06-28T12:16:00Z - true 51.5 -0.45 1 0 300"},
		"an estimate, in no zone": {`[{"station":"KJFK","number":"05/024","raw":"05/024 NOTAMN\nA) KJFK B) 2205171805 C) 2212271802EST E) x","end_time":{"repr":"2212271802EST","dt":"2022-12-27T18:02:00-05:00"}}]`,
			"KJFK 05/024 D KJFK - 2022-05-17T18:05:00Z 2022-12-27T18:02:00Z false - - - - -"},
		"without a number": {`{"data":[{"station":"KJFK","number":null,"body":"RNAV","raw":"A) KJFK"}]}`, "KJFK 10mpzugw59pnt D KJFK - - - false - - - - -"},
		"one that cancels": {`[{"station":"EGLL","number":"A2/23","raw":"A2/23 NOTAMC A1/23 A) EGLL"},{"station":"EGLL","number":"A1/23","raw":"A1/23 NOTAMN A) EGLL"},{"station":"LFPG","number":"A1/23","raw":"A1/23 NOTAMN A) LFPG"}]`,
			"LFPG A1/23 D LFPG - - - false - - - - -"},
		"one that replaces": {`[{"station":"EGLL","number":"A1/23","raw":"A1/23 NOTAMN A) EGLL"},{"station":"EGLL","number":"A2/23","replaces":"A1/23","raw":"A2/23 NOTAMR A1/23 A) EGLL"}]`,
			"EGLL A2/23 D EGLL - - - false - - - - -"},
		"a restriction":           {`[{"station":"KZDV","number":"6/9802","raw":"FDC 6/9802 ZDV CO..AIRSPACE OURAY, CO..TEMPORARY FLIGHT\nRESTRICTIONS."}]`, "6/9802 TFR KZDV - - - false - - - - -"},
		"the Q line of nowhere":   {`[{"station":"KZNY","number":"1/23","raw":"x","qualifiers":{"repr":"KZNY/QOBXX/IV/M//000//9938N07346W005"}}]`, "KZNY 1/23 D KZNY - - - false - - - 0 -"},
		"the Q line, parts of it": {`[{"station":"KJFK","number":"1/23","raw":"x","qualifiers":{"repr":"KZNY/QRTCA/IV/M//010//4038N07346W999"}}]`, "KJFK 1/23 TFR KJFK - - - false 40.63333 -73.76667 - 1000 -"},
		"the FAA": {`{"pageSize":50,"pageNum":1,"totalCount":1,"totalPages":1,"items":[{"type":"Feature","properties":{"coreNOTAMData":{"notamEvent":{"scenario":"6000"},"notam":{"id":"NOTAM_1","number":"01/113","type":"N","issued":"2026-07-18T15:50:00.000Z","location":"SEA","icaoLocation":"KSEA","effectiveStart":"2026-07-18T15:50:00.000Z","effectiveEnd":"2026-07-25T15:50:00.000Z","text":"RWY 16L CLSD","classification":"DOM","coordinates":"4727N12218W","radius":"5","minimumFL":"000","maximumFL":"999"},"notamTranslation":[{"type":"LOCAL_FORMAT","simpleText":"!SEA 01/113 SEA RWY 16L CLSD"}]}},"geometry":{"type":"GeometryCollection"}}]}`,
			"KSEA 01/113 D KSEA DOM 2026-07-18T15:50:00Z 2026-07-25T15:50:00Z false 47.45 -122.3 5 0 -"},
		"the FAA, for good": {`{"items":[{"properties":{"coreNOTAMData":{"notam":{"number":"A0001/26","type":"N","icaoLocation":"KSEA","effectiveStart":"2026-07-18T15:50:00.000Z","effectiveEnd":"PERM","text":"x","classification":"INTL"}}},"geometry":{"type":"GeometryCollection","geometries":[{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}]}}]}`,
			"KSEA A0001/26 D KSEA INTL 2026-07-18T15:50:00Z - true 1 1 84.9 - -"},
		"the FAA, from its ICAO text": {`{"items":[{"properties":{"coreNOTAMData":{"notam":{"type":"R","number":"A2/26","location":"SEA","text":"x","classification":"MIL"},"notamTranslation":[{"type":"ICAO","formattedText":"A2/26 NOTAMR A1/26\nQ) KZSE/QMXLC/IV/M/A/000/010/4727N12218W005\nA) KSEA\nB) 2607181550\nC) 2607251550\nE) x"}]}}},{"properties":{"coreNOTAMData":{"notam":{"type":"N","number":"A1/26","location":"SEA","text":"x"}}}}]}`,
			"SEA A2/26 MIL SEA MIL 2026-07-18T15:50:00Z 2026-07-25T15:50:00Z false 47.45 -122.3 5 0 1000"},
		"the FAA, cancelled": {`{"items":[{"properties":{"coreNOTAMData":{"notam":{"type":"C","number":"A2/26","text":"x"}}}}]}`, ""},
		"the search page": {`{"notamList":[{"facilityDesignator":"JFK","notamNumber":"10/166","icaoId":"KJFK","startDate":"10/13/2023 1610","endDate":"10/20/2023 1900EST","sourceType":"D","icaoMessage":" ","traditionalMessage":"!JFK 10/166 JFK TWY A CLSD"},{"notamNumber":"10/167","icaoId":"KJFK","endDate":"PERM","traditionalMessage":"y","cancelledOrExpired":false},{"notamNumber":"10/168","icaoId":"KJFK","traditionalMessage":"z","cancelledOrExpired":true}]}`,
			"KJFK 10/166 D KJFK D 2023-10-13T16:10:00Z 2023-10-20T19:00:00Z false - - - - -\nKJFK 10/167 D KJFK - - - true - - - - -"},
		"entries that are none": {`[7,null,{"data":7},{"station":"EGLL","number":"A1/23"}]`, "map[entry:2 text:2]"},
		"none":                  {`{"items":[],"totalPages":0}`, ""},
		"no bytes":              {``, ""},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := pages{}.decode(t.Context(), []byte(tc.in), nil, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if got := told(found); got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}

func TestNoList(t *testing.T) {
	for _, body := range []string{`<html>`, `{"error":"quota"}`, `{"items":`, `null`, `7`, `{"items":null}`, `{"meta":{},"error":"x"}`} {
		found, err := pages{}.decode(t.Context(), []byte(body), nil, time.Now())
		var refused *poll.Error
		if !errors.As(err, &refused) || refused.Reason != poll.Unreadable || len(found.Items) != 0 {
			t.Errorf("%s: %v, %v", body, found, err)
		}
	}
}

// TestPages: all pages are asked for, and unless all can be had nothing is used.
func TestPages(t *testing.T) {
	address, err := url.Parse("https://faa.example/notams?icaoLocation=KSEA&pageNum=1")
	if err != nil {
		t.Fatal(err)
	}
	page := func(n int) string {
		return fmt.Sprintf(`{"pageNum":%d,"totalPages":3,"items":[{"properties":{"coreNOTAMData":{"notam":{"number":"A%d/26","icaoLocation":"KSEA","text":"x"}}}}]}`, n, n)
	}
	var asked []string
	fail := false
	more := func(_ context.Context, u *url.URL) ([]byte, error) {
		asked = append(asked, u.RawQuery)
		if fail && len(asked) == 2 {
			return nil, &poll.Error{Reason: fetch.Timeout, Detail: "no"}
		}
		return []byte(page(len(asked) + 1)), nil
	}
	found, err := pages{address}.decode(t.Context(), []byte(page(1)), more, time.Now())
	if err != nil || len(found.Items) != 3 || fmt.Sprint(asked) != "[icaoLocation=KSEA&pageNum=2 icaoLocation=KSEA&pageNum=3]" {
		t.Errorf("%d NOTAMs, asked for %v, %v", len(found.Items), asked, err)
	}
	many := strings.Replace(page(1), `"totalPages":3`, `"totalPages":1e9`, 1)
	asked = nil
	if found, err := (pages{address}).decode(t.Context(), []byte(many), more, time.Now()); err != nil || !found.Partial || len(asked) != maxPages-1 {
		t.Errorf("of a billion pages %d were asked for, in part: %v, %v", len(asked)+1, found.Partial, err)
	}
	asked, fail = nil, true
	if found, err := (pages{address}).decode(t.Context(), []byte(page(1)), more, time.Now()); err == nil || len(found.Items) != 0 {
		t.Errorf("%d NOTAMs, %v", len(found.Items), err)
	}
}

func TestKey(t *testing.T) {
	for want, tc := range map[string][3]string{
		"KJFK A1/23": {"KJFK", "A1/23", ""}, "6/3475": {"KZDV", "6/3475", ""}, "KJFK 05/024": {"KJFK", "05/024", ""},
		"A1/23": {"", " A1/23 ", ""},
	} {
		if got := key(tc[0], tc[1], tc[2]); got != want {
			t.Errorf("%v is %q, want %q", tc, got, want)
		}
	}
	if key("KJFK", "", "a") == key("KJFK", "", "b") {
		t.Error("two texts without a number have one key")
	}
	long := strings.Repeat("x", 100)
	if got := key(long, "A1/23", ""); len(got) > maxKey || got == key(long, "A2/23", "") {
		t.Errorf("of a long place it is %q", got)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"reports":[{"data":{"number":"A4837/23","station":"EGLL","raw":"` + icao + `","qualifiers":{"repr":"KZNY/undefined/NBO/A/000/999/4038N07346W005"}}}]}`))
	f.Add([]byte(`{"items":[{"properties":{"coreNOTAMData":{"notam":{"number":"01/113","coordinates":"4727N12218W","radius":"5","text":"x"},"notamTranslation":[{"simpleText":"Q) x"}]}}}]}`))
	f.Add([]byte(`{"notamList":[{"notamNumber":"10/166","startDate":"10/13/2023 1610","endDate":"10/20/2023 1900EST","traditionalMessage":"!JFK"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		found, err := pages{&url.URL{}}.decode(t.Context(), body, func(context.Context, *url.URL) ([]byte, error) { return nil, errors.New("no") }, time.Now())
		if err != nil && len(found.Items) > 0 {
			t.Error("an error, and NOTAMs")
		}
		for _, item := range found.Items {
			if item.Key == "" || item.Until != 0 && item.From >= item.Until || item.Fields.Get("text") == "" {
				t.Errorf("%+v", item)
			}
		}
	})
}
