package conformance

// full is an aircraft of which a receiver tells all that clients read.
var full = Aircraft{
	Hex: "4CA1B2", Fields: `"type":"adsb_icao","flight":"RYR12AB ","r":"EI-DCL","t":"B738","dbFlags":1,"alt_geom":35225,"geom_rate":-64,` +
		`"squawk":"1000","category":"A3","nav_altitude_mcp":36000,"rssi":-14.2,"emergency":"none"`,
	Moves: true, Lat: 50.1, Lon: 8.1, NorthKt: 300, EastKt: 300, AltFt: 35000,
}

var aircraftRows = []Row{
	{
		Name:    "aircraft object",
		Do:      []Step{hear(full)},
		Want:    []Message{{"aircraft:new", `{aircraft: [~{hex: "4CA1B2", flight: "RYR12AB", r: "EI-DCL", t: "B738", lat: 50..51, lon: 8..9, alt: 35000, alt_baro: 35000, alt_geom: 35225, gs: 424..425, track: 45, vr: 0, baro_rate: 0, geom_rate: -64, distance_nm: 6..9, military: true, emergency: false, squawk: "1000", category: "A3", dbFlags: 1, nav_altitude_mcp: 36000, rssi: number, seen: number, seen_pos: number}]}`}},
		Differs: "the reference takes 0 for missing (a vertical rate of 0 for the geometric one)",
	},
	{
		Name: "aircraft object", Form: "on the ground, in distress",
		Do:   []Step{hear(Aircraft{Hex: "4CA1B3", Fields: `"alt_baro":"ground","squawk":"7600"`})},
		Want: []Message{{"aircraft:new", `{aircraft: [~{hex: "4CA1B3", alt: "ground", alt_baro: "ground", emergency: true, military: false, squawk: "7600"}]}`}},
	},
	{
		Name: "aircraft object", Form: "of an address that is none of ICAO's",
		Do:      []Step{hear(Aircraft{Hex: "~2A0001", Fields: `"alt_baro":0,"flight":"        "`})},
		Want:    []Message{{"aircraft:new", `{aircraft: [~{hex: "~2A0001", alt: 0, flight?: null}]}`}},
		Differs: "the reference takes 0 for missing (an altitude of 0 ft)",
	},
	{
		Name: "aircraft object", Form: "of a ghost",
		Do: []Step{
			hear(Aircraft{Hex: "4CA1D1", Fields: `"flight":"GHOST1"`, Moves: true, Lat: 50.3, Lon: 8.3, NorthKt: 300, AltFt: 9000}),
			hear(Aircraft{Hex: "~2A0002", Fields: `"flight":"GHOST1"`, Moves: true, Lat: 50.3, Lon: 8.3, NorthKt: 300, AltFt: 9000}),
			until("aircraft:update", `{updated: [~{hex: "~2A0002", lat: number}]}`), emit("subscribe", `{"topics":"aircraft"}`),
		},
		Want: []Message{{"aircraft:snapshot", `{aircraft: [~{hex: "~2A0002", ghost: true, ghost_of: "4CA1D1"}]}`}},
	},
	{
		Name: "aircraft:snapshot",
		Do:   []Step{hear(with(full, "4CA1B4")), until("aircraft:new", `{aircraft: [~{hex: "4CA1B4"}]}`), emit("subscribe", `{"topics":"aircraft"}`)},
		Want: []Message{{"subscribed", "any"}, {"aircraft:snapshot", `{` + span + `, view: text, aircraft: [~` + aircraftShape + `], count: 1..99, timestamp: time}`}},
	},
	{
		Name: "aircraft:new",
		Do:   []Step{hear(with(full, "4CA1B5"))},
		Want: []Message{{"aircraft:update", `{type: "delta", added: [~{hex: "4CA1B5"}]}`}, {"aircraft:new", `{aircraft: [~{hex: "4CA1B5", lat: number, lon: number}], count: 1..99, timestamp: time}`}},
	},
	{
		Name: "aircraft:remove",
		Do:   []Step{hear(Aircraft{Hex: "4CA1B6", Fields: `"alt_baro":600`}), until("aircraft:new", `{aircraft: [~{hex: "4CA1B6"}]}`), lose("4CA1B6")},
		Want: []Message{{"aircraft:update", `{type: "delta", removed: [~"4CA1B6"]}`}, {"aircraft:remove", `{icaos: [~"4CA1B6"], count: 1..99, timestamp: time}`}},
	},
	{
		Name: "positions:update", Form: "for who asks for it",
		Do:   []Step{emit("subscribe", `{"topics":["positions"]}`), until("positions:snapshot", "any"), hear(with(full, "4CA1B7"))},
		Want: []Message{{"positions:update", `{positions: [~{hex: "4CA1B7", lat: number, lon: number, alt: 35000, track: 45, gs: 424..425, vr: 0}], removed: [string*], count: int, timestamp: time}`}},
	},
	{
		Name: "positions:update", Form: "unasked",
		Do:      []Step{emit("subscribe", `{"topics":["all"]}`), hear(with(full, "4CA1B8")), until("aircraft:update", `{updated: [~{hex: "4CA1B8", lat: number}]}`), emit("ping")},
		Want:    []Message{{"subscribed", "any"}, {"aircraft:update", `{updated: [~{hex: "4CA1B8", lat: number, lon: number}]}`}},
		Never:   []string{"positions:update"},
		Differs: thrice,
	},
	{
		Name: "aircraft:update delta",
		Do:   []Step{hear(with(full, "4CA1B9"))},
		Want: []Message{
			{"aircraft:update", `{type: "delta", added: [~{hex: "4CA1B9", flight: "RYR12AB"}], updated: [any*], removed: [string*], timestamp: time}`},
			{"aircraft:update", `{type: "delta", epoch: text, base: int, seq: int, view: text, added: [any*], updated: [~{hex: "4CA1B9", lat: number, lon: number}], removed: [string*], timestamp: time, observed: time}`},
		},
		Differs: "the reference has no places in the stream: who misses one never knows; its mark stream: true, which none of its clients reads, is left out",
	},
	{
		Name: "aircraft:update delta", Form: "a field vanishes",
		Do: []Step{
			hear(Aircraft{Hex: "4CA1BA", Fields: `"alt_baro":700,"squawk":"1234"`}), until("aircraft:new", `{aircraft: [~{hex: "4CA1BA", squawk: "1234"}]}`),
			hear(Aircraft{Hex: "4CA1BA", Fields: `"alt_baro":700`}),
		},
		Want: []Message{{"aircraft:update", `{type: "delta", updated: [~{hex: "4CA1BA", squawk: null}]}`}},
	},
	{
		Name: "aircraft:update delta", Form: "nothing changes", Auth: `{"subscribe":{"topics":["aircraft","stats"],"filters":{"aircraft":{"icao":["ABCDEF"]}}}}`,
		Do:      []Step{hear(with(full, "4CA1C1"))},
		Want:    []Message{{"aircraft:snapshot", `{aircraft: [], count: 0}`}, {"stats:tick", "any"}, {"stats:tick", "any"}, {"stats:tick", "any"}},
		Never:   []string{"aircraft:update"},
		Differs: idleUpdates,
	},
	{
		Name: "aircraft:update full", Form: "never",
		Do:      []Step{hear(with(full, "4CA1BB")), hear(with(full, "4CA1BC"))},
		Want:    []Message{{"aircraft:update", `{type: "delta", updated: [~{hex: "4CA1BB", lat: number}]}`}, {"aircraft:update", `{type: "delta", updated: [~{hex: "4CA1BC", lat: number}]}`}},
		Differs: halfFull,
	},
	{
		Name: "aircraft:update poll", Form: "never",
		Do:      []Step{hear(with(full, "4CA1BD"))},
		Want:    []Message{{"aircraft:update", `{type: "delta", added: [~{hex: "4CA1BD"}]}`}, {"aircraft:update", `{type: "delta", updated: [~{hex: "4CA1BD", lat: number}]}`}},
		Differs: thrice,
	},
	{
		Name: "aircraft:update info", Form: "never, as in the reference",
		Do:   []Step{hear(with(full, "4CA1BE"))},
		Want: []Message{{"aircraft:update", `{type: "delta", added: [~{hex: "4CA1BE"}]}`}},
	},
	never("aircraft:delta"), never("aircraft:position"), never("aircraft:positions"),
}

