// Package boundaries reads the boundaries of airspaces from GeoJSON, a file or an address:
// what is published for the pages of tar1090, by openAIP and others.
//
// A feature's properties are read by the names that such files use: name (or txtname,
// title), icao (or ident), class (or category, airspace_class, type), floor and ceiling
// (or lower and upper, or alt_limits {bottom, top}: "FL 115", "F 3000", "SFC", a number of
// feet), country, schedule, agency. A feature's key is its id (or that in its properties, or its
// guid), and where none is given, or several have the same, a fingerprint of it.
package boundaries
