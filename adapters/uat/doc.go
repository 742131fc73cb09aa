// Package uat reads what dump978-fa sends on its --json-port (customarily 30979):
// the messages of aircraft that are heard on 978 MHz in the United States, an
// object a line.
//
//	{"address":"a66ef1","address_qualifier":"adsb_icao","pressure_altitude":2000,"position":{"lat":37.5,"lon":-122.25}, …}
//
// A line is one message, and tells of an aircraft what it holds: mostly where it
// is, how high and how fast; every second or third also its call sign or squawk.
// Its fields get the names that readsb's aircraft.json has for them
// ([aircraft.Parts]), and with them source: "uat978". An aircraft that is heard on
// 1090 MHz, too, is the same aircraft: its key is its address.
//
// The lines themselves are the business of package lines. (An aircraft.json that
// skyaware978 makes of the same messages is the business of adapters/readsb.)
package uat
