package conformance

// ruleOf makes a rule that finds one aircraft.
func ruleOf(hex string) Step { return rule("eq", hex) }

func rule(operator, hex string) Step {
	return request("alert-rule-create", `{"name":"Wanted `+hex+`","priority":"warning","visibility":"private","conditions":{"logic":"AND","groups":[{"logic":"AND","conditions":[{"type":"icao","operator":"`+operator+`","value":"`+hex+`"}]}]}}`)
}

const alertShape = `message: text, priority: "warning", timestamp: time`

var alertRows = []Row{
	{
		Name: "alert:triggered",
		Do:   []Step{emit("subscribe", `{"topics":"alerts"}`), ruleOf("4C0001"), until("response", `{request_type: "alert-rule-create"}`), hear(with(full, "4C0001"))},
		Want: []Message{{"alert:triggered", `{rule_id: int, rule_name: "Wanted 4C0001", icao: "4C0001", callsign: "RYR12AB", ` + alertShape + `,
			aircraft: {hex: "4C0001", flight: "RYR12AB", lat: number, lon: number, r: "EI-DCL", t: "B738", military: true, ladd: bool, pia: bool},
			airframe: {operator: any, owner: any, manufacturer: any, model: any, type_code: "B738", type_name: any, registration: "EI-DCL", military: true, law_enforcement: any, law_enforcement_category: any, law_enforcement_description: any, is_ladd: bool, is_pia: bool}}`}},
	},
	{
		Name: "alert:triggered", Form: "of a private rule, to its owner", Server: "hybrid", Auth: `{"token":"` + outsideKey + `"}`,
		Do:   []Step{emit("subscribe", `{"topics":"alerts"}`), rule("startswith", "4C001"), until("response", `{data: {owner: "outside", visibility: "private"}}`), hear(with(full, "4C0010"))},
		Want: []Message{{"alert:triggered", `{rule_name: "Wanted 4C001", icao: "4C0010"}`}},
	},
	{
		Name: "alert:triggered", Form: "of private rules, to another", Server: "hybrid", Auth: `{"token":"` + otherKey + `"}`,
		Do: []Step{
			emit("subscribe", `{"topics":"alerts"}`), ruleOf("4C0011"), until("response", `{data: {owner: "other", visibility: "private"}}`), hear(with(full, "4C0011")),
			until("alert:triggered", `{icao: "4C0011"}`), request("alert-snapshot", `{}`), emit("subscribe", `{"topics":"alerts"}`),
		},
		Want:    []Message{{"alert:triggered", `{rule_name: "Wanted 4C0011"}`}, response("alert-snapshot", `{alerts: [{owner: "other"}+]}`), {"alert:snapshot", `{alerts: [{owner: "other"}+]}`}},
		Differs: leakedAlerts,
	},
	{
		Name: "alert:snapshot",
		Do: []Step{
			ruleOf("4C0003"), until("response", `{request_type: "alert-rule-create"}`), hear(with(full, "4C0003")), emit("subscribe", `{"topics":"alerts"}`), until("alert:triggered", `{icao: "4C0003"}`),
			emit("subscribe", `{"topics":"alerts"}`),
		},
		Want: []Message{{"alert:snapshot", `{alerts: [~{id: text, rule_name: "Wanted 4C0003", icao_hex: "4C0003", callsign: "RYR12AB", priority: "warning", triggered_at: time, message: text, data: {hex: "4C0003"}}], count: 1..50, timestamp: time}`}},
	},
}

const acarsLine = `{"timestamp":1784800000.5,"station_id":"TEST1","channel":2,"freq":131.55,"level":-18.2,"error":0,"mode":"2","label":"H1","block_id":"5","ack":false,"tail":"D-AIAB","flight":"LH0123","msgno":"M01A","text":"%s","icao":"3C6444"}`

const acarsShape = `id: any, timestamp: time, source: "acars", channel: "2", frequency: 131.55, icao_hex: "3C6444", registration: "D-AIAB", callsign: text, label: "H1", block_id: "5", msg_num: "M01A", ack: null|string, mode: "2", signal_level: -18.2, error_count: 0, station_id: "TEST1", airline: {icao: any, iata: any, name: any, flight_number: any}, label_info: {name: any, description: any}`

var acarsRows = []Row{
	{
		Name: "acars:message",
		Do:   []Step{emit("subscribe", `{"topics":"acars"}`), until("acars:snapshot", "any"), decode(acarsText("one"))},
		Want: []Message{{"acars:message", `{` + acarsShape + `, text: "one"}`}},
	},
	{
		Name: "acars:message", Form: "in a namespace of its own", On: "/acars",
		Do:      []Step{until("acars:snapshot", "any"), decode(acarsText("two"))},
		Want:    []Message{{"acars:message", `{` + acarsShape + `, text: "two"}`}},
		Differs: "the reference tells messages in this namespace, and lets nobody in",
	},
	{
		Name: "acars:snapshot",
		Do:   []Step{emit("subscribe", `{"topics":"acars"}`), until("acars:snapshot", "any"), decode(acarsText("three")), until("acars:message", `{text: "three"}`), emit("subscribe", `{"topics":"acars"}`)},
		Want: []Message{{"acars:message", `{text: "three"}`}, {"acars:snapshot", `{messages: [~{id: any, timestamp: time, icao_hex: "3C6444", callsign: text, registration: "D-AIAB", label: "H1", text: "three", mode: "2", block_id: "5"}], count: 1..50, timestamp: time}`}},
	},
	{
		Name: "acars:update",
		Do:   []Step{emit("subscribe", `{"topics":"acars"}`), until("acars:snapshot", "any"), decode(acarsText("four"))},
		Want: []Message{{"acars:update", `{stat_type: "acars_stats", stats: {}}`}},
	},
}
