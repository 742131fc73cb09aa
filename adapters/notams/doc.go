// Package notams asks for NOTAMs, in the formats that services serve them in:
//
//   - the NOTAM interface of the FAA (/notamapi/v1/notams): {items: [{properties:
//     {coreNOTAMData: {notam: {..}, notamTranslation: [..]}}}], totalPages, ..}; all pages
//     are asked for, with the headers client_id and client_secret;
//   - its search page: {notamList: [{notamNumber, icaoMessage, traditionalMessage, ..}]};
//   - AVWX (avwx.rest), its answers and the files of its engine: NOTAMs that were taken apart.
//
// Which it is is told by the answer. Of the texts the ICAO ones are believed before what a
// service made of them: the Q line has the place and the limits (AVWX takes its degrees and
// minutes for a decimal number), and an end of "2212271802EST" is an estimate in UTC, not
// eastern time.
//
// A NOTAM's number is its own only where it was issued, so the key is the place and the
// number ("KJFK A4837/23"); one of the flight data centre ("6/3475") is the same everywhere.
// A NOTAM that cancels is none, and one that another replaces is gone.
package notams