// never is a row of an event that the reference's documents name, and it never sends.
func never(event string) Row {
	return Row{
		Name: event, Form: "never, as in the reference",
		Do:   []Step{emit("subscribe", `{"topics":["all"]}`), hear(with(full, "4CA1BF")), until("aircraft:update", `{updated: [~{hex: "4CA1BF", lat: number}]}`), emit("ping")},
		Want: []Message{{"connect", "any"}, {"aircraft:update", `{updated: [~{hex: "4CA1BF", lat: number}]}`}, {"pong", "any"}}, Never: []string{event},
	}
}

// with is the same aircraft under another address.
func with(a Aircraft, hex string) Aircraft {
	a.Hex = hex
	return a
}

var noticeRows = []Row{
	notice("airframe:error", `{"icao_hex":"4CA1B2","icao":"4CA1B2","error_type":"not_found","error_message":"no source has it","error":"no source has it","source":"external_db","sources_tried":["a"],"details":{"sources_tried":["a"]},"timestamp":"2026-07-22T10:00:00Z"}`,
		`{icao_hex: icao, icao: icao, error_type: text, error_message: text, error: text, source: "external_db", sources_tried: [text*], details: {sources_tried: [text*]}, timestamp: time}`),
	notice("pirep:update", `{"new_count":3,"timestamp":"2026-07-22T10:00:00Z"}`, `{new_count: int, timestamp: time}`),
	notice("metar:update", `{"count":3,"timestamp":"2026-07-22T10:00:00Z"}`, `{count: int, timestamp: time}`),
	notice("taf:update", `{"count":3,"timestamp":"2026-07-22T10:00:00Z"}`, `{count: int, timestamp: time}`),
	notice("geodata:refresh", `{"airports":1,"navaids":2,"geojson":3,"faa_enroute":4,"timestamp":"2026-07-22T10:00:00Z"}`, `{airports: int, navaids: int, geojson: int, faa_enroute: int, timestamp: time}`),
	notice("wildfires:refresh", `{"count":3,"timestamp":"2026-07-22T10:00:00Z"}`, `{count: int, timestamp: time}`),
	notice("openaip:refresh", `{"status":"ok","airspaces":1,"airports":2,"navaids":3,"timestamp":"2026-07-22T10:00:00Z"}`, `{status: text, airspaces: int, airports: int, navaids: int, timestamp: time}`),
	notice("notam:refresh", `{"count":3,"active_notams":2,"active_tfrs":1,"timestamp":"2026-07-22T10:00:00Z"}`, `{count: int, active_notams: int, active_tfrs: int, timestamp: time}`),
	notice("airspace:advisory", `{"count":3,"timestamp":"2026-07-22T10:00:00Z"}`, `{count: int, timestamp: time}`),
	notice("airspace:advisory_expired", `{"advisory_ids":["a"],"count":1,"timestamp":"2026-07-22T10:00:00Z"}`, `{advisory_ids: [string*], count: int, timestamp: time}`),
	notice("airspace:boundary", `{"count":3,"new":1,"timestamp":"2026-07-22T10:00:00Z"}`, `{count: int, new: int, timestamp: time}`),
	{
		Name: "antenna:analytics_update",
		Do:   []Step{hear(with(full, "4CA1C0"))},
		Want: []Message{{"antenna:analytics_update", `{max_range_by_direction: {}, range_by_direction: {}, overall_max_range: number, avg_range: number, min_range: number, total_positions: int, unique_aircraft: int, avg_rssi: number|null, best_rssi: number|null, worst_rssi: number|null, positions_per_hour: number, sectors_with_data: int, coverage_percentage: number, range_percentiles: {p50: number, p95: number}, timestamp: time}`}},
	},
	{
		Name: "aircraft:heartbeat",
		Want: []Message{{"aircraft:heartbeat", `{count: int, aircraft_count: int, timestamp: time}`}},
	},
}

// notice is a row of an event that everybody hears who sees the aircraft, and that
// comes from outside.
func notice(event, data, form string) Row {
	return Row{Name: event, Form: "published", Do: []Step{publish("notices", event, data)}, Want: []Message{{event, form}}}
}
