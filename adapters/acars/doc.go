// Package acars hears ACARS messages, the short texts that aircraft and the
// ground send each other, from the programs that decode them off the air.
//
// # Flow
//
//	acarsdec, dumpvdl2, ... ── UDP, TCP ──▶ udp.go, tcp.go
//	                                          │ a datagram, a line
//	acars_router ◀──────────── TCP ───────── tcp.go
//	                                          ▼
//	                                        split.go: the JSON objects in it
//	                                          ▼
//	                                        decode.go: which dialect; flat.go, nested.go, satellite.go: what it says
//	                                          ▼
//	                                        message.go: the event "acars:message"
//	                                          ▼
//	                                        a Publisher, which leaves out what it was given before
//
// # What is read
//
// One JSON object per message; over UDP one per datagram, over TCP one per line,
// with blank lines between them or not. The dialect shows by its content, whatever
// the port:
//
//	acarsdec, vdlm2dec   flat: {"timestamp", "freq", "tail", "label", "text", ...}
//	dumpvdl2             {"vdl2": {"t", "freq", "avlc": {"src", "acars": {...}}}}
//	dumphfdl             {"hfdl": {"t", "freq", "lpdu": {"hfnpdu": {"acars": {...}}}}}
//	JAERO                {"isu": {"src", "acars": {...}}, "t", "station"}
//	SatDump              flat: {"msg_name": "ACARS", "plane_reg", "message", ...}
//	iridium-toolkit      {"acars": {...}, "source", "freq"}
//
// and any of them with what acars_router adds. Frames that carry no ACARS, the
// majority on VDL2 and HFDL, are counted and left out.
//
// # What is made of it
//
// An event with the reference's fields: all of them always, null for what is not
// known. Its key, the message's id, is made of what a message says, when and by
// whom, so that it is the same whoever heard it. Units: MHz, dB.
//
// What is damaged costs only itself, and is counted by reason in the source's
// status.
package acars
