package acars

import "github.com/tidwall/gjson"

// decodeIridium reads what iridium-toolkit writes. Its times are UTC, and do not
// say so.
func decodeIridium(root gjson.Result) (m message, reason string) {
	acars := root.Get("acars")
	m = message{
		at:           timeOf(acars.Get("timestamp")),
		source:       "irdm",
		frequency:    megahertz(root.Get("freq"), satellite),
		registration: registrationOf(acars.Get("tail")),
		callsign:     trimmed(acars.Get("flight")),
		label:        text(acars.Get("label")),
		block:        text(acars.Get("block_id")),
		number:       text(acars.Get("message_number")),
		ack:          ackOf(acars.Get("ack")),
		mode:         text(acars.Get("mode")),
		text:         text(acars.Get("text")),
		signal:       decibels(root.Get("level")),
		errors:       count(acars.Get("errors")),
		station:      text(first(root, "source.station_id", "app.name")),
	}
	if m.label == "" {
		return m, NoACARS
	}
	return m, ""
}

// decodeSatDump reads what SatDump writes of Inmarsat's aeronautical channels,
// where characters are numbers, and numbers text.
func decodeSatDump(root gjson.Result) (m message, reason string) {
	m = message{
		at:           timeOf(root.Get("timestamp")),
		source:       "imsl",
		frequency:    megahertz(root.Get("freq"), satellite),
		icao:         icaoOf(root.Get("signal_unit.aes_id")),
		registration: registrationOf(root.Get("plane_reg")),
		label:        text(root.Get("label")),
		block:        character(root.Get("bi")),
		ack:          acknowledged(character(root.Get("tak"))),
		mode:         character(root.Get("mode")),
		text:         text(root.Get("message")),
		signal:       decibels(root.Get("level")),
		station:      text(first(root, "source.station_id", "source.app.name")),
		libacars:     cleaned(root.Get("libacars")),
	}
	if root.Get("msg_name").Str != "ACARS" || m.label == "" {
		return m, NoACARS
	}
	return m, ""
}

// character is one that is given by its number.
func character(r gjson.Result) string {
	if r.Type != gjson.Number {
		return text(r)
	}
	if n := r.Float(); n > ' ' && n < 0x7f {
		return string(rune(n))
	}
	return ""
}
