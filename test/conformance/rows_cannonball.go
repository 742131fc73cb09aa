package conformance

// here has the client be somewhere: a place for each row, so that rows meet no
// aircraft of others.
func here(lat string) Step {
	return emit("position_update", `{"lat":`+lat+`,"lon":-20,"heading":90,"accuracy":5,"speed":30}`)
}

// police is a helicopter of a police force that comes from the north.
func police(hex string, lat, northKt float64) Aircraft {
	return Aircraft{Hex: hex, Fields: `"flight":"BPO12","t":"EC35","r":"D-HVBX","category":"A7"`, Moves: true, Lat: lat, Lon: -20, NorthKt: northKt, AltFt: 1500}
}

// known waits, in the namespace, until an aircraft is near.
func known(hex string) Step { return until("threat_update", `{threats: [~{hex: "`+hex+`"}]}`) }

const threatShape = `callsign: "BPO12", category: text, description: text, distance_nm: number, bearing: 0..360, direction: text, altitude: 1500, ground_speed: number, vertical_rate: 0, trend: "approaching"|"departing"|"holding"|"unknown", threat_level: "critical"|"warning"|"info", is_law_enforcement: true, is_helicopter: true, confidence: "very_high", lat: number, lon: number`

func threatsShape(hex string) string {
	return `{data: [{hex: "` + hex + `", ` + threatShape + `, relative_bearing: number|null, aircraft_type: "EC35", registration: "D-HVBX"}], count: 1, position: {lat: number, lon: -20}, timestamp: time}`
}

var cannonballRows = []Row{
	{
		Name: "session_started", On: "/cannonball",
		Want: []Message{{"session_started", `{session_id: uuid, default_radius_nm: 25, timestamp: time}`}},
	},
	{
		Name: "threats", On: "/cannonball",
		Do:   []Step{hear(police("3D0001", 40.1, -60)), here("40"), known("3D0001"), emit("get_threats")},
		Want: []Message{{"threat_update", "any"}, {"threats", threatsShape("3D0001")}},
	},
	{
		Name: "threats", Form: "none", On: "/cannonball",
		Do:   []Step{here("41")},
		Want: []Message{{"threats", `{data: [], count: 0, position: {lat: 41, lon: -20}, timestamp: time}`}},
	},
	{
		Name: "radius_updated", On: "/cannonball",
		Do:   []Step{emit("set_radius", `{"radius_nm":12.5}`)},
		Want: []Message{{"radius_updated", `{radius_nm: 12.5}`}},
	},
	{
		Name: "threat_update", On: "/cannonball",
		Do: []Step{here("42"), hear(police("3D0002", 42.1, -60))},
		Want: []Message{{"threat_update", `{threats: [{hex: "3D0002", ` + threatShape + `, track: 180, is_surveillance_type: bool, urgency_score: 0..100, closing_speed: 50..70, eta_seconds: 0..1800,
			patterns: [any*], known_le: true, agency_name: null|text, agency_type: null|text}], count: 1, timestamp: time}`}},
		Differs: oneObserver,
	},
	{
		Name: "threat_refresh", Form: "never", On: "/cannonball",
		Do:      []Step{here("43"), hear(police("3D0003", 43.1, -60)), known("3D0003"), until("threat_update", `{threats: [{trend: "approaching"}]}`)},
		Want:    []Message{{"threat_update", "any"}, {"threat_update", `{threats: [{trend: "approaching"}]}`}},
		Never:   []string{"threat_refresh"},
		Differs: oneObserver + ", and so has to tell each to ask for its own; here each gets that by itself",
	},
	{
		Name: "new_alert", Form: "threat_escalated", On: "/cannonball",
		Do:   []Step{here("44"), hear(police("3D0004", 44.02, 0))},
		Want: []Message{{"new_alert", `{id: text, alert_type: "threat_escalated", priority: "critical", title: text, message: text, icao_hex: "3D0004", callsign: "BPO12", distance_nm: number, bearing: number, timestamp: time, threat: {hex: "3D0004"}}`}},
	},
	{
		Name: "new_alert", Form: "closing_fast", On: "/cannonball",
		Do:   []Step{here("45"), hear(police("3D0005", 45.2, -150))},
		Want: []Message{{"new_alert", `{alert_type: "closing_fast", priority: "warning", icao_hex: "3D0005"}`}},
	},
	{
		Name: "new_alert", Form: "overhead", On: "/cannonball",
		Do:   []Step{here("46"), hear(police("3D0006", 46.01, 0))},
		Want: []Message{{"new_alert", `{alert_type: "overhead", priority: "critical", icao_hex: "3D0006"}`}},
	},
}

