// Package sbs reads lines in the format of Kinetic's SBS-1 and its program
// BaseStation, which nearly every decoder sends on TCP port 30003: readsb,
// dump1090 of any kind, Stratux, RadarBox, FR24 feeders, ...
//
//	MSG,3,1,1,34324F,1,2026/11/21,03:07:17.341,2026/11/21,03:07:17.342,,37025,,,47.12345,8.54321,,,0,,0,0
//
// A line is one message of an aircraft, and tells of it what its fields say:
//
//	0 MSG            4 address         10 call sign       16 rate of climb, ft/min
//	1 type, 1 to 8   6 date, heard     11 altitude, ft    17 squawk
//	2 session        7 time, heard     12 speed, kt       18 alert
//	3 aircraft       8 date, written   13 track           19 emergency
//	5 flight         9 time, written   14, 15 position    20 ident  21 on ground
//
// An empty field is unknown; of the last four, -1 is true and 0 false. Which
// fields there are depends on the type: 1 identification, 2 position on the
// ground, 3 position in the air, 4 velocity, 5 to 8 replies to radars. First
// fields other than MSG (SEL, ID, AIR, STA, CLK) are about the program itself.
//
// The fields become those of readsb's aircraft.json ([aircraft.Parts]), with the
// type "other" that readsb gives what it gets in this format. The times are those
// of the receipt: the dates in the lines are local for some decoders and UTC for
// others, without saying so. The lines themselves are the business of package
// lines.
//
// What this format does not carry: emergencies that a transponder tells by
// another message than its squawk, and the quality of positions. An aircraft.json
// of the same decoder has them.
package sbs
