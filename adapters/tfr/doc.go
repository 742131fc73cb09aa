// Package tfr asks the FAA for temporary flight restrictions: their areas from its WFS
// server (layer V_TFR_LOC, as GeoJSON), and of each the details, an XNOTAM file: altitudes,
// times, and the text.
//
// The list has neither altitudes nor times. So until its details are known a restriction is
// told as one that is in force and has no end; they are asked for one after the other, some
// in each poll, and again when the list says that they were changed. Several areas of one
// restriction are one record, under the number of its NOTAM ("6/3475").
//
// Times in the details are UTC; codeTimeZone names the zone that the text converts them to
// (an expiry of 09:00 "EDT" is "0900 UTC (0500 LOCAL)" there).
package tfr
