package conformance

// watching has the client hear what is dangerous.
var watching = emit("subscribe", `{"topics":"safety"}`)

// safetyShape is an event of safety, without what depends on its type.
func safetyShape(kind, severity, hex, action, more string) string {
	return `{id: text, internal_id: text, db_id: null|int, event_type: "` + kind + `", severity: "` + severity + `", icao: "` + hex + `", icao_hex: "` + hex +
		`", callsign: text, flight: text, aircraft_snapshot: ` + seenShape + `, created_at: number, last_seen: number, acknowledged: false, event_action: "` + action +
		`", timestamp: time, updated_at: time, ` + more + `}`
}

const seenShape = `{hex: icao, flight: any, lat: any, lon: any, alt_baro: any, alt_geom: any, gs: any, track: any, baro_rate: any, geom_rate: any, squawk: any, category: any, nav_altitude_mcp: any, nav_heading: any, nav_modes: any, emergency: any, rssi: any}`

// squawking is an aircraft with a code.
func squawking(hex, code string) Aircraft {
	return Aircraft{Hex: hex, Fields: `"flight":"SWR12A  ","squawk":"` + code + `","alt_baro":12000,"lat":51,"lon":8.5,"gs":250,"track":90,"baro_rate":-640,"seen_pos":0`}
}

func squawkRow(kind, severity, label, hex, code string) Row {
	return Row{
		Name: "safety:event", Form: kind,
		Do: []Step{watching, hear(squawking(hex, code))},
		Want: []Message{{"safety:event", safetyShape(kind, severity, hex, "safety_event",
			`squawk: "`+code+`", message: "`+label+`: SWR12A squawking `+code+`", details: {squawk: "`+code+`", squawk_type: text, squawk_label: text, altitude: 12000, lat: 51, lon: 8.5, gs: 250, track: 90, vr: -640}`)}},
	}
}

