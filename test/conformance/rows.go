package conformance

import "slices"

// rows is the table.
var rows = slices.Concat(
	connectRows, topicRows, requestRows, aircraftRows, noticeRows, safetyRows, alertRows, acarsRows,
	statsRows, airspaceRows, audioRows, audioRequestRows, cannonballRows, cannonballRequestRows,
)

// The weaknesses of the reference that make Skygate differ.
const (
	emptyAcks    = "the reference leaves acknowledgements empty"
	silentTopics = "the reference passes over unknown topics without a word"
	hiddenErrors = "the reference answers every wrong parameter by the same internal error, or by none"
	wideRooms    = "the reference sends each of its rooms' events to all in it, whatever they subscribed to"
	halfFull     = "the reference's full lists remove nothing, and come in place of most updates"
	thrice       = "the reference tells each position three times"
	idleUpdates  = "the reference sends empty updates every second"
	oneObserver  = "the reference watches for one position alone, and tells all what is near that"
	brokenModel  = "in the reference these requests always fail"
	leakedAlerts = "the reference sends everybody's alerts to everybody"
)

const span = `epoch: text, seq: int`

// aircraftShape is an aircraft with a position.
const aircraftShape = `{hex: icao, flight?: text|null, lat: -90..90, lon: -180..180, alt: number|"ground", gs?: number, track?: 0..360, vr?: number, distance_nm: number, military: bool, emergency: bool}`

var connectRows = []Row{
	{
		Name: "connect", Form: "joins aircraft",
		Want:  []Message{{"connect", "null"}, {"aircraft:snapshot", `{aircraft: [any*], count: int, timestamp: time}`}, {"stats:tick", "any"}},
		Never: []string{"safety:snapshot", "alert:snapshot", "acars:snapshot"},
	},
	{
		Name: "connect", Form: "without a key, where none is needed", Server: "hybrid",
		Want: []Message{{"connect", "null"}, {"aircraft:snapshot", `{count: int}`}},
	},
	{
		Name: "connect", Form: "with a key", Server: "private", Auth: `{"token":"` + outsideKey + `"}`,
		Want: []Message{{"connect", "null"}, {"aircraft:snapshot", `{count: int}`}},
	},
	{
		Name: "connect", Form: "refused", Server: "private",
		Want:    []Message{{"connect_error", `{message: "Authentication required"~, data: {code: "auth_required"}}`}},
		Differs: hiddenErrors,
	},
	{
		Name: "connect", Form: "refused with a wrong key", Server: "private", Auth: `{"token":"sk_nobody-knows-this"}`,
		Want:    []Message{{"connect_error", `{message: "Invalid token"~, data: {code: "invalid_token"}}`}},
		Differs: hiddenErrors,
	},
	{
		Name: "connect", Form: "refused in a namespace", On: "/audio", Server: "hybrid",
		Want:    []Message{{"connect_error", `{message: "Permission denied"~, data: {code: "permission_denied"}}`}},
		Differs: hiddenErrors,
	},
}

