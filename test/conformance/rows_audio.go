package conformance

// transmission is what is published of one.
func transmission(id, more string) string {
	return `{"id":` + id + `,"filename":"tower.mp3","timestamp":"2026-07-22T10:00:00Z","duration_seconds":4.5,"frequency_mhz":118.7,"channel_name":"Tower",` + more + `}`
}

const itemShape = `id: int, created_at: time, filename: "tower.mp3", s3_url: null|string, file_size_bytes: null|int, duration_seconds: 4.5, format: null|string, frequency_mhz: 118.7, channel_name: "Tower", squelch_level: null|number, transcription_status: text, transcription_queued_at: null|time, transcription_completed_at: null|time, transcript: null|string, transcript_confidence: null|number, transcript_language: null|string, identified_airframes: any`

func transcription(event, status, form string) Row {
	return Row{
		Name: "audio:transcription_" + event, On: "/audio",
		Do:   []Step{emit("subscribe", `{"topics":"transcriptions"}`), until("subscribed", "any"), publish("audio", "audio:transcription_"+event, `{"id":41,"filename":"tower.mp3","audio_url":null,"status":"`+status+`","transcript":"hello","identified_airframes":null,"error":null,"timestamp":"2026-07-22T10:00:00Z"}`)},
		Want: []Message{{"audio:transcription_" + event, form}}, Differs: wideRooms + " (events of texts go to who wants recordings)",
	}
}

const transcriptionShape = `id: 41, filename: "tower.mp3", audio_url: null|string, transcript: null|string, identified_airframes: any, error: null|string, timestamp: time`

var audioRows = []Row{
	{
		Name: "audio:snapshot", On: "/audio",
		Do:      []Step{publish("audio", "audio:transmission", transmission("40", `"status":"new","transcription_status":"queued"`)), until("audio:transmission", `{id: 40}`), emit("subscribe", `{"topics":["all"]}`)},
		Want:    []Message{{"subscribed", "any"}, {"audio:snapshot", `{recent_transmissions: [~{` + itemShape + `}], transmissions: [~{` + itemShape + `}], pending_transcriptions: 0..100, timestamp: time}`}},
		Differs: "the reference tells the list under a name that its own client does not read; here it has both",
	},
	{
		Name: "audio:transmission", Form: "new", On: "/audio",
		Do:   []Step{until("audio:snapshot", "any"), publish("audio", "audio:transmission", transmission("41", `"status":"new","transcription_status":"pending"`))},
		Want: []Message{{"audio:transmission", `{id: 41, filename: "tower.mp3", status: "new", timestamp: time, duration_seconds: 4.5, frequency_mhz: 118.7, channel_name: "Tower", transcription_status: "pending"}`}},
	},
	{
		Name: "audio:transmission", Form: "completed", On: "/audio",
		Do:   []Step{until("audio:snapshot", "any"), publish("audio", "audio:transmission", transmission("42", `"status":"completed","transcription_status":"completed","transcript":"hello","confidence":0.9,"language":"en","identified_airframes":[],"audio_url":"http://x/1"`))},
		Want: []Message{{"audio:transmission", `{id: 42, status: "completed", transcript: "hello", confidence: 0.9, language: "en", identified_airframes: [], audio_url: text}`}},
	},
	transcription("started", "processing", `{`+transcriptionShape+`, status: "processing"}`),
	transcription("completed", "completed", `{`+transcriptionShape+`, status: "completed"}`),
	transcription("failed", "failed", `{`+transcriptionShape+`, status: "failed"}`),
}

var audioRequestRows = []Row{
	{
		Name: "/audio subscribe", On: "/audio",
		Do:   []Step{emit("subscribe", `{"topics":["transmissions"]}`), emit("subscribe", `{"topics":"transcriptions"}`)},
		Want: []Message{{"subscribed", `{topics: ["transmissions"]}`}, {"subscribed", `{topics: ["transcriptions"]}`}},
		Ack:  `{topics: ["transcriptions"]}`, Differs: emptyAcks,
	},
	{
		Name: "/audio subscribe", Form: "to one of two", On: "/audio",
		Do: []Step{
			until("audio:snapshot", "any"), emit("subscribe", `{"topics":["transcriptions"]}`), until("subscribed", "any"), publish("audio", "audio:transmission", transmission("43", `"status":"new"`)),
			publish("audio", "audio:transcription_started", `{"id":43,"status":"processing"}`),
		},
		Want: []Message{{"subscribed", `{topics: ["transcriptions"]}`}, {"audio:transcription_started", `{id: 43}`}}, Never: []string{"audio:transmission"}, Differs: wideRooms,
	},
	{
		Name: "/audio unsubscribe", On: "/audio",
		Do:   []Step{emit("subscribe", `{"topics":["transmissions","transcriptions"]}`), emit("unsubscribe", `{"topics":"transmissions"}`)},
		Want: []Message{{"unsubscribed", `{topics: ["transmissions"]}`}},
		Ack:  `{topics: ["transmissions"], remaining: ["transcriptions"]}`, Differs: emptyAcks,
	},
	{
		Name: "/audio request transmissions", On: "/audio",
		Do:   []Step{publish("audio", "audio:transmission", transmission("44", `"status":"new","transcription_status":"pending"`)), until("audio:transmission", `{id: 44}`), request("transmissions", `{"frequency":118.7,"channel_name":"tow","transcription_status":"pending","limit":500}`)},
		Want: []Message{response("transmissions", `[~{`+itemShape+`}]`)},
	},
	{
		Name: "/audio request transmission", On: "/audio",
		Do:   []Step{publish("audio", "audio:transmission", transmission("45", `"status":"new","transcription_status":"pending"`)), until("audio:transmission", `{id: 45}`), request("transmission", `{"id":45}`)},
		Want: []Message{response("transmission", `{`+itemShape+`}`)},
	},
	{
		Name: "/audio request transmission", Form: "that there is not", On: "/audio",
		Do:   []Step{request("transmission", `{"id":4}`)},
		Want: []Message{response("transmission", `null`)},
	},
	{
		Name: "/audio request stats", On: "/audio",
		Do:   []Step{request("stats", `{}`)},
		Want: []Message{response("stats", `{total_transmissions: int, last_24h: int, total_duration_seconds: number, status_counts: {}, top_frequencies: [{frequency_mhz: number, count: int}*], timestamp: time}`)},
	},
	{
		Name: "/audio request", Form: "without the id of a transmission", On: "/audio",
		Do:   []Step{request("transmission", `{}`)},
		Want: []Message{failed("invalid_params", "Missing id parameter")},
	},
	{
		Name: "/audio request", Form: "that there is not", On: "/audio",
		Do:   []Step{request("horoscope", `{}`)},
		Want: []Message{failed("unknown_request", "Unknown request type: horoscope")},
	},
	{
		Name: "/audio request", Form: "that is no object", On: "/audio",
		Do:   []Step{emit("request", `7`)},
		Want: []Message{{"error", `{request_id: null, message: "Invalid request: expected dict payload"~}`}},
	},
	{
		Name: "/audio request", Form: "too often", On: "/audio",
		Do:   []Step{often(request("stats", `{}`), 200)},
		Want: []Message{{"response", "any"}, failed("rate_limited", "Rate limit exceeded, please slow down")},
	},
}
