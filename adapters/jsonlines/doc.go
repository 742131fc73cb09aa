// Package jsonlines reads what readsb sends on its --net-json-port (customarily
// 30047): an aircraft object a line, whenever a position was received. It is the
// fastest way from a receiver to a client: nothing waits for a poll.
//
//	{"now" : 1675610064.166,"hex":"a9ef5c","type":"adsb_icao","flight":"N73938  ", …}
//
// The object is one of aircraft.json, whole, with the time to which its ages
// relate; [aircraft.Normalise] makes it the record that adapters/readsb makes of
// it. The line is the business of package lines.
package jsonlines