// unwell is a row of an event that is answered by an error.
func unwell(name, form, message string, steps ...Step) Row {
	return Row{Name: name, Form: form, On: "/cannonball", Do: steps, Want: []Message{wrong("invalid_payload", message)}}
}

var cannonballRequestRows = []Row{
	{
		Name: "/cannonball position_update", On: "/cannonball",
		Do:   []Step{emit("position_update", `{"lat":"50.5","lon":8,"heading":-90}`), request("session-info", `{}`)},
		Want: []Message{{"threats", `{position: {lat: 50.5, lon: 8}}`}, response("session-info", `{heading: 270}`)},
	},
	{
		Name: "/cannonball position_update", Form: "a bad heading", On: "/cannonball",
		Do:   []Step{emit("position_update", `{"lat":50.5,"lon":8,"heading":"north"}`), request("session-info", `{}`)},
		Want: []Message{{"threats", "any"}, response("session-info", `{heading: null}`)},
	},
	{
		Name: "/cannonball position_update", Form: "acknowledged", On: "/cannonball",
		Do:   []Step{here("47")},
		Want: []Message{{"threats", "any"}},
		Ack:  `{data: [], count: 0}`, Differs: emptyAcks,
	},
	{
		Name: "/cannonball position_update", Form: "too often", On: "/cannonball",
		Do:   []Step{often(here("48"), 40), emit("set_radius", `{}`)},
		Want: []Message{{"threats", "any"}, {"radius_updated", "any"}}, Never: []string{"error"},
	},
	unwell("/cannonball position_update", "no object", "Invalid position update: expected dict payload", emit("position_update", `[50,8]`)),
	unwell("/cannonball position_update", "half a position", "lat and lon are required", emit("position_update", `{"lat":50}`)),
	unwell("/cannonball position_update", "a word", "Invalid coordinate values", emit("position_update", `{"lat":"north","lon":8}`)),
	unwell("/cannonball position_update", "out of bounds", "Coordinates out of bounds (lat: -90 to 90, lon: -180 to 180)", emit("position_update", `{"lat":91,"lon":8}`)),
	{
		Name: "/cannonball set_radius", Form: "without one", On: "/cannonball",
		Do:   []Step{emit("set_radius", `{}`)},
		Want: []Message{{"radius_updated", `{radius_nm: 25}`}},
	},
	{
		Name: "/cannonball set_radius", Form: "out of range", On: "/cannonball",
		Do:   []Step{emit("set_radius", `{"radius_nm":0}`), emit("set_radius", `{"radius_nm":500}`)},
		Want: []Message{{"radius_updated", `{radius_nm: 1}`}, {"radius_updated", `{radius_nm: 100}`}},
	},
	unwell("/cannonball set_radius", "no object", "Invalid radius request: expected dict payload", emit("set_radius", `[5]`)),
	unwell("/cannonball set_radius", "a word", "Invalid radius value", emit("set_radius", `{"radius_nm":"far"}`)),
	unwell("/cannonball get_threats", "without a position", "No position set. Send position_update first.", emit("get_threats")),
	{
		Name: "/cannonball get_threats", Form: "with null, as the reference's own client sends it", On: "/cannonball",
		Do:      []Step{here("49"), until("threats", "any"), emit("get_threats", `null`), emit("get_threats", `{}`)},
		Want:    []Message{{"threats", "any"}, {"threats", "any"}, {"threats", `{data: [], count: 0}`}},
		Differs: "the reference fails silently when this event comes with any payload",
	},
	{
		Name: "/cannonball get_threats", Form: "too often", On: "/cannonball",
		Do:   []Step{here("50.01"), often(emit("get_threats"), 40)},
		Want: []Message{{"threats", "any"}, wrong("rate_limited", "Rate limit exceeded, please slow down")},
	},
	{
		Name: "/cannonball request threats", On: "/cannonball",
		Do:   []Step{hear(police("3D0007", 51.1, -60)), here("51"), known("3D0007"), request("threats", `{}`)},
		Want: []Message{response("threats", `{threats: [{hex: "3D0007", `+threatShape+`}], count: 1, position: {lat: 51, lon: -20}}`)},
	},
	{
		Name: "/cannonball request session-info", On: "/cannonball",
		Do:   []Step{request("session-info", `{}`)},
		Want: []Message{response("session-info", `{session_id: uuid, position: null, heading: null, radius_nm: 25}`)},
	},
	{
		Name: "/cannonball request known-aircraft-check", On: "/cannonball",
		Do:   []Step{request("known-aircraft-check", `{"icao_hex":"3d00ff","callsign":"BPO12","type_code":"EC35"}`)},
		Want: []Message{response("known-aircraft-check", `{icao_hex: "3D00FF", is_known: true, is_law_enforcement: true, is_helicopter: true, category: text, description: text, confidence: "very_high"}`)},
	},
	{
		Name: "/cannonball request known-aircraft-check", Form: "of none", On: "/cannonball",
		Do:   []Step{request("known-aircraft-check", `{}`)},
		Want: []Message{failed("invalid_params", "Missing icao_hex parameter")},
	},
	{
		Name: "/cannonball request alert-acknowledge", On: "/cannonball",
		Do:   []Step{here("52"), hear(police("3D0008", 52.01, 0)), until("new_alert", "any"), request("alert-acknowledge", `{"id":"$id"}`)},
		Want: []Message{response("alert-acknowledge", `{success: true, id: text, acknowledged: true}`)},
	},
	{
		Name: "/cannonball request alert-acknowledge", Form: "without an id", On: "/cannonball",
		Do:   []Step{request("alert-acknowledge", `{}`)},
		Want: []Message{failed("invalid_params", "Missing alert id")},
	},
	{
		Name: "/cannonball request alert-acknowledge", Form: "of none", On: "/cannonball",
		Do:   []Step{request("alert-acknowledge", `{"id":"x"}`)},
		Want: []Message{failed("not_found", "Alert not found")},
	},
	{
		Name: "/cannonball request alert-acknowledge-all", On: "/cannonball",
		Do:   []Step{here("53"), hear(police("3D0009", 53.01, 0)), until("new_alert", "any"), request("alert-acknowledge-all", `{}`)},
		Want: []Message{response("alert-acknowledge-all", `{success: true, acknowledged_count: 1..3}`)},
	},
	{
		Name: "/cannonball request alerts", On: "/cannonball",
		Do:      []Step{here("54"), hear(police("3D000A", 54.01, 0)), until("new_alert", `{alert_type: "overhead"}`), request("alerts", `{}`)},
		Want:    []Message{response("alerts", `{alerts: [~{alert_type: "overhead", icao_hex: "3D000A", acknowledged: false}], count: 1..50}`)},
		Differs: brokenModel,
	},
	{
		Name: "/cannonball request patterns", On: "/cannonball",
		Do:      []Step{here("55"), request("patterns", `{}`)},
		Want:    []Message{response("patterns", `{patterns: [any*], count: int}`)},
		Differs: brokenModel,
	},
	{
		Name: "/cannonball request sessions", On: "/cannonball",
		Do:   []Step{request("sessions", `{}`)},
		Want: []Message{{"error", `{type: "error", request_id: 7, code: "unknown_request", message: "Not available: "~}`}}, Differs: brokenModel + " (Internal server error); here the error says what is missing",
	},
	{
		Name: "/cannonball request stats-summary", On: "/cannonball",
		Do:   []Step{request("stats-summary", `{}`)},
		Want: []Message{{"error", `{type: "error", request_id: 7, code: "unknown_request", message: "Not available: "~}`}}, Differs: brokenModel + " (Internal server error); here the error says what is missing",
	},
	{
		Name: "/cannonball request", Form: "that there is not", On: "/cannonball",
		Do:   []Step{request("horoscope", `{}`)},
		Want: []Message{failed("unknown_request", "Unknown request type: horoscope")},
	},
	{
		Name: "/cannonball request", Form: "that is no object", On: "/cannonball",
		Do:   []Step{emit("request", `"threats"`)},
		Want: []Message{{"error", `{request_id: null, message: "Invalid request: expected dict payload"~}`}},
	},
}
