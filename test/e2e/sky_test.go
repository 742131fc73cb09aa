package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/eventually"
)

// publishers are those who publish what is said about the sky: by paths, what each
// answers; where nothing is, they fail.
type publishers struct {
	*httptest.Server
	mu      sync.Mutex // guards answers
	answers map[string]string
}

func newPublishers(t *testing.T) *publishers {
	p := &publishers{answers: map[string]string{}}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		p.mu.Lock()
		body, ok := p.answers[req.URL.Path]
		p.mu.Unlock()
		if !ok {
			http.Error(w, "<html>come back later</html>", http.StatusBadGateway)
			return
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *publishers) says(path, body string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answers[path] = body; body == "" {
		delete(p.answers, path)
	}
}

func sigmet(series string, severity int, until time.Time) string {
	return fmt.Sprintf(`{"airSigmetType":"SIGMET","seriesId":%q,"icaoId":"KKCI","hazard":"CONVECTIVE","severity":%d,"validTimeFrom":1700000000,"validTimeTo":%d,
		"altitudeHi1":45000,"coords":[{"lat":40,"lon":-90},{"lat":40,"lon":-88},{"lat":42,"lon":-88},{"lat":42,"lon":-90}]}`, series, severity, until.Unix())
}

func restriction(number, title string) string {
	return fmt.Sprintf(`{"type":"Feature","id":"V_TFR_LOC.%s","geometry":{"type":"Polygon","coordinates":[[[-108,38],[-107,38],[-107,39],[-108,39],[-108,38]]]},
		"properties":{"NOTAM_KEY":"%s-1-FDC-F","TITLE":%q,"CNS_LOCATION_ID":"ZDV","LEGAL":"HAZARDS"}}`, number, number, title)
}

func restrictions(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func notam(number, text string) string {
	return fmt.Sprintf(`{"properties":{"coreNOTAMData":{"notam":{"number":%q,"type":"N","icaoLocation":"KSEA","effectiveStart":"2023-07-18T15:50:00.000Z","effectiveEnd":"PERM","text":%q,"classification":"DOM","coordinates":"4727N12218W","radius":"5"}}}}`, number, text)
}

// TestSky: advisories, NOTAMs and restrictions come, change, end by themselves while
// nobody can be asked, and are taken back; a client that was away goes on where it was.
func TestSky(t *testing.T) {
	p := newPublishers(t)
	const advisories, tfrs, detail, notams = "/airsigmet", "/wfs", "/download/detail_6_9802.xml", "/notams"
	later := time.Now().Add(time.Hour)
	p.says(advisories, "["+sigmet("1C", 1, later)+"]")
	p.says(tfrs, restrictions(restriction("6/9802", "OURAY, CO")))
	p.says(detail, `<XNOTAM-Update><Group><Add><Not><dateExpire>2099-04-18T09:00:00</dateExpire><TfrNot><TFRAreaGroup><aseTFRArea><valDistVerUpper>14000</valDistVerUpper><uomDistVerUpper>FT</uomDistVerUpper></aseTFRArea></TFRAreaGroup></TfrNot></Not></Add></Group></XNOTAM-Update>`)
	p.says(notams, `{"items":[`+notam("01/113", "RWY 16L CLSD")+`]}`)
	s := serve(t, "--config", writeFile(t, fmt.Sprintf(`sources:
  - {kind: awc, url: "%[1]s/airsigmet", interval: 1s}
  - {kind: tfr, url: "%[1]s/wfs", interval: 1s}
  - {kind: notams, url: "%[1]s/notams", interval: 1s}
`, p.URL)))
	eventually.Holds(t, "all deliver", func() bool { return s.health().Status == "ok" })
	c := enter(t, s, "/")
	eventually.Holds(t, "all is known", func() bool {
		return strings.Contains(c.emit("request", map[string]any{"type": "notam-snapshot", "request_id": 1}), `"total_active":2`)
	})
	c.emit("subscribe", map[string]any{"topics": []string{"airspace", "notams"}})
	c.told("airspace:snapshot", `"advisories":[{"id":"SIGMET-KKCI-1C-1700000000"`, `"boundaries":[]`, `"upper_alt_ft":45000`, `"lat":41,"lon":-89`)
	first := c.told("notam:snapshot", `"notam_id":"6/9802"`, `"notam_id":"KSEA 01/113"`, `"tfrs":[{"notam_id":"6/9802"`, `"ceiling_ft":14000`,
		`"total_active":2,"tfr_count":1,"by_type":{"D":1,"TFR":1}`)

	p.says(advisories, "["+sigmet("1C", 1, later)+","+sigmet("2C", 1, time.Now().Add(7*time.Second))+"]")
	c.told("airspace:update", `"type":"delta"`, `"added":[{"id":"SIGMET-KKCI-2C-1700000000"`, `"update_type":"advisory"`, `"advisories":[{"id":"SIGMET-KKCI-1C-`)
	p.says(advisories, "["+sigmet("1C", 5, later)+","+sigmet("2C", 1, time.Now().Add(4*time.Second))+"]")
	c.told("airspace:update", `"id":"SIGMET-KKCI-1C-1700000000","severity":"5"`, `"removed":[]`)
	p.says(advisories, "")
	eventually.Holds(t, "advisories cannot be had", func() bool { return s.health().Status == "degraded" })
	c.told("airspace:update", `"removed":["SIGMET-KKCI-2C-1700000000"]`, `"update_type":"advisory_expired","advisory_ids":["SIGMET-KKCI-2C-1700000000"]`, `"advisories":[{"id":"SIGMET-KKCI-1C-`)

	p.says(notams, `{"items":[`+notam("01/113", "RWY 16L OPN")+","+notam("01/114", "TWY A CLSD")+`]}`)
	c.told("notam:new", `"notam_id":"KSEA 01/114"`, `"text":"TWY A CLSD"`, `"latitude":47.45`)
	c.told("notam:update", `{"notam_id":"KSEA 01/113"`, `"text":"RWY 16L OPN"`, `"type":"D"`)
	c.told("notam:stats", `"total_active":3`)
	p.says(tfrs, restrictions(restriction("6/9802", "OURAY, CO"), restriction("6/3475", "BEALE AFB")))
	c.told("notam:tfr_new", `"notam_id":"6/3475"`, `"type":"TFR"`, `"polygon":{"type":"Polygon"`)
	p.says(tfrs, restrictions(restriction("6/3475", "BEALE AFB")))
	c.told("notam:tfr_expired", `"notam_id":"6/9802"`)
	p.says(notams, `{"items":[`+notam("01/114", "TWY A CLSD")+`]}`)
	c.told("notam:expired", `"notam_id":"KSEA 01/113"`)

	var at struct {
		Epoch, View string
		Seq         uint64
	}
	if err := json.Unmarshal([]byte(first), &at); err != nil {
		t.Fatal(err)
	}
	back := enter(t, s, "/")
	ack := back.emit("subscribe", map[string]any{"topics": "notams", "since": map[string]any{"notams": map[string]any{"epoch": at.Epoch, "seq": at.Seq, "view": at.View}}})
	if !strings.Contains(ack, `"resumed":{"notams":true}`) {
		t.Errorf("subscribed: %s", ack)
	}
	missed := back.told("notam:update", fmt.Sprintf(`"base":%d`, at.Seq), `"notam_id":"KSEA 01/114"`, `"notam_id":"6/3475"`)
	if !strings.Contains(missed, `"KSEA 01/113"`) || !strings.Contains(missed, `"6/9802"`) || back.count("notam:snapshot") != 0 {
		t.Errorf("what was missed is %s", missed)
	}
	for kind, has := range map[string]string{
		"status": `"online":false`, "refresh": `"success":true`, "airport": "Missing icao parameter",
		"notam-snapshot": `"tfrs":[{"notam_id":"6/3475"`, "airspaces": `"advisories":[{"id":"SIGMET-KKCI-1C-`, "airspace-boundaries": `"data":[]`,
	} {
		if ack := back.emit("request", map[string]any{"type": kind, "request_id": 1}); !strings.Contains(ack, has) {
			t.Errorf("%s: %s", kind, ack)
		}
	}
}
