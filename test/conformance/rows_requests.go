package conformance

var requestRows = []Row{
	{
		Name: "request", Form: "answered",
		Do:   []Step{request("status", `{}`)},
		Want: []Message{response("status", `{online: bool, aircraft_count: int, celery_running: bool, location: {latitude: 50, longitude: 8}, timestamp: time}`)},
		Ack:  `{type: "response", request_id: 7, data: {online: bool}}`, Differs: emptyAcks,
	},
	{
		Name: "request", Form: "by any id",
		Do:   []Step{emit("request", `{"type":"status","request_id":{"a":["b"]}}`)},
		Want: []Message{{"response", `{request_id: {a: ["b"]}, request_type: "status", data: {online: bool}}`}},
	},
	{
		Name: "request", Form: "without an id",
		Do:   []Step{emit("request", `{"type":"status"}`)},
		Want: []Message{{"response", `{type: "response", request_id: null, request_type: "status", data: {online: bool}}`}},
	},
	{
		Name: "response", Form: "of nothing",
		Do:   []Step{request("aircraft", `{"icao":"A00000"}`)},
		Want: []Message{response("aircraft", `null`)},
	},
	{
		Name: "response", Form: "a list",
		Do:   []Step{request("aircraft_list", `{"military_only":false}`)},
		Want: []Message{response("aircraft_list", `[any*]`)},
	},
	{
		Name: "response", Form: "a snapshot",
		Do:   []Step{request("aircraft-snapshot", `{}`)},
		Want: []Message{response("aircraft-snapshot", `{aircraft: [any*], count: int, timestamp: time}`)},
	},
	{
		Name: "response", Form: "alert-snapshot",
		Do:   []Step{request("alert-snapshot", `{}`)},
		Want: []Message{response("alert-snapshot", `{alerts: [any*], count: int}`)},
	},
	{
		Name: "response", Form: "a private rule of who has no name",
		Do:      []Step{ruleOf("4C0004")},
		Want:    []Message{response("alert-rule-create", `{name: "Wanted 4C0004", owner: "", visibility: "public"}`)},
		Differs: leakedAlerts + ", whatever is said to be private; here what cannot be says that it is not",
	},
	{
		Name: "error", Form: "of a request that is no object",
		Do:   []Step{emit("request", `"status"`)},
		Want: []Message{{"error", `{type: "error", request_id: null, code: "invalid_payload", message: "Invalid request: expected dict payload"~}`}},
	},
	{
		Name: "error", Form: "of a request without a type",
		Do:   []Step{emit("request", `{"request_id":7}`)},
		Want: []Message{failed("invalid_payload", "Missing request type")},
	},
	{
		Name: "error", Form: "of a request that is not permitted", Server: "hybrid",
		Do:   []Step{request("alert-rules", `{}`)},
		Want: []Message{failed("permission_denied", "Permission denied")},
	},
	{
		Name: "error", Form: "of a request that there is not",
		Do:   []Step{request("horoscope", `{}`)},
		Want: []Message{failed("unknown_request", "Unknown request type: horoscope")},
		Ack:  `{type: "error", request_id: 7, code: "unknown_request"}`, Differs: emptyAcks,
	},
	{
		Name: "error", Form: "of a request that there is not, where keys are known", Server: "hybrid",
		Do:   []Step{request("horoscope", `{}`)},
		Want: []Message{failed("unknown_request", "Unknown request type: horoscope")}, Differs: hiddenErrors,
	},
	{
		Name: "error", Form: "of a request whose parameter is missing",
		Do:   []Step{request("aircraft", `{}`)},
		Want: []Message{failed("invalid_params", "Missing icao parameter")}, Differs: hiddenErrors + " (Internal server error)",
	},
	{
		Name: "error", Form: "of a request whose parameters are no object",
		Do:   []Step{request("aircraft-list", `[1]`)},
		Want: []Message{failed("invalid_params", "Invalid params: expected an object")}, Differs: hiddenErrors,
	},
	{
		Name: "error", Form: "of too many requests",
		Do:   []Step{often(request("status", `{}`), 200)},
		Want: []Message{{"response", "any"}, failed("rate_limited", "Rate limit exceeded, please slow down")},
	},
	{
		Name: "error", Form: "of an event that there is not",
		Do:   []Step{emit("land", `{}`)},
		Want: []Message{wrong("unknown_event", "Unknown event: land")}, Differs: hiddenErrors,
	},
}
