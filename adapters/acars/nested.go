package acars

import (
	"strings"

	"github.com/tidwall/gjson"
)

// decodeVDL2 reads what dumpvdl2 writes.
func decodeVDL2(root gjson.Result) (m message, reason string) {
	vdl2 := root.Get("vdl2")
	m = message{
		at:        clockOf(vdl2.Get("t")),
		source:    "vdlm2",
		channel:   text(first(vdl2, "channel", "idx")),
		frequency: megahertz(vdl2.Get("freq"), vhf),
		icao:      aircraftOf(vdl2.Get("avlc"), "addr"),
		signal:    decibels(vdl2.Get("sig_level")),
		noise:     decibels(vdl2.Get("noise_level")),
		errors:    count(vdl2.Get("hdr_bits_fixed"), vdl2.Get("octets_corrected_by_fec")),
		station:   text(first(vdl2, "station", "app.name")),
	}
	return m, m.read(vdl2.Get("avlc.acars"))
}

// decodeHFDL reads what dumphfdl writes.
func decodeHFDL(root gjson.Result) (m message, reason string) {
	hfdl := root.Get("hfdl")
	lpdu := hfdl.Get("lpdu")
	m = message{
		at:        clockOf(hfdl.Get("t")),
		source:    "hfdl",
		frequency: megahertz(hfdl.Get("freq"), hf),
		icao:      aircraftOf(lpdu, "ac_info.icao"),
		callsign:  trimmed(lpdu.Get("hfnpdu.flight_id")),
		signal:    decibels(hfdl.Get("sig_level")),
		noise:     decibels(hfdl.Get("noise_level")),
		errors:    count(lpdu.Get("err")),
		station:   text(first(hfdl, "station", "app.name")),
	}
	if m.icao == "" {
		m.icao = icaoOf(lpdu.Get("ac_info.icao"))
	}
	return m, m.read(lpdu.Get("hfnpdu.acars"))
}

// decodeJAERO reads what JAERO writes of Inmarsat's aeronautical channels (its
// format JSONdump).
func decodeJAERO(root gjson.Result) (m message, reason string) {
	isu := root.Get("isu")
	m = message{
		at:        clockOf(root.Get("t")),
		source:    "imsl",
		frequency: megahertz(root.Get("freq"), satellite),
		icao:      aircraftOf(isu, "addr"),
		signal:    decibels(root.Get("level")),
		station:   text(first(root, "station", "app.name")),
	}
	return m, m.read(isu.Get("acars"))
}

// aircraftOf gives the address of the end of a link that is an aircraft.
func aircraftOf(link gjson.Result, path string) string {
	for _, end := range []string{"src", "dst"} {
		if party := link.Get(end); strings.HasPrefix(party.Get("type").Str, "Aircraft") {
			return icaoOf(party.Get(path))
		}
	}
	return ""
}

// read takes over the ACARS part, as the programs write it that use libacars.
func (m *message) read(acars gjson.Result) (reason string) {
	m.label = text(acars.Get("label"))
	switch {
	case !acars.IsObject():
		return NoACARS
	case acars.Get("err").Type == gjson.True, acars.Get("crc_ok").Type == gjson.False:
		return Damaged
	case m.label == "":
		return NoACARS
	}
	if flight := trimmed(acars.Get("flight")); flight != "" {
		m.callsign = flight
	}
	m.registration = registrationOf(acars.Get("reg"))
	m.block = text(acars.Get("blk_id"))
	if m.number = text(acars.Get("msg_num")); m.number != "" {
		m.number += text(acars.Get("msg_num_seq"))
	}
	m.ack = ackOf(acars.Get("ack"))
	m.mode = text(acars.Get("mode"))
	m.text = text(acars.Get("msg_text"))
	m.libacars = applications(acars)
	return ""
}

// applications gathers what libacars has decoded of a text, under the names that
// acarsdec has it by.
func applications(acars gjson.Result) string {
	var out strings.Builder
	for _, name := range []string{"arinc622", "media-adv", "miam", "ohma"} {
		raw := cleaned(acars.Get(name))
		if raw == "" {
			continue
		}
		out.WriteByte("{,"[min(out.Len(), 1)])
		out.WriteString(`"` + name + `":` + raw)
	}
	if out.Len() == 0 {
		return ""
	}
	return out.String() + "}"
}