var topicRows = []Row{
	{
		Name: "subscribe", Form: "a topic",
		Do:   []Step{emit("subscribe", `{"topics":"safety"}`)},
		Want: []Message{{"subscribed", `{topics: [~"safety"], joined: ["safety"], denied: null, unknown: null}`}, {"safety:snapshot", `{events: [any*], count: int, timestamp: time}`}},
		Ack:  `{topics: [~"aircraft"], joined: ["safety"], denied: null}`, Differs: emptyAcks,
	},
	{
		Name: "subscribe", Form: "all",
		Do: []Step{emit("subscribe", `{"topics":["all"]}`)},
		Want: []Message{
			{"subscribed", `{topics: [~"aircraft"], joined: [string+], denied: null}`}, {"aircraft:snapshot", `{count: int}`},
		},
		Never: []string{"positions:update", "audio:snapshot"},
	},
	{
		Name: "subscribe", Form: "once more, to begin anew",
		Do: []Step{
			emit("subscribe", `{"topics":["aircraft"]}`), emit("subscribe", `{"topics":["aircraft"]}`),
		},
		Want: []Message{{"aircraft:snapshot", `any`}, {"subscribed", `{joined: ["aircraft"]}`}, {"aircraft:snapshot", `any`}, {"subscribed", `{joined: ["aircraft"]}`}, {"aircraft:snapshot", `any`}},
	},
	{
		Name: "subscribe", Form: "what is not permitted", Server: "hybrid",
		Do:   []Step{emit("subscribe", `{"topics":["aircraft","safety","alerts"]}`)},
		Want: []Message{{"subscribed", `{topics: [~"aircraft"], joined: ["aircraft"], denied: ["safety", "alerts"]}`}}, Never: []string{"safety:snapshot", "alert:snapshot"},
	},
	{
		Name: "subscribe", Form: "what there is not",
		Do:   []Step{emit("subscribe", `{"topics":["weather","safety"]}`)},
		Want: []Message{{"subscribed", `{joined: ["safety"], denied: null, unknown: ["weather"]}`}}, Differs: silentTopics,
	},
	{
		Name: "error", Form: "of subscribe",
		Do:   []Step{emit("subscribe", `"safety"`)},
		Want: []Message{wrong("invalid_payload", "Invalid subscription request: expected dict with 'topics' key")},
	},
	{
		Name: "error", Form: "of subscribe without topics",
		Do:   []Step{emit("subscribe", `{}`)},
		Want: []Message{wrong("invalid_payload", "Invalid subscription request: expected dict with 'topics' key")}, Differs: hiddenErrors,
	},
	{
		Name: "subscribed",
		Do:   []Step{emit("subscribe", `{"topics":["safety","acars"]}`)},
		Want: []Message{{"subscribed", `{topics: [~"acars"], joined: ["safety", "acars"], denied: null, positions: {safety: {` + span + `}, acars: {` + span + `}}, views: {safety: text}, resumed: {safety: false}}`}},
	},
	{
		Name: "unsubscribe", Form: "a topic",
		Do: []Step{
			emit("unsubscribe", `{"topics":["aircraft"]}`).until("unsubscribed"), hear(with(full, "A00001")), publish("notices", "geodata:refresh", `{"airports":1}`),
		},
		Want:  []Message{{"unsubscribed", `{topics: ["aircraft"], remaining: [string*]}`}, {"stats:tick", "any"}, {"stats:tick", "any"}, {"stats:tick", "any"}},
		Never: []string{"aircraft:update", "aircraft:new", "geodata:refresh"},
	},
	{
		Name: "unsubscribe", Form: "all",
		Do:   []Step{emit("subscribe", `{"topics":"safety"}`), emit("unsubscribe", `{"topics":"all"}`)},
		Want: []Message{{"subscribed", "any"}, {"unsubscribed", `{topics: [~"safety"], remaining: []}`}}, Differs: silentTopics,
	},
	{
		Name: "unsubscribed",
		Do:   []Step{emit("subscribe", `{"topics":["safety","acars"]}`), emit("unsubscribe", `{"topics":"safety"}`)},
		Want: []Message{{"unsubscribed", `{topics: ["safety"], remaining: [~"acars"]}`}},
		Ack:  `{topics: ["safety"], remaining: [~"acars"]}`, Differs: emptyAcks,
	},
	{
		Name: "error", Form: "of unsubscribe",
		Do:   []Step{emit("unsubscribe", `["safety"]`)},
		Want: []Message{wrong("invalid_payload", "Invalid unsubscription request: expected dict with 'topics' key")},
	},
	{
		Name: "ping", Form: "with nothing",
		Do:   []Step{emit("ping")},
		Want: []Message{{"pong", `{timestamp: time}`}},
	},
	{
		Name: "ping", Form: "with anything",
		Do:   []Step{emit("ping", `{"a":[1]}`)},
		Want: []Message{{"pong", `{timestamp: time}`}},
		Ack:  `{timestamp: time}`, Differs: emptyAcks,
	},
	{
		Name: "pong",
		Do:   []Step{emit("ping", `null`)},
		Want: []Message{{"pong", `{timestamp: time}`}},
	},
	{
		Name: "batch", Form: "for who asks for it",
		Do:   []Step{emit("subscribe", `{"topics":["aircraft","safety"],"batch":true}`), hear(Aircraft{Hex: "A00002", Fields: `"alt_baro":2000`})},
		Want: []Message{{"batch", `{messages: [~{type: "aircraft:new", data: {aircraft: [~{hex: "A00002"}]}}], count: int, timestamp: time}`}},
	},
}
