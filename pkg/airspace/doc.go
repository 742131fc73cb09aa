// Package airspace knows what is said about a piece of the sky: advisories of the
// weather, boundaries of airspaces, NOTAMs and flight restrictions, whatever format
// they come in. It gives them the names and units that clients know, as records.
//
// What upstreams write is read leniently, for each does it in a way of its own: a
// number may be a text, a time seconds, milliseconds or a date, an altitude feet or
// flight levels, and any of them null. What cannot be understood is missing then; what
// is no place on the earth is refused.
//
// Nothing here starts a goroutine, reads a clock or does I/O.
package airspace