var safetyRows = []Row{
	squawkRow("squawk_hijack", "critical", "HIJACK", "4B1801", "7500"),
	squawkRow("squawk_radio_failure", "warning", "RADIO FAILURE", "4B1802", "7600"),
	squawkRow("squawk_emergency", "critical", "EMERGENCY", "4B1803", "7700"),
	{
		Name: "safety:event", Form: "extreme_vs",
		Do: []Step{watching, hear(climbing("4B1804", 40000, -9500))},
		Want: []Message{{"safety:event", safetyShape("extreme_vs", "low", "4B1804", "safety_event",
			`message: "Extreme vertical speed: TEST4 descending at 9500 fpm", details: {vertical_rate: -9500, altitude: number, threshold: 9000, ac_class: text, lat: number, lon: number, gs: number, squawk: any}`)}},
	},
	{
		Name: "safety:event", Form: "tcas_ra",
		Do: []Step{
			watching, hear(climbing("4B1805", 20000, -2500)), until("aircraft:update", `{updated: [~{hex: "4B1805", alt: 19000..19780}]}`),
			hear(onwards("4B1805", 2500)),
		},
		Want: []Message{{"safety:event", safetyShape("tcas_ra", "critical", "4B1805", "safety_event",
			`message: "TCAS RA suspected: TEST5 VS reversed from -2500 to +2500 fpm", details: {previous_vs: -2500, current_vs: 2500, vs_change: 5000, altitude: number, lat: number, lon: number, gs: number, squawk: any, threshold: number}`)}},
	},
	{
		Name: "safety:event", Form: "vs_reversal",
		Do: []Step{
			watching, hear(climbing("4B1806", 20000, -3500)), hear(climbing("4B1807", 20600, 0)), until("aircraft:update", `{updated: [~{hex: "4B1806", alt: 19000..19700}]}`),
			hear(onwards("4B1806", 1300)),
		},
		Want: []Message{{"safety:event", safetyShape("vs_reversal", "warning", "4B1806", "safety_event",
			`message: "VS reversal: TEST6 -3500 → +1300 fpm", details: {previous_vs: -3500, current_vs: 1300, vs_change: 4800, altitude: number, lat: number, lon: number, gs: number, squawk: any, threshold: number}`)}},
	},
	{
		Name: "safety:event", Form: "proximity_conflict",
		Do: []Step{watching, hear(meeting("4B1808", 52, 300)), hear(meeting("4B1809", 52.02, -300))},
		Want: []Message{{"safety:event", `{id: text, event_type: "proximity_conflict", severity: "critical"|"warning", icao: "4B1808", icao_hex: "4B1808", icao_2: "4B1809", icao_hex_2: "4B1809",
			callsign: "TEST8", callsign_2: "TEST9", flight: "TEST8", flight_2: "TEST9", cpa_distance_nm: number, cpa_time_seconds: number, cpa_lat: number, cpa_lon: number, aircraft_snapshot: ` + seenShape + `, aircraft_snapshot_2: ` + seenShape + `,
			message: "Proximity conflict: TEST8 and TEST9 within "~, created_at: number, last_seen: number, acknowledged: false, event_action: "safety_event", timestamp: time, updated_at: time,
			details: {distance_nm: 0..1.3, altitude_diff_ft: number, closure_rate_kt: 590..610, horizontal_nm: number, vertical_ft: number, cpa: {cpa_distance_nm: number, cpa_time_seconds: number, cpa_lat: number, cpa_lon: number}|null, predicted: {converging: bool, seconds_to_cpa: any, cpa_horizontal_nm: any, cpa_vertical_ft: any}, aircraft_1: {icao: "4B1808", callsign: any, lat: number, lon: number, alt: number, gs: number, track: number, vr: any}, aircraft_2: {icao: "4B1809"}}}`}},
	},
	{
		Name: "safety:event_updated",
		Do:   []Step{watching, hear(climbing("4B180A", 40000, -9500)), until("safety:event", `{icao: "4B180A"}`), hear(onwards("4B180A", -12500))},
		Want: []Message{{"safety:event_updated", safetyShape("extreme_vs", "critical", "4B180A", "safety_event_updated", `message: "Extreme vertical speed: "~, details: {vertical_rate: -12500}`)}},
	},
	{
		Name: "safety:event_updated", Form: "acknowledged",
		Do:   []Step{watching, hear(squawking("4B180B", "7700")), until("safety:event", `{icao: "4B180B"}`), request("safety-acknowledge", `{"id":"$id"}`)},
		Want: []Message{{"safety:event_updated", `{id: text, icao: "4B180B", acknowledged: true, event_action: "safety_event_updated", updated_at: time}`}},
	},
	{
		Name: "safety:event_resolved", Form: "the code changes",
		Do:   []Step{watching, hear(squawking("4B180C", "7600")), until("safety:event", `{icao: "4B180C"}`), hear(squawking("4B180C", "2000"))},
		Want: []Message{{"safety:event_resolved", safetyShape("squawk_radio_failure", "warning", "4B180C", "safety_event_resolved", `squawk: "7600"`)}},
	},
	{
		Name: "safety:event_resolved", Form: "it does not go on",
		Do:      []Step{watching, hear(climbing("4B180D", 40000, -9500)), until("safety:event", `{icao: "4B180D"}`), lose("4B180D")},
		Want:    []Message{{"safety:event_resolved", safetyShape("extreme_vs", "low", "4B180D", "safety_event_resolved", `message: text`)}},
		Differs: "the reference resolves nothing while nothing is heard, and what goes on it resolves and tells as new in turn",
	},
	{
		Name: "safety:snapshot",
		Do:   []Step{hear(squawking("4B180E", "7700")), until("aircraft:new", `{aircraft: [~{hex: "4B180E"}]}`), watching},
		Want: []Message{{"subscribed", "any"}, {"safety:snapshot", `{events: [~{id: text, event_type: "squawk_emergency", severity: "critical", icao: "4B180E", icao_hex: "4B180E", callsign: "SWR12A", timestamp: time, message: text, details: {squawk: "7700"}, acknowledged: false}], count: 1..50, timestamp: time}`}},
	},
}

// climbing is an aircraft that climbs or descends.
func climbing(hex string, ft, fpm float64) Aircraft {
	return Aircraft{Hex: hex, Fields: `"flight":"TEST` + hex[5:] + `","category":"A3","squawk":"1000"`, Moves: true, Lat: 53, Lon: 8 + float64(hex[5]-'0')*0.004, NorthKt: 300, AltFt: ft, ClimbFpm: fpm}
}

// onwards is the same, from where it is.
func onwards(hex string, fpm float64) Aircraft {
	a := climbing(hex, 0, fpm)
	a.Lat = 0
	return a
}

// meeting is one of two that fly towards each other, northwards or southwards.
func meeting(hex string, lat, northKt float64) Aircraft {
	return Aircraft{Hex: hex, Fields: `"flight":"TEST` + hex[5:] + `","category":"A3"`, Moves: true, Lat: lat, Lon: 8, NorthKt: northKt, AltFt: 30000}
}
