package acars

import "github.com/tidwall/gjson"

// decodeFlat reads what acarsdec and vdlm2dec write. The latter tells frames
// without ACARS, too: they have no label.
func decodeFlat(root gjson.Result) (m message, reason string) {
	if !root.Get("freq").Exists() && !root.Get("channel").Exists() && !root.Get("station_id").Exists() {
		return m, Unknown
	}
	vdl2 := root.Get("app.name").Str == "vdlm2dec" || root.Get("toaddr").Exists() || root.Get("is_response").Exists()
	m = message{
		at:           timeOf(root.Get("timestamp")),
		source:       "acars",
		channel:      text(root.Get("channel")),
		frequency:    megahertz(root.Get("freq"), vhf),
		icao:         icaoOf(first(root, "icao", "icao_hex", "hex")),
		registration: registrationOf(root.Get("tail")),
		callsign:     trimmed(root.Get("flight")),
		label:        text(root.Get("label")),
		block:        text(root.Get("block_id")),
		number:       text(root.Get("msgno")),
		ack:          ackOf(root.Get("ack")),
		mode:         text(root.Get("mode")),
		text:         text(root.Get("text")),
		signal:       decibels(root.Get("level")),
		noise:        decibels(root.Get("noise")),
		errors:       count(root.Get("error")),
		station:      text(first(root, "station_id", "app.name")),
		depa:         trimmed(root.Get("depa")),
		dsta:         trimmed(root.Get("dsta")),
		eta:          trimmed(root.Get("eta")),
		libacars:     cleaned(root.Get("libacars")),
	}
	switch {
	case vdl2:
		m.source = "vdlm2"
	case m.label == "" && !root.Get("timestamp").Exists():
		return m, Unknown
	}
	if m.label == "" {
		return m, NoACARS
	}
	return m, ""
}
