// Package readsb reads aircraft.json, the file in which ADS-B receivers
// (readsb, dump1090-fa, dump1090-mutability, skyaware978, and the services that
// copy readsb's interface) publish what they hear, over HTTP or from disk.
//
//	{ "now": 1652867171.3, "messages": 34887802, "aircraft": [ {"hex": "3c4582", …}, … ] }
//
// The path of a poll: a [Source] asks for the file (package fetch), takes its
// envelope apart ([Parse]), decides which moment of this machine's clock the
// file speaks of ([aircraft.Clock]), turns its records into updates ([Frame.Updates])
// and gives them to its sink. What goes wrong is counted by reason in the
// source's status, and logged once per change of its state.
//
// Dialects of the envelope: the list is "aircraft", or "ac" (the v2 interface
// of ADS-B Exchange and others); "now" is in seconds or milliseconds, whole or
// not, before or after the list, or missing. The dialects of a record are
// [aircraft.Normalise]'s business.
package readsb
