package conformance

import "fmt"

// The lists of those who publish what is said about the sky, by their paths.
const (
	pathAdvisories   = "/airsigmet"
	pathRestrictions = "/tfr"
	pathNOTAMs       = "/notams"
)

// sigmet is an advisory in such a list, restriction and notam are entries of the others.
func sigmet(series string) Step {
	return list(pathAdvisories, series, fmt.Sprintf(`{"airSigmetType":"SIGMET","seriesId":%q,"icaoId":"KKCI","hazard":"CONVECTIVE","severity":5,"validTimeFrom":1700000000,"validTimeTo":4000000000,"altitudeHi1":45000,"coords":[{"lat":40,"lon":-90},{"lat":40,"lon":-88},{"lat":42,"lon":-88},{"lat":42,"lon":-90}]}`, series))
}

func restriction(number string) Step {
	return list(pathRestrictions, number, fmt.Sprintf(`{"type":"Feature","id":"V_TFR_LOC.%s","geometry":{"type":"Polygon","coordinates":[[[-108,38],[-107,38],[-107,39],[-108,39],[-108,38]]]},"properties":{"NOTAM_KEY":"%s-1-FDC-F","TITLE":"OURAY, CO","CNS_LOCATION_ID":"ZDV","LEGAL":"HAZARDS"}}`, number, number))
}

func notam(number, text string) Step {
	return list(pathNOTAMs, number, fmt.Sprintf(`{"properties":{"coreNOTAMData":{"notam":{"number":%q,"type":"N","icaoLocation":"KSEA","effectiveStart":"2023-07-18T15:50:00.000Z","effectiveEnd":"2099-01-01T00:00:00.000Z","text":%q,"classification":"DOM","coordinates":"4727N12218W","radius":"5"}}}}`, number, text))
}

// following has the client follow a topic from now on.
func following(topic, snapshot string) Step {
	return emit("subscribe", `{"topics":"`+topic+`"}`).until(snapshot)
}

const (
	notamShape = `location: text, text: text, type: text, effective_start?: time, effective_end?: time, fetched_at: time, classification?: text, reason?: text, latitude: number, longitude: number, radius_nm: number`
	statsShape = `total_active: int, tfr_count: int, by_type: {}, last_update: time`
	silentAir  = "the reference tells nothing in the topic airspace"
)

var airspaceRows = []Row{
	{
		Name: "airspace:snapshot",
		Do:   []Step{sigmet("1C"), following("airspace", "airspace:snapshot"), until("airspace:update", `{advisories: [~{id: "SIGMET-KKCI-1C-1700000000"}]}`), emit("subscribe", `{"topics":"airspace"}`)},
		Want: []Message{{"airspace:snapshot", `{advisories: [~{id: "SIGMET-KKCI-1C-1700000000", advisory_type: "SIGMET", hazard: "CONVECTIVE", severity: any, valid_from: time, valid_to: time, upper_alt_ft: 45000, polygon: {}}], boundaries: [any*], count: int, timestamp: time}`}}, Differs: silentAir,
	},
	{
		Name: "airspace:update", Form: "an advisory comes",
		Do:   []Step{following("airspace", "airspace:snapshot"), sigmet("2C")},
		Want: []Message{{"airspace:update", `{update_type: "advisory", advisories: [~{id: "SIGMET-KKCI-2C-1700000000"}], count: int, timestamp: time, type: "delta", added: [~{id: "SIGMET-KKCI-2C-1700000000"}], removed: [string*]}`}}, Differs: silentAir,
	},
	{
		Name: "airspace:update", Form: "an advisory goes",
		Do:   []Step{sigmet("3C"), following("airspace", "airspace:snapshot"), until("airspace:update", `{added: [~{id: "SIGMET-KKCI-3C-1700000000"}]}`), unlist(pathAdvisories, "3C")},
		Want: []Message{{"airspace:update", `{update_type: "advisory_expired", advisory_ids: [~"SIGMET-KKCI-3C-1700000000"], count: int, timestamp: time, type: "delta", removed: [~"SIGMET-KKCI-3C-1700000000"]}`}}, Differs: silentAir,
	},
	{
		Name: "notam:snapshot",
		Do:   []Step{notam("01/101", "RWY 16L CLSD"), following("notams", "notam:snapshot"), until("notam:new", `{notam_id: "KSEA 01/101"}`), emit("subscribe", `{"topics":"notams"}`)},
		Want: []Message{{"notam:snapshot", `{notams: [~{notam_id: "KSEA 01/101", ` + notamShape + `}], tfrs: [any*], stats: {` + statsShape + `}, timestamp: time}`}},
	},
	{
		Name: "notam:new",
		Do:   []Step{following("notams", "notam:snapshot"), notam("01/102", "RWY 16L CLSD")},
		Want: []Message{{"notam:new", `{notam_id: "KSEA 01/102", ` + notamShape + `}`}},
	},
	{
		Name: "notam:update",
		Do:   []Step{notam("01/103", "RWY 16L CLSD"), following("notams", "notam:snapshot"), until("notam:new", `{notam_id: "KSEA 01/103"}`), notam("01/103", "RWY 16L OPEN")},
		Want: []Message{{"notam:update", `{notam_id: "KSEA 01/103", text: "RWY 16L OPEN", location: text}`}},
	},
	{
		Name: "notam:expired",
		Do:   []Step{notam("01/104", "RWY 16L CLSD"), following("notams", "notam:snapshot"), until("notam:new", `{notam_id: "KSEA 01/104"}`), unlist(pathNOTAMs, "01/104")},
		Want: []Message{{"notam:expired", `{notam_id: "KSEA 01/104", timestamp: time}`}},
	},
	{
		Name: "notam:tfr_new",
		Do:   []Step{following("notams", "notam:snapshot"), restriction("6/9801")},
		Want: []Message{{"notam:tfr_new", `{notam_id: "6/9801", type: "TFR", location: text, latitude: number, longitude: number, radius_nm: number}`}},
	},
	{
		Name: "notam:tfr_expired",
		Do:   []Step{restriction("6/9802"), following("notams", "notam:snapshot"), until("notam:tfr_new", `{notam_id: "6/9802"}`), unlist(pathRestrictions, "6/9802")},
		Want: []Message{{"notam:tfr_expired", `{notam_id: "6/9802", timestamp: time}`}},
	},
	{
		Name: "notam:stats",
		Do:   []Step{following("notams", "notam:snapshot"), notam("01/105", "RWY 16L CLSD")},
		Want: []Message{{"notam:stats", `{` + statsShape + `, timestamp: time}`}},
	},
	{
		Name: "notam:refresh", Form: "many at once",
		Do:   []Step{following("notams", "notam:snapshot"), manyNOTAMs()},
		Want: []Message{{"notam:refresh", `{count: int, active_notams: int, active_tfrs: int, timestamp: time}`}}, Never: []string{"notam:new"},
	},
}

// manyNOTAMs lists more of them at once than are told one by one.
func manyNOTAMs() Step {
	s := Step{List: &Listing{Path: pathNOTAMs}}
	for i := range 30 {
		one := notam(fmt.Sprintf("02/%03d", i), "TWY A CLSD").List
		s.List.Entries = append(s.List.Entries, one.Entries...)
	}
	return s
}
